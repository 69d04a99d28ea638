#include "core/node/front_metrics.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

namespace tau::node {

namespace {

constexpr std::array<std::string_view, 8> cut_names{
    "connections", "per_address", "handshake", "header", "body", "write", "idle", "gone"};

} // namespace

void FrontMetrics::refused(int status) {
    const auto* const known = std::find(statuses.begin(), statuses.end(), status);
    add(refused_.at(static_cast<std::size_t>(known - statuses.begin())));
}

void FrontMetrics::put(std::ostream& out) const {
    // In this order, so that what closes meanwhile does not make the difference negative.
    const std::uint64_t closed = closed_;
    const std::uint64_t opened = opened_;
    out << "# HELP tau_connections Connections that are open.\n"
           "# TYPE tau_connections gauge\n"
        << "tau_connections " << opened - closed
        << "\n# HELP tau_connections_opened_total Connections that were taken.\n"
           "# TYPE tau_connections_opened_total counter\n"
        << "tau_connections_opened_total " << opened
        << "\n# HELP tau_connections_cut_total Connections ended or not taken, by the limit.\n"
           "# TYPE tau_connections_cut_total counter\n";
    for (std::size_t i = 0; i < cut_.size(); ++i) {
        out << "tau_connections_cut_total{limit=\"" << cut_names.at(i) << "\"} " << cut_.at(i)
            << '\n';
    }
    out << "# HELP tau_server_refusals_total Requests refused before the node saw them, by HTTP "
           "status.\n# TYPE tau_server_refusals_total counter\n";
    for (std::size_t i = 0; i < refused_.size(); ++i) {
        const std::string status = i < statuses.size() ? std::to_string(statuses.at(i)) : "other";
        out << "tau_server_refusals_total{status=\"" << status << "\"} " << refused_.at(i) << '\n';
    }
    const Count* const log_lost = log_lost_;
    out << "# HELP tau_log_lines_lost_total Lines of the log that could not be written.\n"
           "# TYPE tau_log_lines_lost_total counter\n"
        << "tau_log_lines_lost_total " << (log_lost == nullptr ? 0 : log_lost->load()) << '\n';
    if (const std::int64_t expires = certificate_expires_; expires != 0) {
        out << "# HELP tau_certificate_expires_seconds When TLS' certificate expires, in Unix "
               "time.\n"
               "# TYPE tau_certificate_expires_seconds gauge\n"
            << "tau_certificate_expires_seconds " << expires << '\n';
    }
}

} // namespace tau::node
