// Compiled for speed in every build, see CMakeLists.txt: the loops here must become vector code.
#include "core/vault/ranking/costs.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tau::vault {

namespace {

constexpr float ln_2 = 0.69314718F; // the cost of the factor one half

struct Point {
    float x, y, z;
};

Point point_of(const Place& place) {
    constexpr double degree = std::numbers::pi / 180.0;
    const double latitude = place.latitude * degree;
    const double longitude = place.longitude * degree;
    return {static_cast<float>(std::cos(latitude) * std::cos(longitude)),
            static_cast<float>(std::cos(latitude) * std::sin(longitude)),
            static_cast<float>(std::sin(latitude))};
}

/// From the straight line between the points, which is exact where they are close. Arc sine after
/// Abramowitz and Stegun 4.4.46.
inline float kilometres(const Point& a, float x, float y, float z) {
    constexpr float diameter = 2 * 6371.0F;
    const float dx = x - a.x;
    const float dy = y - a.y;
    const float dz = z - a.z;
    const float h = std::min(0.5F * std::sqrt(dx * dx + dy * dy + dz * dz), 1.0F);
    float p = -0.0012624911F;
    p = p * h + 0.0066700901F;
    p = p * h - 0.0170881256F;
    p = p * h + 0.0308918810F;
    p = p * h - 0.0501743046F;
    p = p * h + 0.0889789874F;
    p = p * h - 0.2145988016F;
    p = p * h + 1.5707963050F;
    return diameter * std::max(1.5707963268F - std::sqrt(1.0F - h) * p, 0.0F);
}

/// Minus the logarithm of latency_factor(estimated_round_trip(km)), fitted over 0..20,030 km within
/// 1e-6. Distances on earth never reach that factor's clamps.
inline float estimated_cost(float km) {
    const float u = km * 1e-4F;
    float p = -4.412955e-5F;
    p = p * u + 3.4124764e-6F;
    p = p * u + 2.4291750e-3F;
    p = p * u + 2.3935854e-2F;
    p = p * u + 1.1422146e-1F;
    return p * u + 7.0459249e-3F;
}

} // namespace

void distances_to(const NodeTable& table, const Place& place, float* km) {
    const Point from = point_of(place);
    const float* x = table.x.data();
    const float* y = table.y.data();
    const float* z = table.z.data();
    const std::size_t rows = table.size();
    for (std::size_t i = 0; i < rows; ++i) {
        km[i] = kilometres(from, x[i], y[i], z[i]);
    }
}

void set_distance_costs(const NodeTable& table, const std::optional<Place>& place,
                        std::vector<float>& costs) {
    const std::size_t rows = table.size();
    if (!place) {
        std::fill(costs.begin(), costs.end(), ln_2);
        return;
    }
    distances_to(table, *place, costs.data());
    float* out = costs.data();
    const std::uint8_t* flags = table.flags.data();
    for (std::size_t i = 0; i < rows; ++i) {
        const float least = (flags[i] & place_refuted) != 0 ? ln_2 : 0.0F;
        out[i] = std::max(estimated_cost(out[i]), least);
    }
}

} // namespace tau::vault
