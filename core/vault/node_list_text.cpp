#include "core/vault/node_list_text.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace tau::vault {

namespace {

struct Cell {
    std::string_view field;
    std::string text; ///< a number, true or false as it is written everywhere; else words
    bool words = false;
};
constexpr std::size_t field_count = 13;
using Row = std::array<Cell, field_count>;

template <typename... Values>
std::string print(const char* format, Values... values) {
    std::array<char, 64> buffer{};
    const int size = std::snprintf(buffer.data(), buffer.size(), format, values...);
    return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string number(const char* format, double value) {
    return std::isnan(value) ? std::string() : print(format, value);
}

Row describe(Ranking& ranking, std::uint32_t row) {
    const NodeTable& table = ranking.table();
    const auto rank = ranking.rank_of(row);
    const auto distance = ranking.distance(row);
    const auto key = print("%012llx", static_cast<unsigned long long>(table.key[row]));
    return {{{"rank", rank ? std::to_string(*rank + 1) : std::string()},
             {"key", key, true},
             {"name", std::string(table.name(row)), true},
             {"region", std::string(region_name(table.region[row])), true},
             {"latitude", number("%.2f", table.latitude[row] / 100.0)},
             {"longitude", number("%.2f", table.longitude[row] / 100.0)},
             {"reputation", number("%.4f", static_cast<double>(table.reputation[row]))},
             {"distance_km", distance ? number("%.0f", *distance) : std::string()},
             {"slots_per_hour", number("%.0f", static_cast<double>(known_slots(table, row)))},
             {"age_days", number("%.0f", static_cast<double>(table.age_days[row]))},
             {"uptime", number("%.4f", static_cast<double>(table.uptime[row]))},
             {"score", number("%.4f", static_cast<double>(ranking.score(row)))},
             {"eligible", ranking.eligible(row) ? "true" : "false"}}};
}

/// Double quotes and escapes as JSON has them, which YAML reads alike.
std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string csv_words(const std::string& text) {
    const bool formula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    std::string out = formula ? "\"'" : "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    return out + '"';
}

void append_csv(std::string& out, const Row& row) {
    for (const Cell& cell : row) {
        out += cell.words ? csv_words(cell.text) : cell.text;
        out += &cell == &row.back() ? "\r\n" : ",";
    }
}

std::string value_of(const Cell& cell) {
    return cell.words ? quoted(cell.text) : cell.text.empty() ? "null" : cell.text;
}

void append_json(std::string& out, const Row& row) {
    for (const Cell& cell : row) {
        out += &cell == &row.front() ? "  {" : ", ";
        out += quoted(std::string(cell.field)) + ": " + value_of(cell);
    }
    out += '}';
}

void append_yaml(std::string& out, const Row& row) {
    for (const Cell& cell : row) {
        out += &cell == &row.front() ? "- " : "  ";
        out += std::string(cell.field) + ": " + value_of(cell) + '\n';
    }
}

std::string csv_header() {
    return "rank,key,name,region,latitude,longitude,reputation,distance_km,slots_per_hour,"
           "age_days,uptime,score,eligible\r\n";
}

} // namespace

std::string list_text(Ranking& ranking, std::span<const std::uint32_t> rows, ListFormat format,
                      std::stop_token stop) {
    std::string out = format == ListFormat::csv ? csv_header() : std::string();
    bool first = true;
    for (const std::uint32_t number : rows) {
        if (stop.stop_requested()) {
            return {};
        }
        const Row row = describe(ranking, number);
        switch (format) {
        case ListFormat::csv:
            append_csv(out, row);
            break;
        case ListFormat::json:
            out += first ? "[\n" : ",\n";
            append_json(out, row);
            break;
        case ListFormat::yaml:
            append_yaml(out, row);
            break;
        }
        first = false;
    }
    if (format == ListFormat::json) {
        out += first ? "[]\n" : "\n]\n";
    } else if (format == ListFormat::yaml && first) {
        out += "[]\n";
    }
    return out;
}

} // namespace tau::vault
