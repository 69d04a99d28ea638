#pragma once

#include <cstdint>

namespace tau::vault {

/// How far the clocks of two computers may be apart, seconds.
inline constexpr std::int64_t clock_tolerance = 300;

struct Place {
    double latitude = 0;  ///< degrees
    double longitude = 0; ///< degrees
    bool operator==(const Place&) const = default;
};

/// Between two parallels and two meridians, in degrees; west <= east.
struct Area {
    double south = -90;
    double west = -180;
    double north = 90;
    double east = 180;
    bool operator==(const Area&) const = default;
    bool contains(const Place& place) const {
        return place.latitude >= south && place.latitude <= north && place.longitude >= west &&
               place.longitude <= east;
    }
};

/// Great circle, kilometres.
double distance_km(const Place& a, const Place& b);

/// The region (see region_name) whose anchor is nearest: what a place means where nobody says.
/// Never "unknown" or "local".
std::uint16_t region_of(const Place& place);

} // namespace tau::vault
