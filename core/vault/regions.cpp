#include "core/vault/node_record.h"
#include "core/vault/place.h"

#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

namespace tau::vault {

namespace {

struct Region {
    std::string_view name;
    std::optional<Place> anchor; ///< about where its nodes are
};

/// Numbers are part of signed records: only ever append.
constexpr std::array<Region, 23> regions{{{"unknown", {}},
                                          {"eu-west", Place{51.0, -1.0}},
                                          {"eu-central", Place{50.1, 9.5}},
                                          {"eu-north", Place{60.0, 17.0}},
                                          {"eu-south", Place{41.5, 6.0}},
                                          {"eu-east", Place{50.0, 25.0}},
                                          {"us-east", Place{39.5, -77.0}},
                                          {"us-central", Place{39.0, -94.5}},
                                          {"us-west", Place{39.5, -121.0}},
                                          {"ca-central", Place{47.5, -76.5}},
                                          {"mexico-central", Place{20.5, -100.5}},
                                          {"sa-east", Place{-23.5, -47.0}},
                                          {"sa-west", Place{-33.0, -71.0}},
                                          {"africa-north", Place{30.0, 25.0}},
                                          {"africa-west", Place{6.5, 3.0}},
                                          {"africa-south", Place{-28.0, 27.0}},
                                          {"me-central", Place{25.5, 52.5}},
                                          {"ap-south", Place{19.0, 76.0}},
                                          {"ap-southeast", Place{2.0, 104.0}},
                                          {"ap-east", Place{22.5, 114.0}},
                                          {"ap-northeast", Place{36.0, 136.5}},
                                          {"au-east", Place{-34.5, 150.0}},
                                          {"local", {}}}};

/// From the middle of the earth, length 1.
struct Direction {
    double x, y, z;
};

Direction direction_of(const Place& place) {
    constexpr double degree = std::numbers::pi / 180.0;
    const double flat = std::cos(place.latitude * degree);
    return {flat * std::cos(place.longitude * degree), flat * std::sin(place.longitude * degree),
            std::sin(place.latitude * degree)};
}

} // namespace

std::string_view region_name(std::uint16_t region) {
    return region < regions.size() ? regions[region].name : regions[0].name;
}

Result<std::uint16_t> region_from_name(std::string_view name) {
    for (std::size_t i = 1; i < regions.size(); ++i) {
        if (regions[i].name == name) {
            return static_cast<std::uint16_t>(i);
        }
    }
    std::string known;
    for (std::size_t i = 1; i < regions.size(); ++i) {
        known += (known.empty() ? "" : ", ") + std::string(regions[i].name);
    }
    return fail(ErrorCode::invalid_argument, "There is no region of that name.",
                "Use one of: " + known + ".");
}

/// A million nodes ask: the nearest anchor is the one whose direction has the largest dot product.
std::uint16_t region_of(const Place& place) {
    static const auto anchors = [] {
        std::array<Direction, regions.size()> out{};
        for (std::size_t i = 0; i < regions.size(); ++i) {
            out[i] = regions[i].anchor ? direction_of(*regions[i].anchor) : Direction{};
        }
        return out;
    }();
    const Direction here = direction_of(place);
    std::uint16_t nearest = 0;
    double largest = -2;
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const Direction& there = anchors[i];
        const double product = here.x * there.x + here.y * there.y + here.z * there.z;
        if (product > largest && regions[i].anchor) {
            largest = product;
            nearest = static_cast<std::uint16_t>(i);
        }
    }
    return nearest;
}

} // namespace tau::vault
