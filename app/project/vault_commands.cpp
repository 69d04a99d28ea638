#include "app/project/commands.h"
#include "app/project/place.h"
#include "app/project/session.h"
#include "core/vault/ranking/ranking.h"

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

std::string figure(double number) {
    return std::isnan(number) ? std::string("-") : std::to_string(std::lround(number));
}

nlohmann::json json_figure(double number) {
    return std::isnan(number) ? nlohmann::json() : nlohmann::json(number);
}

std::string line_of(const vault::NodeTable& table, std::uint32_t row, std::size_t position,
                    const vault::Explanation& why) {
    std::array<char, 200> text{};
    std::snprintf(text.data(), text.size(), "%3s  %-20s %-12s %.3f %7s %8s  ",
                  why.eligible ? std::to_string(position).c_str() : "-",
                  std::string(table.name(row)).c_str(),
                  std::string(vault::region_name(table.region[row])).c_str(),
                  static_cast<double>(table.reputation[row]),
                  why.distance_km ? figure(*why.distance_km).c_str() : "-",
                  figure(vault::known_slots(table, row)).c_str());
    return text.data() + why.sentence;
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
    vault::Ranking ranking(vault::table_of(network->nodes, now));
    ranking.set_place(*place);
    const vault::NodeTable& table = ranking.table();
    for (const std::uint32_t row : ranking.order()) {
        const vault::Explanation why = ranking.explain(row);
        ++position;
        out.line(line_of(table, row, position, why));
        nlohmann::json object{{"event", "vault"},
                              {"rank", position},
                              {"id", network->nodes[row].record.node_id()},
                              {"name", table.name(row)},
                              {"region", vault::region_name(table.region[row])},
                              {"score", why.score},
                              {"reputation", json_figure(table.reputation[row])},
                              {"slots_per_hour", json_figure(vault::known_slots(table, row))},
                              {"eligible", why.eligible},
                              {"reason", why.sentence}};
        object["km"] = why.distance_km ? nlohmann::json(*why.distance_km) : nlohmann::json();
        out.event(object);
    }
    for (const vault::RefusedRecord& refused : network->refused) {
        out.line("  -  " + refused.name + ": " + refused.reason.message);
    }
    return Exit::done;
}

} // namespace tau::app
