#include "app/project/commands.h"
#include "app/project/place.h"
#include "app/project/session.h"
#include "core/vault/rank.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace tau::app {

Result<std::optional<vault::Place>> place_of(const CommandLine& line) {
    const QString option = QStringLiteral("near");
    if (!line.has(option)) {
        return std::nullopt;
    }
    const QStringList parts = QString::fromStdString(line.text(option)).split(u',');
    bool good[2] = {false, false};
    const double latitude = parts.value(0).toDouble(&good[0]);
    const double longitude = parts.value(1).toDouble(&good[1]);
    if (parts.size() != 2 || !good[0] || !good[1] || !(std::abs(latitude) <= 90) ||
        !(std::abs(longitude) <= 180)) {
        return fail(ErrorCode::invalid_argument, "--near takes degrees, as in 38.7,-9.1.");
    }
    return vault::Place{latitude, longitude};
}

namespace {

std::string row(const std::string& place, const vault::RankedNode& node,
                const vault::NodeRecord& record) {
    std::array<char, 200> text{};
    const std::string km =
        node.distance_km ? std::to_string(std::lround(*node.distance_km)) : std::string("-");
    std::snprintf(text.data(), text.size(), "%3s  %-20s %-12s %.3f %7s %8u  ", place.c_str(),
                  record.name.c_str(), std::string(vault::region_name(record.region)).c_str(),
                  node.reputation, km.c_str(), node.slots_per_hour);
    return text.data() + node.reason;
}

} // namespace

Exit vaults_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("vaults"),
                     QStringLiteral("Shows the network's vaults, best first, and why."));
    line.option(QStringLiteral("network"),
                QStringLiteral("The network's file. Without it, that of tau-localnet."),
                QStringLiteral("FILE"));
    line.option(QStringLiteral("near"), QStringLiteral("Prefer vaults near <LAT,LON> (degrees)."),
                QStringLiteral("LAT,LON"));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    const std::int64_t now = SystemClock().now();
    const auto place = place_of(line);
    if (!place) {
        return usage_error(QStringLiteral("vaults"), place.error().message);
    }
    const auto network = load_network(line, now);
    if (!network) {
        out.error(network.error());
        return Exit::failed;
    }
    out.line("  #  Node                 Region         Rep      km  Slots/h  Why");
    std::size_t position = 0;
    for (const vault::RankedNode& node : vault::rank(network->nodes, {}, *place, now)) {
        const vault::NodeRecord& record = network->nodes[node.index].record;
        ++position;
        out.line(row(node.eligible ? std::to_string(position) : "-", node, record));
        nlohmann::json object{{"event", "vault"},
                              {"rank", position},
                              {"id", record.node_id()},
                              {"name", record.name},
                              {"region", std::string(vault::region_name(record.region))},
                              {"score", node.score},
                              {"reputation", node.reputation},
                              {"slots_per_hour", node.slots_per_hour},
                              {"eligible", node.eligible},
                              {"reason", node.reason}};
        object["km"] = node.distance_km ? nlohmann::json(*node.distance_km) : nlohmann::json();
        out.event(object);
    }
    for (const vault::RefusedRecord& refused : network->refused) {
        out.line("  -  " + refused.name + ": " + refused.reason.message);
    }
    return Exit::done;
}

} // namespace tau::app
