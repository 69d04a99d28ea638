#include "app/project/commands.h"
#include "app/project/session.h"
#include "app/project/stop_signal.h"
#include "app/project/vault_query.h"
#include "core/base/text.h"
#include "core/vault/node_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

/// So many of the short list are asked for their round trip.
constexpr std::size_t probes = 8;

constexpr std::array<const char*, vault::factor_count> factor_names{"reputation", "age", "uptime",
                                                                    "distance", "capacity"};

struct View {
    const vault::Network& network;
    vault::NodeSource& source;
    vault::Ranking& ranking;
    const CommandLine& line;
    const Terminal& out;
    std::optional<vault::ListFormat> format;
    std::stop_token stop;

    const vault::NodeTable& table() const { return ranking.table(); }
    /// To people; beside a list that may be on its way into a file.
    void remark(const std::string& text) const {
        if (format) {
            std::cerr << text << "\n";
        } else {
            out.line(text);
        }
    }
    /// Of a node that the file lists it is at hand; others' are fetched when that was asked for.
    std::optional<vault::ListedNode> record(std::uint32_t row) const {
        if (network.directory && !line.has(QStringLiteral("records"))) {
            return std::nullopt;
        }
        auto node = source.node(table(), row, stop);
        return node ? std::optional(std::move(*node)) : std::nullopt;
    }
};

std::string hex_key(std::uint64_t key) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%012llx", static_cast<unsigned long long>(key));
    return text.data();
}

std::string print(const char* format, double number) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, number);
    return std::isnan(number) ? std::string("-") : text.data();
}

nlohmann::json number(double value) {
    return std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
}

nlohmann::json number(const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json attestations(std::uint8_t flags) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [flag, name] : {std::pair(vault::attested_by_auditor, "auditor"),
                                     std::pair(vault::attested_by_operator, "operator"),
                                     std::pair(vault::attested_hardware, "hardware")}) {
        if ((flags & flag) != 0) {
            list.push_back(name);
        }
    }
    return list;
}

void tell_event(const View& view, std::uint32_t row, const vault::Explanation& why,
                const std::optional<vault::ListedNode>& node) {
    const vault::NodeTable& table = view.table();
    const auto rank = view.ranking.rank_of(row);
    nlohmann::json factors;
    for (std::size_t i = 0; i < vault::factor_count; ++i) {
        factors[factor_names[i]] = {{"factor", why.factors[i]}, {"part", why.parts[i]}};
    }
    view.out.event(
        {{"event", "vault"},
         {"rank", rank ? nlohmann::json(*rank + 1) : nlohmann::json()},
         {"id", node ? nlohmann::json(node->record.node_id()) : nlohmann::json()},
         {"endpoint", node ? nlohmann::json(node->record.endpoint) : nlohmann::json()},
         {"key", hex_key(table.key[row])},
         {"name", table.name(row)},
         {"region", vault::region_name(table.region[row])},
         {"latitude", table.latitude[row] / 100.0},
         {"longitude", table.longitude[row] / 100.0},
         {"km", number(why.distance_km)},
         {"round_trip_ms", number(why.round_trip_ms)},
         {"reputation", number(table.reputation[row])},
         {"slots_per_hour", number(vault::known_slots(table, row))},
         {"age_days", number(table.age_days[row])},
         {"uptime", number(table.uptime[row])},
         {"attested_by", attestations(table.flags[row])},
         {"score", why.score},
         {"factors", factors},
         {"limit", why.limit ? nlohmann::json(factor_names[static_cast<std::size_t>(*why.limit)])
                             : nlohmann::json()},
         {"eligible", why.eligible},
         {"reason", why.sentence}});
}

void tell_line(const View& view, std::uint32_t row, const vault::Explanation& why) {
    const vault::NodeTable& table = view.table();
    const auto rank = view.ranking.rank_of(row);
    std::array<char, 200> text{};
    std::snprintf(text.data(), text.size(), "%7s  %-20s %-12s %-14s %5s %6s %8s  ",
                  why.eligible && rank ? std::to_string(*rank + 1).c_str() : "-",
                  bounded_text(table.name(row), 64).c_str(), hex_key(table.key[row]).c_str(),
                  std::string(vault::region_name(table.region[row])).c_str(),
                  print("%.3f", static_cast<double>(table.reputation[row])).c_str(),
                  why.distance_km ? print("%.0f", *why.distance_km).c_str() : "-",
                  print("%.0f", static_cast<double>(vault::known_slots(table, row))).c_str());
    view.out.line(text.data() + why.sentence);
}

void tell_factors(const View& view, const vault::Explanation& why) {
    std::string text = "         score " + print("%.3f", why.score) + " =";
    for (std::size_t i = 0; i < vault::factor_count; ++i) {
        text += std::string(i == 0 ? " " : " x ") + factor_names[i] + " " +
                print("%.3f", why.parts[i]) + " (of " + print("%.3f", why.factors[i]) + ")";
    }
    view.out.line(text);
}

void tell(const View& view, std::uint32_t row) {
    const vault::Explanation why = view.ranking.explain(row);
    const auto node = view.record(row);
    if (view.out.json()) {
        tell_event(view, row, why, node);
        return;
    }
    tell_line(view, row, why);
    const bool explain = view.line.has(QStringLiteral("explain"));
    if (explain) {
        tell_factors(view, why);
    }
    if (node && (explain || view.line.has(QStringLiteral("records")))) {
        view.out.line("         id " + node->record.node_id() + " at " + node->record.endpoint);
    }
}

