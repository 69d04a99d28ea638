#include "core/vault/place.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tau::vault {

double distance_km(const Place& a, const Place& b) {
    constexpr double radius = 6371.0;
    constexpr double degree = std::numbers::pi / 180.0;
    const double dlat = (b.latitude - a.latitude) * degree;
    const double dlon = (b.longitude - a.longitude) * degree;
    const double h = std::pow(std::sin(dlat / 2), 2) + std::cos(a.latitude * degree) *
                                                           std::cos(b.latitude * degree) *
                                                           std::pow(std::sin(dlon / 2), 2);
    return 2 * radius * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

} // namespace tau::vault
