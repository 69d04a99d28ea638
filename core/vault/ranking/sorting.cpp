// Any column as 32-bit numbers that sort as its values do, unknown ones last either way.
#include "core/vault/ranking/name_order.h"
#include "core/vault/ranking/state.h"

#include <array>
#include <bit>
#include <cmath>

namespace tau::vault {

namespace {

constexpr std::uint32_t last = ~std::uint32_t{0};

/// Bits that sort as the numbers do, and their complements in reverse.
std::uint32_t sortable(float value, bool descending) {
    if (std::isnan(value)) {
        return last;
    }
    const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);
    const std::uint32_t ascending = (bits & 0x8000'0000U) != 0 ? ~bits : bits | 0x8000'0000U;
    return descending ? ~ascending : ascending;
}

/// By region number: where its name is among all names.
std::array<std::uint32_t, 256> places_of_regions() {
    std::array<std::uint32_t, 256> places{};
    const auto name = [](std::size_t region) {
        return region_name(static_cast<std::uint16_t>(region));
    };
    for (std::size_t region = 0; region < places.size(); ++region) {
        for (std::size_t other = 0; other < places.size(); ++other) {
            places[region] += name(other) < name(region) ? 1U : 0U;
        }
    }
    return places;
}

} // namespace

void Ranking::State::sort_rows(const NodeTable& table) {
    if (sorting == Column::name && name_places.size() != table.size()) {
        name_places = places_of_names(table, sorter);
    }
    const std::size_t count = by_rank.size();
    const std::span<std::uint64_t> keys = sorter.keys(count);
    const auto fill = [&](auto value) {
        for (std::size_t i = 0; i < count; ++i) {
            keys[i] = sort_key(value(by_rank[i]), by_rank[i]);
        }
    };
    const auto fill_numbers = [&](auto number) {
        fill([&](std::uint32_t row) { return sortable(number(row), descending); });
    };
    const std::uint32_t turn = descending ? last : 0;
    switch (sorting) {
    case Column::rank:
        sorted.assign(by_rank.rbegin(), by_rank.rend());
        return;
    case Column::name:
        fill([&](std::uint32_t row) { return name_places[row] ^ turn; });
        break;
    case Column::region: {
        const auto places = places_of_regions();
        fill([&](std::uint32_t row) { return places[table.region[row]] ^ turn; });
        break;
    }
    case Column::reputation:
        fill_numbers([&](std::uint32_t row) { return table.reputation[row]; });
        break;
    case Column::distance: {
        const std::vector<float>& far = kilometres(table);
        fill_numbers([&](std::uint32_t row) { return far[row]; });
        break;
    }
    case Column::slots:
        fill_numbers([&](std::uint32_t row) { return known_slots(table, row); });
        break;
    case Column::age:
        fill_numbers([&](std::uint32_t row) { return table.age_days[row]; });
        break;
    case Column::uptime:
        fill_numbers([&](std::uint32_t row) { return table.uptime[row]; });
        break;
    }
    sorter.sort(count, sorted);
}

} // namespace tau::vault
