#include "app/project/vault_query.h"

#include "core/base/encoding.h"
#include "core/base/text.h"

#include <array>
#include <cmath>

namespace tau::app {

namespace {

struct Name {
    const char* name;
    vault::Column column;
};
constexpr std::array columns{
    Name{"rank", vault::Column::rank},         Name{"name", vault::Column::name},
    Name{"region", vault::Column::region},     Name{"reputation", vault::Column::reputation},
    Name{"distance", vault::Column::distance}, Name{"capacity", vault::Column::slots},
    Name{"age", vault::Column::age},           Name{"uptime", vault::Column::uptime}};

/// Comma-separated values of an option, none when it was not given.
QStringList list_of(const CommandLine& line, const QString& option) {
    return QString::fromStdString(line.text(option)).split(u',', Qt::SkipEmptyParts);
}

Result<std::optional<double>> number_of(const CommandLine& line, const char* name, double low,
                                        double high, const char* unit) {
    const QString option = QString::fromUtf8(name);
    if (!line.has(option)) {
        return std::nullopt;
    }
    bool good = false;
    const double value = QString::fromStdString(line.text(option)).toDouble(&good);
    if (!good || !(value >= low && value <= high)) {
        return fail(ErrorCode::invalid_argument, "--" + std::string(name) + " takes " + unit + ".");
    }
    return value;
}

Result<vault::Emphasis> emphasis_of(const CommandLine& line) {
    vault::Emphasis emphasis;
    for (const QString& part : list_of(line, QStringLiteral("emphasis"))) {
        const QString name = part.section(u'=', 0, 0);
        bool good = false;
        const double weight = part.section(u'=', 1).toDouble(&good);
        double* const wanted = name == u"reputation" ? &emphasis.reputation
                               : name == u"distance" ? &emphasis.distance
                               : name == u"capacity" ? &emphasis.capacity
                                                     : nullptr;
        if (wanted == nullptr || !good || !(weight >= 0 && weight <= 1)) {
            return fail(ErrorCode::invalid_argument, "--emphasis takes weights from 0 to 1, as in "
                                                     "reputation=1,distance=0.5,capacity=0.2.");
        }
        *wanted = weight;
    }
    return emphasis;
}

Result<std::uint8_t> flags_of(const CommandLine& line) {
    std::uint8_t flags = 0;
    for (const QString& name : list_of(line, QStringLiteral("require"))) {
        const int flag = name == u"auditor"    ? vault::attested_by_auditor
                         : name == u"operator" ? vault::attested_by_operator
                         : name == u"hardware" ? vault::attested_hardware
                                               : 0;
        if (flag == 0) {
            return fail(ErrorCode::invalid_argument,
                        "--require takes auditor, operator or hardware, or some of them with "
                        "commas between.");
        }
        flags = static_cast<std::uint8_t>(flags | flag);
    }
    return flags;
}

Result<vault::Filter> filter_of(const CommandLine& line) {
    vault::Filter filter;
    struct Bound {
        const char* name;
        std::optional<double> vault::Filter::*field;
        double high;
        const char* unit;
    };
    constexpr std::array bounds{
        Bound{"min-reputation", &vault::Filter::min_reputation, 1, "a share from 0 to 1"},
        Bound{"min-slots", &vault::Filter::min_slots, 1e9, "registrations an hour"},
        Bound{"min-age", &vault::Filter::min_age_days, 1e6, "days"},
        Bound{"max-km", &vault::Filter::max_km, 1e5, "kilometres"}};
    for (const Bound& bound : bounds) {
        auto number = number_of(line, bound.name, 0, bound.high, bound.unit);
        if (!number) {
            return fail(number.error());
        }
        filter.*bound.field = *number;
    }
    for (const QString& name : list_of(line, QStringLiteral("region"))) {
        const auto region = vault::region_from_name(name.toStdString());
        if (!region) {
            return fail(ErrorCode::invalid_argument,
                        region.error().message + " " + region.error().hint);
        }
        filter.regions.push_back(static_cast<std::uint8_t>(*region));
    }
    for (const QString& name : list_of(line, QStringLiteral("block"))) {
        const auto key = node_key(name.toStdString());
        if (!key) {
            return fail(ErrorCode::invalid_argument,
                        "--block takes ids or keys of vaults, with commas between.");
        }
        filter.blocked.push_back(*key);
    }
    const auto flags = flags_of(line);
    if (!flags) {
        return fail(flags.error());
    }
    filter.required_flags = *flags;
    filter.text = line.text(QStringLiteral("text"));
    filter.eligible_only = line.has(QStringLiteral("recommended"));
    return filter;
}

Result<std::size_t> limit_of(const CommandLine& line) {
    const std::string text = line.text(QStringLiteral("limit"));
    if (text == "all") {
        return ~std::size_t{0};
    }
    bool good = false;
    const uint limit = QString::fromStdString(text).toUInt(&good);
    if (!good || limit == 0) {
        return fail(ErrorCode::invalid_argument, "--limit takes a number from 1, or all.");
    }
    return limit;
}

Result<std::optional<vault::ListFormat>> format_of(const CommandLine& line) {
    const std::string text = line.text(QStringLiteral("format"));
    const bool more = line.has(QStringLiteral("explain")) || line.has(QStringLiteral("records"));
    if (line.json() && line.has(QStringLiteral("format"))) {
        return fail(ErrorCode::invalid_argument, "Say either --json or --format, not both.");
    }
    if (text == "text") {
        return std::nullopt;
    }
    if (more) {
        return fail(ErrorCode::invalid_argument,
                    "--explain and --records go with --format text or --json.");
    }
    if (text == "csv") {
        return vault::ListFormat::csv;
    }
    if (text == "json") {
        return vault::ListFormat::json;
    }
    if (text == "yaml") {
        return vault::ListFormat::yaml;
    }
    return fail(ErrorCode::invalid_argument, "--format takes text, csv, json or yaml.");
}

} // namespace

std::optional<std::uint64_t> node_key(const std::string& text) {
    const bool dashed = text.size() == 13 && text[6] == '-';
    const std::string digits = dashed ? text.substr(0, 6) + text.substr(7) : text;
    const bool short_form = digits.size() == 12;
    const auto bytes = short_form ? from_hex(digits) : from_base58(text);
    if (!bytes || bytes->size() != (short_form ? 6U : 32U)) {
        return std::nullopt;
    }
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        key = key << 8U | (*bytes)[i];
    }
    return key;
}

