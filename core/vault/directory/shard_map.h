#pragma once

#include "core/vault/place.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tau::vault {

inline constexpr std::size_t shard_count = 256;

/// A k-d tree over latitude and longitude, eight levels deep, whose leaves are the shards: as many
/// nodes in each, however unevenly they stand on earth. Even levels split by longitude, odd ones by
/// latitude; node n's children are 2n+1 (below the split) and 2n+2; leaf n is shard n - 255. Values
/// in 1/100 degree; any will do, however strange: each place has one shard.
struct ShardMap {
    std::array<std::int16_t, shard_count - 1> splits{};
    bool operator==(const ShardMap&) const = default;

    std::size_t shard_of(std::int16_t latitude, std::int16_t longitude) const;
    /// Great circle from the place to the nearest point of the shard's box, across the date line
    /// and the poles too; 0 inside.
    double kilometres(std::size_t shard, const Place& place) const;
    /// All shards, the nearest box to the place first; equal ones by number.
    std::vector<std::size_t> by_distance(const Place& place) const;
};

struct Coordinates {
    std::int16_t latitude = 0;
    std::int16_t longitude = 0;
};
/// Medians of the points: shards of equal size, but for points that are in the same place.
ShardMap balanced_map(std::span<const Coordinates> points);

} // namespace tau::vault
