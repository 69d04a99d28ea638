#pragma once

#include "core/vault/directory/summary.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tau::vault {

/// Around these the nodes of a made-up list stand.
struct SampleCity {
    std::string_view name;
    std::int16_t latitude; ///< 1/100 degree
    std::int16_t longitude;
    std::uint16_t weight; ///< how many nodes, against the others'
    std::string_view region;
};
std::span<const SampleCity> sample_cities();

/// A list as a grown network might have it, the same for the same numbers: nodes crowd around
/// cities, most are young and small, some unknown, few excellent. Keys ascend.
std::vector<Summary> sample_summaries(std::size_t count, std::uint64_t seed);

/// "nairobi-3fk7q": the nearest of the cities, and letters that come from the key.
std::string sample_name(const Summary& summary);
const SampleCity& nearest_sample_city(std::int16_t latitude, std::int16_t longitude);

} // namespace tau::vault