std::vector<std::uint32_t> rows_named(const vault::NodeTable& table, const std::string& wanted) {
    std::vector<std::uint32_t> rows;
    const auto key = node_key(wanted);
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        if (table.key[row] == key || table.name(row) == wanted) {
            rows.push_back(row);
        }
    }
    return rows;
}

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

void add_query_options(CommandLine& line) {
    const auto add = [&line](const char* name, const char* what, const char* value,
                             const char* fallback = "") {
        line.option(QString::fromUtf8(name), QString::fromUtf8(what), QString::fromUtf8(value),
                    QString::fromUtf8(fallback));
    };
    add("near", "Prefer vaults near <LAT,LON> (degrees).", "LAT,LON");
    add("emphasis", "What matters, each from 0 to 1 (0.5): reputation=1,distance=0,capacity=0.2.",
        "WEIGHTS");
    add("region", "Only these regions, with commas between.", "NAMES");
    add("min-reputation", "Only those that surely pass this share of audits.", "SHARE");
    add("min-slots", "Only those with this measured room for registrations an hour.", "N");
    add("min-age", "Only those seen first so many days ago.", "DAYS");
    add("max-km", "Only those so near to --near.", "KM");
    add("require", "Only those attested by all of: auditor, operator, hardware.", "KINDS");
    add("text", "Only those with this in their name.", "TEXT");
    add("block", "None of these vaults: ids or keys, with commas between.", "IDS");
    add("recommended", "Only those that may be recommended.", "");
    add("node", "Only the vault of this name, id or key.", "VAULT");
    add("sort", "By rank, name, region, reputation, distance, capacity, age or uptime (rank).",
        "COLUMN", "rank");
    add("descending", "Greatest first.", "");
    add("limit", "Show so many, or all (20).", "N", "20");
    add("format", "As text, or the list alone as csv, json or yaml (text).", "FORMAT", "text");
}

Result<VaultQuery> read_query(const CommandLine& line) {
    VaultQuery query;
    auto place = place_of(line);
    auto emphasis = emphasis_of(line);
    auto filter = filter_of(line);
    auto limit = limit_of(line);
    auto format = format_of(line);
    for (const Error* error :
         {place ? nullptr : &place.error(), emphasis ? nullptr : &emphasis.error(),
          filter ? nullptr : &filter.error(), limit ? nullptr : &limit.error(),
          format ? nullptr : &format.error()}) {
        if (error != nullptr) {
            return fail(*error);
        }
    }
    query.place = *place;
    query.emphasis = *emphasis;
    query.filter = std::move(*filter);
    query.limit = *limit;
    query.format = *format;
    if (query.filter.max_km && !query.place) {
        return fail(ErrorCode::invalid_argument, "--max-km needs --near to measure from.");
    }
    const std::string sort = line.text(QStringLiteral("sort"));
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const Name& one) { return one.name == sort; });
    if (column == columns.end()) {
        return fail(ErrorCode::invalid_argument,
                    "--sort takes rank, name, region, reputation, distance, capacity, age or "
                    "uptime.");
    }
    query.sorting = column->column;
    query.descending = line.has(QStringLiteral("descending"));
    query.node = line.text(QStringLiteral("node"));
    return query;
}

} // namespace tau::app
