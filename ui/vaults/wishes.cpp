#include "ui/vaults/wishes.h"

#include "ui/common/text.h"
#include "ui/vaults/places.h"

#include <QVariantList>

#include <algorithm>

namespace tau::ui {

namespace {

const QString emphasis_key = QStringLiteral("emphasis");
const QString city_key = QStringLiteral("city");
const QString place_key = QStringLiteral("place");
const QString regions_key = QStringLiteral("regions");
const QString reputation_key = QStringLiteral("min_reputation");
const QString slots_key = QStringLiteral("min_slots");
const QString age_key = QStringLiteral("min_age_days");
const QString km_key = QStringLiteral("max_km");
const QString flags_key = QStringLiteral("required_flags");
const QString text_key = QStringLiteral("text");
const QString eligible_key = QStringLiteral("eligible_only");
const QString area_key = QStringLiteral("area");
const QString sorting_key = QStringLiteral("sorting");
const QString descending_key = QStringLiteral("descending");
const QString hidden_key = QStringLiteral("hidden_columns");

QVariantList numbers(std::initializer_list<double> values) {
    QVariantList list;
    for (const double value : values) {
        list << value;
    }
    return list;
}

/// `count` numbers; none when there are not so many.
std::optional<std::vector<double>> numbers_from(const QVariant& value, qsizetype count) {
    const QVariantList list = value.toList();
    if (list.size() != count) {
        return std::nullopt;
    }
    std::vector<double> numbers;
    for (const QVariant& one : list) {
        bool good = false;
        numbers.push_back(one.toDouble(&good));
        if (!good) {
            return std::nullopt;
        }
    }
    return numbers;
}

void put(QVariantMap& map, const QString& key, const std::optional<double>& value) {
    if (value) {
        map[key] = *value;
    }
}

std::optional<double> number_from(const QVariantMap& map, const QString& key) {
    bool good = false;
    const double value = map.value(key).toDouble(&good);
    return good ? std::optional(value) : std::nullopt;
}

void put_filter(QVariantMap& map, const vault::Filter& filter) {
    QStringList regions;
    for (const std::uint8_t region : filter.regions) {
        regions << to_qt(vault::region_name(region));
    }
    map[regions_key] = regions;
    put(map, reputation_key, filter.min_reputation);
    put(map, slots_key, filter.min_slots);
    put(map, age_key, filter.min_age_days);
    put(map, km_key, filter.max_km);
    map[flags_key] = static_cast<int>(filter.required_flags);
    map[text_key] = to_qt(filter.text);
    map[eligible_key] = filter.eligible_only;
    if (filter.area) {
        map[area_key] =
            numbers({filter.area->south, filter.area->west, filter.area->north, filter.area->east});
    }
}

vault::Filter filter_from(const QVariantMap& map) {
    vault::Filter filter;
    for (const QString& name : map.value(regions_key).toStringList()) {
        if (const auto region = vault::region_from_name(to_utf8(name))) {
            filter.regions.push_back(static_cast<std::uint8_t>(*region));
        }
    }
    filter.min_reputation = number_from(map, reputation_key);
    filter.min_slots = number_from(map, slots_key);
    filter.min_age_days = number_from(map, age_key);
    filter.max_km = number_from(map, km_key);
    filter.required_flags = static_cast<std::uint8_t>(map.value(flags_key).toUInt() & 0xFFU);
    filter.text = to_utf8(map.value(text_key).toString());
    filter.eligible_only = map.value(eligible_key).toBool();
    if (const auto area = numbers_from(map.value(area_key), 4)) {
        filter.area = vault::Area{(*area)[0], (*area)[1], (*area)[2], (*area)[3]};
    }
    return filter;
}

} // namespace

bool Wishes::operator==(const Wishes& other) const {
    return to_settings(*this) == to_settings(other);
}

void apply(const Wishes& wishes, const std::vector<std::uint64_t>& blocked,
           vault::Ranking& ranking) {
    vault::Filter filter = wishes.filter;
    filter.blocked = blocked;
    ranking.set_place(wishes.place);
    ranking.set_emphasis(wishes.emphasis);
    ranking.set_filter(std::move(filter));
    ranking.set_sorting(wishes.sorting, wishes.descending);
}

QVariantMap to_settings(const Wishes& wishes) {
    QVariantMap map;
    map[emphasis_key] =
        numbers({wishes.emphasis.reputation, wishes.emphasis.distance, wishes.emphasis.capacity});
    map[city_key] = wishes.city;
    if (wishes.city.isEmpty() && wishes.place) {
        map[place_key] = numbers({wishes.place->latitude, wishes.place->longitude});
    }
    put_filter(map, wishes.filter);
    map[sorting_key] = static_cast<int>(wishes.sorting);
    map[descending_key] = wishes.descending;
    QVariantList hidden;
    for (const int column : wishes.hidden_columns) {
        hidden << column;
    }
    map[hidden_key] = hidden;
    return map;
}

Wishes wishes_from(const QVariantMap& settings) {
    Wishes wishes;
    if (const auto weights = numbers_from(settings.value(emphasis_key), 3)) {
        wishes.emphasis = {(*weights)[0], (*weights)[1], (*weights)[2]};
    }
    wishes.city = settings.value(city_key).toString();
    if (const City* city = city_named(wishes.city)) {
        wishes.place = city->place;
    } else if (const auto point = numbers_from(settings.value(place_key), 2)) {
        wishes.city.clear();
        wishes.place = vault::Place{std::clamp((*point)[0], -90.0, 90.0),
                                    std::clamp((*point)[1], -180.0, 180.0)};
    }
    wishes.filter = filter_from(settings);
    const int sorting = settings.value(sorting_key).toInt();
    if (sorting >= 0 && sorting <= static_cast<int>(vault::Column::uptime)) {
        wishes.sorting = static_cast<vault::Column>(sorting);
    }
    wishes.descending = settings.value(descending_key).toBool();
    for (const QVariant& column : settings.value(hidden_key).toList()) {
        wishes.hidden_columns << column.toInt();
    }
    return wishes;
}

QStringList keys_to_settings(const std::vector<std::uint64_t>& keys) {
    QStringList list;
    for (const std::uint64_t key : keys) {
        list << QString::number(key, 16);
    }
    return list;
}

std::vector<std::uint64_t> keys_from(const QStringList& settings) {
    std::vector<std::uint64_t> keys;
    for (const QString& text : settings) {
        bool good = false;
        const qulonglong key = text.toULongLong(&good, 16);
        if (good) {
            keys.push_back(key);
        }
    }
    return keys;
}

} // namespace tau::ui
