// Compiled for speed in every build, see CMakeLists.txt: the loops here must become vector code.
#include "core/vault/ranking/filter.h"

#include "core/vault/ranking/search.h"

#include <algorithm>
#include <cmath>

namespace tau::vault {

namespace {

void keep_at_least(const float* values, std::size_t rows, double minimum, std::uint8_t* passes) {
    const auto least = static_cast<float>(minimum);
    for (std::size_t i = 0; i < rows; ++i) {
        passes[i] &= static_cast<std::uint8_t>(values[i] >= least);
    }
}

void keep_slots(const NodeTable& table, double minimum, std::uint8_t* passes) {
    const auto least = static_cast<float>(minimum);
    const float* measured = table.slots.data();
    const float* claimed = table.claimed.data();
    for (std::size_t i = 0; i < table.size(); ++i) {
        // A claim of nothing (NaN) is not less than any minimum.
        passes[i] &= static_cast<std::uint8_t>((measured[i] >= least) & !(claimed[i] < least));
    }
}

void keep_regions(const NodeTable& table, const std::vector<std::uint8_t>& regions,
                  std::uint8_t* passes) {
    std::array<std::uint8_t, 256> wanted{};
    for (const std::uint8_t region : regions) {
        wanted[region] = 1;
    }
    for (std::size_t i = 0; i < table.size(); ++i) {
        passes[i] &= wanted[table.region[i]];
    }
}

void keep_area(const NodeTable& table, const Area& area, std::uint8_t* passes) {
    const auto hundredths = [](double degrees) {
        return static_cast<int>(std::lround(std::clamp(degrees, -200.0, 200.0) * 100));
    };
    const int south = hundredths(area.south);
    const int north = hundredths(area.north);
    const int west = hundredths(area.west);
    const int east = hundredths(area.east);
    for (std::size_t i = 0; i < table.size(); ++i) {
        const int latitude = table.latitude[i];
        const int longitude = table.longitude[i];
        passes[i] &= static_cast<std::uint8_t>((latitude >= south) & (latitude <= north) &
                                               (longitude >= west) & (longitude <= east));
    }
}

void drop_blocked(const NodeTable& table, std::vector<std::uint64_t> keys, std::uint8_t* passes) {
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (std::binary_search(keys.begin(), keys.end(), table.key[i])) {
            passes[i] = 0;
        }
    }
}

} // namespace

void apply_filter(const NodeTable& table, const Filter& filter, const std::vector<float>& km,
                  const std::vector<std::uint8_t>& eligible, std::uint8_t* passes) {
    const std::size_t rows = table.size();
    search_names(table, filter.text, passes);
    if (!filter.regions.empty()) {
        keep_regions(table, filter.regions, passes);
    }
    if (filter.min_reputation) {
        keep_at_least(table.reputation.data(), rows, *filter.min_reputation, passes);
    }
    if (filter.min_slots) {
        keep_slots(table, *filter.min_slots, passes);
    }
    if (filter.min_age_days) {
        keep_at_least(table.age_days.data(), rows, *filter.min_age_days, passes);
    }
    if (filter.max_km) {
        const auto most = static_cast<float>(*filter.max_km);
        for (std::size_t i = 0; i < rows; ++i) {
            passes[i] &= static_cast<std::uint8_t>(km[i] <= most);
        }
    }
    if (filter.area) {
        keep_area(table, *filter.area, passes);
    }
    if (filter.required_flags != 0) {
        const std::uint8_t all = filter.required_flags;
        for (std::size_t i = 0; i < rows; ++i) {
            passes[i] &= static_cast<std::uint8_t>((table.flags[i] & all) == all);
        }
    }
    if (filter.eligible_only) {
        for (std::size_t i = 0; i < rows; ++i) {
            passes[i] &= eligible[i];
        }
    }
    if (!filter.blocked.empty()) {
        drop_blocked(table, filter.blocked, passes);
    }
}

} // namespace tau::vault
