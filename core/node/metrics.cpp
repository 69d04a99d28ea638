#include "core/node/metrics.h"

#include <sstream>

namespace tau::node {

namespace {

struct Family {
    Counter counter;
    std::string_view name;
    std::string_view label;
    std::string_view help;
};

constexpr std::array families{
    Family{Counter::registrations, "tau_registrations_total", "outcome",
           "Registrations by how they ended."},
    Family{Counter::rotations, "tau_rotations_total", "outcome",
           "Replacements of sealed keys by how they ended."},
    Family{Counter::refusals, "tau_refusals_total", "reason",
           "Refused registrations and rotations by the check that stopped them."},
    Family{Counter::proofs, "tau_proofs_total", "outcome", "Proofs by whether they held."},
    Family{Counter::deliveries, "tau_webhook_deliveries_total", "outcome",
           "Webhook deliveries by what they were."},
    Family{Counter::ref_polls, "tau_ref_polls_total", "outcome",
           "Looks at a repository's refs by how they ended."},
    Family{Counter::answers, "tau_answers_total", "status", "Answers by their HTTP status."},
};

void head(std::ostream& out, std::string_view name, std::string_view type, std::string_view help) {
    out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
}

} // namespace

void Metrics::count(Counter counter, std::string_view label, std::uint64_t by) {
    const std::lock_guard lock(mutex_);
    auto& counts = counts_[counter];
    const auto known = counts.find(label);
    (known != counts.end() ? known->second : counts[std::string(label)]) += by;
}

void Metrics::took(std::string_view route, std::chrono::nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    const std::lock_guard lock(mutex_);
    const auto known = times_.find(route);
    Histogram& histogram = known != times_.end() ? known->second : times_[std::string(route)];
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        histogram.up_to[i] += seconds <= bounds[i] ? 1U : 0U;
    }
    ++histogram.all;
    histogram.seconds += seconds;
}

void Metrics::scanned(std::int64_t at, bool good) {
    const std::lock_guard lock(mutex_);
    scanned_at_ = at;
    scan_was_good_ = good;
}

std::string Metrics::text(const State& state) const {
    std::ostringstream out;
    front_.put(out);
    const std::lock_guard lock(mutex_);
    for (const Family& family : families) {
        head(out, family.name, "counter", family.help);
        const auto counts = counts_.find(family.counter);
        if (counts == counts_.end()) {
            continue;
        }
        for (const auto& [label, count] : counts->second) {
            out << family.name << '{' << family.label << "=\"" << label << "\"} " << count << '\n';
        }
    }
    head(out, "tau_proof_queue", "gauge", "Seals that wait for a thread to verify and open them.");
    out << "tau_proof_queue " << state.queued << '\n';
    head(out, "tau_store_reachable", "gauge", "Whether the database answered when last asked.");
    out << "tau_store_reachable " << (state.store_answers ? 1 : 0) << '\n';
    head(out, "tau_audit_sequence", "gauge",
         "The last entry of the audit log that this process wrote, or found when it started.");
    out << "tau_audit_sequence " << state.audit_sequence << '\n';
    if (scanned_at_ != 0) {
        head(out, "tau_store_scan_seconds", "gauge",
             "When this process last looked at every row of the database, in Unix time.");
        out << "tau_store_scan_seconds " << scanned_at_ << '\n';
        head(out, "tau_store_scan_good", "gauge",
             "Whether all rows were then as the node wrote them.");
        out << "tau_store_scan_good " << (scan_was_good_ ? 1 : 0) << '\n';
    }
    constexpr std::string_view name = "tau_answer_seconds";
    head(out, name, "histogram", "How long answers took, by address.");
    for (const auto& entry : times_) {
        const std::string labels = "{route=\"" + entry.first + "\"";
        const Histogram& histogram = entry.second;
        for (std::size_t i = 0; i < bounds.size(); ++i) {
            out << name << "_bucket" << labels << ",le=\"" << bounds[i] << "\"} "
                << histogram.up_to[i] << '\n';
        }
        out << name << "_bucket" << labels << ",le=\"+Inf\"} " << histogram.all << '\n';
        out << name << "_sum" << labels << "} " << std::to_string(histogram.seconds) << '\n';
        out << name << "_count" << labels << "} " << histogram.all << '\n';
    }
    return out.str();
}

} // namespace tau::node
