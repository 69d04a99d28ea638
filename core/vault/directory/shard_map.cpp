#include "core/vault/directory/shard_map.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

namespace tau::vault {

namespace {

constexpr int levels = 8;
constexpr double earth_radius_km = 6371.0;

struct Box {
    int south = -9000, north = 9000, west = -18000, east = 18000; ///< 1/100 degree
};

/// The half of a box below or above a split; a split outside of the box leaves one half empty.
Box half(Box box, bool by_longitude, int split, bool above) {
    int& low = by_longitude ? box.west : box.south;
    int& high = by_longitude ? box.east : box.north;
    (above ? low : high) = std::clamp(split, low, high);
    return box;
}

double radians(double hundredths) {
    return hundredths / 100 * std::numbers::pi / 180;
}

/// How far east or west a longitude is from the box, the short way round.
double longitude_gap(const Box& box, double longitude) {
    if (longitude >= box.west && longitude <= box.east) {
        return 0;
    }
    const auto around = [](double degrees) {
        const double gap = std::fmod(std::abs(degrees), 36000);
        return std::min(gap, 36000 - gap);
    };
    return std::min(around(longitude - box.west), around(longitude - box.east));
}

/// The angle to the nearest point of the box. For each latitude that is the point whose longitude
/// is nearest; along that meridian the angle's cosine is a wave that peaks at `best`.
double angle_to(const Box& box, double latitude, double longitude) {
    const double here = radians(latitude);
    const double gap = radians(longitude_gap(box, longitude));
    const double south = radians(box.south);
    const double north = radians(box.north);
    const auto cosine = [&](double at) {
        return std::sin(here) * std::sin(at) + std::cos(here) * std::cos(at) * std::cos(gap);
    };
    double at = std::atan2(std::sin(here), std::cos(here) * std::cos(gap));
    if (at < south || at > north) {
        at = cosine(south) > cosine(north) ? south : north;
    }
    const double rise = std::sin((here - at) / 2);
    const double turn = std::sin(gap / 2);
    const double chord = rise * rise + std::cos(here) * std::cos(at) * turn * turn;
    return 2 * std::asin(std::min(1.0, std::sqrt(chord)));
}

std::array<Box, shard_count> boxes_of(const ShardMap& map) {
    std::array<Box, 2 * shard_count - 1> nodes;
    for (std::size_t n = 0; n < map.splits.size(); ++n) {
        const bool by_longitude = std::bit_width(n + 1) % 2 == 1;
        for (const bool above : {false, true}) {
            nodes[2 * n + (above ? 2 : 1)] = half(nodes[n], by_longitude, map.splits[n], above);
        }
    }
    std::array<Box, shard_count> boxes;
    std::copy(nodes.begin() + map.splits.size(), nodes.end(), boxes.begin());
    return boxes;
}

class Balancer {
public:
    explicit Balancer(std::span<const Coordinates> points)
        : points_(points.begin(), points.end()) {}

    ShardMap take() {
        split(0, 0, points_, Box());
        return map_;
    }

private:
    void split(std::size_t node, int level, std::span<Coordinates> points, const Box& box) {
        if (level == levels) {
            return;
        }
        const bool by_longitude = level % 2 == 0;
        const auto value = [by_longitude](const Coordinates& point) {
            return by_longitude ? point.longitude : point.latitude;
        };
        const auto below = [&](int limit) {
            return std::partition(points.begin(), points.end(),
                                  [&](const Coordinates& point) { return value(point) < limit; }) -
                   points.begin();
        };
        int limit = by_longitude ? (box.west + box.east) / 2 : (box.south + box.north) / 2;
        if (!points.empty()) {
            const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
            std::nth_element(points.begin(), middle, points.end(),
                             [&](const auto& a, const auto& b) { return value(a) < value(b); });
            limit = value(*middle);
            // All that equal the median fall on one side: on the one where they make less odds.
            const auto size = static_cast<std::ptrdiff_t>(points.size());
            const auto odds = [&](int at) { return std::abs(2 * below(at) - size); };
            limit += odds(limit + 1) < odds(limit) ? 1 : 0;
        }
        map_.splits[node] = static_cast<std::int16_t>(limit);
        const auto count = static_cast<std::size_t>(below(limit));
        split(2 * node + 1, level + 1, points.first(count), half(box, by_longitude, limit, false));
        split(2 * node + 2, level + 1, points.subspan(count), half(box, by_longitude, limit, true));
    }

    std::vector<Coordinates> points_;
    ShardMap map_;
};

} // namespace

std::size_t ShardMap::shard_of(std::int16_t latitude, std::int16_t longitude) const {
    std::size_t node = 0;
    for (int level = 0; level < levels; ++level) {
        const bool above = (level % 2 == 0 ? longitude : latitude) >= splits[node];
        node = 2 * node + (above ? 2 : 1);
    }
    return node - splits.size();
}

double ShardMap::kilometres(std::size_t shard, const Place& place) const {
    return earth_radius_km *
           angle_to(boxes_of(*this)[shard], place.latitude * 100, place.longitude * 100);
}

std::vector<std::size_t> ShardMap::by_distance(const Place& place) const {
    const auto boxes = boxes_of(*this);
    std::array<double, shard_count> angles;
    std::transform(boxes.begin(), boxes.end(), angles.begin(), [&](const Box& box) {
        return angle_to(box, place.latitude * 100, place.longitude * 100);
    });
    std::vector<std::size_t> order(shard_count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return angles[a] < angles[b]; });
    return order;
}

ShardMap balanced_map(std::span<const Coordinates> points) {
    return Balancer(points).take();
}

} // namespace tau::vault
