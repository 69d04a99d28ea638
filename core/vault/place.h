#pragma once

#include <cstdint>

namespace tau::vault {

struct Place {
    double latitude = 0;  ///< degrees
    double longitude = 0; ///< degrees
};

/// Great circle, kilometres.
double distance_km(const Place& a, const Place& b);

/// The region (see region_name) whose anchor is nearest: what a place means where nobody says.
/// Never "unknown" or "local".
std::uint16_t region_of(const Place& place);

} // namespace tau::vault
