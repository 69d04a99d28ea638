#include "core/vault/rank.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tau::vault {

namespace {

constexpr double z = 1.645;           // one-sided 95 %
constexpr double lowest_factor = 0.1; // one weak factor must not hide all others
constexpr std::uint32_t enough_audits = 20;
constexpr double enough_reputation = 0.60;
constexpr double unknown_factor = 0.5;

double clamp_factor(double value) {
    return std::clamp(value, lowest_factor, 1.0);
}

/// Lower bound of the share of audits that a node passes (Wilson score interval).
double wilson_lower_bound(double passed, double failed) {
    const double n = passed + failed;
    if (n <= 0) {
        return 0;
    }
    const double p = passed / n;
    const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return std::max(0.0, (p + z * z / (2 * n) - spread) / (1 + z * z / n));
}

/// The Graph's latency factor over an estimated round trip: 10 ms and 0.016 ms a kilometre.
double distance_factor(double km) {
    const double round_trip = 10 + 0.016 * km;
    return clamp_factor((1 + std::exp(-400.0 / 300.0)) /
                        (1 + std::exp((round_trip - 400.0) / 300.0)));
}

double capacity_factor(double slots) {
    return clamp_factor(1 - std::exp(-slots / 64.0));
}

std::string audits_phrase(const ListedNode& node) {
    const std::uint64_t total = std::uint64_t{node.audits_passed} + node.audits_failed;
    if (total == 0) {
        return "never audited";
    }
    return "passed " + std::to_string(node.audits_passed) + " of " + std::to_string(total) +
           " audits";
}

std::string capacity_phrase(const RankedNode& ranked, bool measured) {
    return (measured ? "room for " : "claims room for ") + std::to_string(ranked.slots_per_hour) +
           " registrations an hour" + (measured ? "" : " (not measured)");
}

/// The factor that costs the score most under this emphasis; nullopt when none costs a tenth.
std::optional<Factor> weakest(const RankedNode& ranked, const Emphasis& emphasis) {
    const std::array<double, 3> weights{emphasis.reputation, emphasis.distance, emphasis.capacity};
    std::optional<Factor> found;
    double least = 0.9;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double share = std::pow(ranked.factors[i], weights[i]);
        if (share < least) {
            least = share;
            found = static_cast<Factor>(i);
        }
    }
    return found;
}

std::string explain(const ListedNode& node, const RankedNode& ranked, const Emphasis& emphasis,
                    std::int64_t now) {
    if (node.record.expires <= now) {
        return "Not recommended: its record has expired.";
    }
    std::string sentence;
    if (!ranked.eligible) {
        const std::uint64_t total = std::uint64_t{node.audits_passed} + node.audits_failed;
        sentence = total < enough_audits
                       ? "Not recommended yet: " + audits_phrase(node) + ", and " +
                             std::to_string(enough_audits) + " are needed to judge it"
                       : "Not recommended: " + audits_phrase(node);
        return sentence + ".";
    }
    sentence = audits_phrase(node);
    sentence.front() = 'P';
    sentence += ranked.distance_km
                    ? ", about " + std::to_string(std::lround(*ranked.distance_km)) + " km away"
                    : ", distance unknown";
    sentence += ", " + capacity_phrase(ranked, node.measured_slots != 0);
    constexpr std::array<const char*, 3> names{"its reputation", "its distance", "its capacity"};
    if (const std::optional<Factor> limit = weakest(ranked, emphasis)) {
        sentence +=
            "; " + std::string(names[static_cast<std::size_t>(*limit)]) + " limits the score most";
    } else {
        sentence += "; nothing limits the score";
    }
    return sentence + ".";
}

RankedNode rate(const ListedNode& node, std::size_t index, const Emphasis& emphasis,
                const std::optional<Place>& place, std::int64_t now) {
    RankedNode ranked;
    ranked.index = index;
    ranked.reputation = wilson_lower_bound(node.audits_passed, node.audits_failed);
    ranked.slots_per_hour =
        node.measured_slots == 0
            ? node.record.slots_per_hour
            : std::min<std::uint32_t>(node.record.slots_per_hour, node.measured_slots);
    if (place) {
        ranked.distance_km =
            distance_km(*place, Place{node.record.latitude / 100.0, node.record.longitude / 100.0});
    }
    ranked.factors[0] = std::pow(ranked.reputation, 7);
    ranked.factors[1] = ranked.distance_km ? distance_factor(*ranked.distance_km) : unknown_factor;
    // A figure that only the node itself vouches for may lower its score, never carry it.
    const double capacity = capacity_factor(ranked.slots_per_hour);
    ranked.factors[2] = node.measured_slots == 0 ? std::min(capacity, unknown_factor) : capacity;
    ranked.score = std::pow(ranked.factors[0], emphasis.reputation) *
                   std::pow(ranked.factors[1], emphasis.distance) *
                   std::pow(ranked.factors[2], emphasis.capacity);
    ranked.eligible = node.audits_passed + std::uint64_t{node.audits_failed} >= enough_audits &&
                      ranked.reputation >= enough_reputation && node.record.expires > now;
    ranked.reason = explain(node, ranked, emphasis, now);
    return ranked;
}

} // namespace

double distance_km(const Place& a, const Place& b) {
    constexpr double radius = 6371.0;
    constexpr double degree = std::numbers::pi / 180.0;
    const double dlat = (b.latitude - a.latitude) * degree;
    const double dlon = (b.longitude - a.longitude) * degree;
    const double h = std::pow(std::sin(dlat / 2), 2) + std::cos(a.latitude * degree) *
                                                           std::cos(b.latitude * degree) *
                                                           std::pow(std::sin(dlon / 2), 2);
    return 2 * radius * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

std::vector<RankedNode> rank(const std::vector<ListedNode>& nodes, const Emphasis& emphasis,
                             const std::optional<Place>& place, std::int64_t now) {
    std::vector<RankedNode> ranked;
    std::vector<std::string> ids;
    ranked.reserve(nodes.size());
    ids.reserve(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        ranked.push_back(rate(nodes[i], i, emphasis, place, now));
        ids.push_back(nodes[i].record.node_id());
    }
    std::sort(ranked.begin(), ranked.end(), [&ids](const RankedNode& a, const RankedNode& b) {
        if (a.eligible != b.eligible) {
            return a.eligible;
        }
        return a.score != b.score ? a.score > b.score : ids[a.index] < ids[b.index];
    });
    return ranked;
}

} // namespace tau::vault
