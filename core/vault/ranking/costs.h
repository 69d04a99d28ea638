#pragma once

#include "core/vault/ranking/ranking.h"

namespace tau::vault {

/// What each row lacks: minus the logarithms of its factors, never negative. A row's cost under an
/// emphasis is one dot product with these columns; the least cost is the best rank.
struct Costs {
    std::vector<float> reputation; ///< of reputation, age and uptime together
    std::vector<float> distance;
    std::vector<float> capacity;
    std::vector<std::uint8_t> eligible; ///< 0 or 1
};

/// All but the distance, which is unknown.
Costs costs_of(const NodeTable& table);

/// Great circles to every row by a polynomial: within 10 m up to 15,000 km, 5 km at the antipode.
/// Places that auditors refuted are distances all the same. `km` has table.size() elements.
void distances_to(const NodeTable& table, const Place& place, float* km);

/// The distance column anew, estimated from the kilometres; one half at most where auditors refuted
/// the place, and everywhere without a place.
void set_distance_costs(const NodeTable& table, const std::optional<Place>& place,
                        std::vector<float>& costs);

/// Minus the logarithm of a measured round trip's factor.
float round_trip_cost(double milliseconds);

} // namespace tau::vault
