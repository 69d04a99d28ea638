#include "ui/vaults/places.h"

#include <QByteArray>
#include <QTimeZone>

#include <algorithm>
#include <array>

namespace tau::ui {

namespace {

constexpr std::array all_cities{
    City{"Amsterdam", "Europe/Amsterdam", {52.37, 4.90}},
    City{"Bangalore", "Asia/Kolkata", {12.97, 77.59}},
    City{"Berlin", "Europe/Berlin", {52.52, 13.41}},
    City{"Buenos Aires", "America/Argentina/Buenos_Aires", {-34.60, -58.38}},
    City{"Cairo", "Africa/Cairo", {30.04, 31.24}},
    City{"Chicago", "America/Chicago", {41.88, -87.63}},
    City{"Dallas", "America/Chicago", {32.78, -96.80}},
    City{"Denver", "America/Denver", {39.74, -104.99}},
    City{"Dubai", "Asia/Dubai", {25.20, 55.27}},
    City{"Frankfurt", "Europe/Berlin", {50.11, 8.68}},
    City{"Helsinki", "Europe/Helsinki", {60.17, 24.94}},
    City{"Hong Kong", "Asia/Hong_Kong", {22.32, 114.17}},
    City{"Istanbul", "Europe/Istanbul", {41.01, 28.98}},
    City{"Jakarta", "Asia/Jakarta", {-6.21, 106.85}},
    City{"Johannesburg", "Africa/Johannesburg", {-26.20, 28.05}},
    City{"Lagos", "Africa/Lagos", {6.52, 3.38}},
    City{"Lisbon", "Europe/Lisbon", {38.72, -9.14}},
    City{"London", "Europe/London", {51.51, -0.13}},
    City{"Los Angeles", "America/Los_Angeles", {34.05, -118.24}},
    City{"Madrid", "Europe/Madrid", {40.42, -3.70}},
    City{"Mexico City", "America/Mexico_City", {19.43, -99.13}},
    City{"Montreal", "America/Toronto", {45.50, -73.57}},
    City{"Mumbai", "Asia/Kolkata", {19.08, 72.88}},
    City{"Nairobi", "Africa/Nairobi", {-1.29, 36.82}},
    City{"New York", "America/New_York", {40.71, -74.01}},
    City{"Oslo", "Europe/Oslo", {59.91, 10.75}},
    City{"Paris", "Europe/Paris", {48.86, 2.35}},
    City{"Prague", "Europe/Prague", {50.08, 14.44}},
    City{"Rome", "Europe/Rome", {41.90, 12.50}},
    City{"San Francisco", "America/Los_Angeles", {37.77, -122.42}},
    City{"Santiago", "America/Santiago", {-33.45, -70.67}},
    City{"São Paulo", "America/Sao_Paulo", {-23.55, -46.63}},
    City{"Seattle", "America/Los_Angeles", {47.61, -122.33}},
    City{"Seoul", "Asia/Seoul", {37.57, 126.98}},
    City{"Singapore", "Asia/Singapore", {1.35, 103.82}},
    City{"Stockholm", "Europe/Stockholm", {59.33, 18.07}},
    City{"Sydney", "Australia/Sydney", {-33.87, 151.21}},
    City{"Taipei", "Asia/Taipei", {25.03, 121.57}},
    City{"Tel Aviv", "Asia/Jerusalem", {32.09, 34.78}},
    City{"Tokyo", "Asia/Tokyo", {35.68, 139.69}},
    City{"Toronto", "America/Toronto", {43.65, -79.38}},
    City{"Vienna", "Europe/Vienna", {48.21, 16.37}},
    City{"Warsaw", "Europe/Warsaw", {52.23, 21.01}},
    City{"Zurich", "Europe/Zurich", {47.37, 8.54}},
};

} // namespace

std::span<const City> cities() {
    return all_cities;
}

const City* city_named(const QString& name) {
    const auto found =
        std::find_if(all_cities.begin(), all_cities.end(),
                     [&name](const City& city) { return name == QString::fromUtf8(city.name); });
    return found == all_cities.end() ? nullptr : &*found;
}

int city_of_this_computer() {
    const QByteArray zone = QTimeZone::systemTimeZoneId();
    for (std::size_t i = 0; i < all_cities.size(); ++i) {
        if (zone == all_cities[i].time_zone) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

} // namespace tau::ui