void tell_rows(const View& view, std::span<const std::uint32_t> rows) {
    view.out.line(
        "      #  Vault                Key          Region           Rep     km  Slots/h  "
        "Why");
    for (const std::uint32_t row : rows) {
        if (view.stop.stop_requested()) {
            return;
        }
        tell(view, row);
    }
}

/// Asks the best of the short list how long they take to answer.
void probe(const View& view, Http& http) {
    for (const std::uint32_t row : view.ranking.short_list(probes)) {
        const auto node = view.source.node(view.table(), row, view.stop);
        const auto time = node ? vault::round_trip(node->record, http, view.stop)
                               : Result<std::chrono::milliseconds>(fail(node.error()));
        if (time) {
            view.ranking.set_round_trip(row, static_cast<double>(time->count()));
            continue;
        }
        const std::string name(view.table().name(row));
        view.remark(name + " was not reached: " + time.error().message);
        view.out.event(
            {{"event", "not_reached"}, {"name", name}, {"message", time.error().message}});
    }
}

/// The rows to show: all that pass, or the one that --node names, whether it passes or not.
Result<std::vector<std::uint32_t>> rows_of(const View& view, const VaultQuery& query) {
    const auto order = view.ranking.order();
    if (query.node.empty()) {
        return std::vector<std::uint32_t>(
            order.begin(),
            order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), query.limit)));
    }
    std::vector<std::uint32_t> rows = rows_named(view.table(), query.node);
    if (rows.empty()) {
        return fail(ErrorCode::not_found,
                    "The network has no vault \"" + bounded_text(query.node, 80) + "\".",
                    "See their names with: tau-project vaults --limit all");
    }
    return rows;
}

void tell_end(const View& view, const vault::NodeList& list, std::size_t shown) {
    for (const vault::RefusedRecord& refused : list.refused) {
        view.remark(refused.name + " is left out: " + refused.reason.message);
        view.out.event(
            {{"event", "refused"}, {"name", refused.name}, {"message", refused.reason.message}});
    }
    const std::size_t passing = view.ranking.order().size();
    if (!view.format) {
        view.out.line("");
        view.out.line(std::to_string(shown) + " of " + std::to_string(passing) +
                      " vaults that pass, of " + std::to_string(view.table().size()) +
                      " loaded, of " + std::to_string(list.total) + " in the network.");
    }
    if (!list.notice.empty()) {
        view.remark(list.notice);
    }
    view.out.event({{"event", "vaults"},
                    {"shown", shown},
                    {"passing", passing},
                    {"loaded", view.table().size()},
                    {"total", list.total},
                    {"published", list.published},
                    {"offline", list.offline},
                    {"notice", list.notice}});
}

Exit show(const CommandLine& line, const Terminal& out, Session& session, const VaultQuery& query) {
    const auto network = load_network(line, session.clock().now());
    if (!network) {
        out.error(network.error());
        return Exit::failed;
    }
    const StopSignal signal;
    const auto source = session.nodes(*network);
    const auto extent =
        line.has(QStringLiteral("nearby")) ? vault::Extent::nearby : vault::Extent::all;
    const auto list = source ? (*source)->load(query.place, extent, {}, signal.token())
                             : Result<vault::NodeList>(fail(source.error()));
    if (!list) {
        out.error(list.error());
        return signal.stopped() ? Exit::cancelled : Exit::failed;
    }
    vault::Ranking ranking(list->table);
    ranking.set_place(query.place);
    ranking.set_emphasis(query.emphasis);
    ranking.set_filter(query.filter);
    const View view{*network, **source, ranking, line, out, query.format, signal.token()};
    if (line.has(QStringLiteral("probe"))) {
        probe(view, session.http());
    }
    ranking.set_sorting(query.sorting, query.descending);
    const auto rows = rows_of(view, query);
    if (!rows) {
        out.error(rows.error());
        return Exit::failed;
    }
    if (query.format) {
        std::cout << vault::list_text(ranking, *rows, *query.format, signal.token()) << std::flush;
    } else {
        tell_rows(view, *rows);
    }
    if (signal.stopped()) {
        return Exit::cancelled;
    }
    tell_end(view, *list, rows->size());
    return Exit::done;
}

} // namespace

Exit vaults_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("vaults"),
                     QStringLiteral("Shows the network's vaults, best first, and why."),
                     {CommandLine::Output::events, CommandLine::Needs::data});
    line.option(QStringLiteral("network"),
                QStringLiteral("The network's file. Without it, that of tau-localnet."),
                QStringLiteral("FILE"));
    add_query_options(line);
    line.option(QStringLiteral("nearby"),
                QStringLiteral("Load only the part of a large list that is around --near."));
    line.option(QStringLiteral("explain"), QStringLiteral("Show what each factor costs."));
    line.option(QStringLiteral("records"),
                QStringLiteral("Fetch and check the record of each vault shown: id, endpoint."));
    line.option(QStringLiteral("probe"),
                QStringLiteral("Measure the round trip to the best of them first."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const auto query = read_query(line);
    if (!query) {
        return usage_error(QStringLiteral("vaults"), query.error().message);
    }
    const Terminal out(line.json());
    Session session(line);
    return show(line, out, session, *query);
}

} // namespace tau::app
