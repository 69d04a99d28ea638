#include "fixture.h"

#include "core/vault/directory/sample.h"
#include "core/vault/directory/shard_map.h"

#include <algorithm>
#include <cmath>

using namespace tau;
using namespace tau::test;
using vault::Coordinates;
using vault::Place;
using vault::ShardMap;

namespace {

std::vector<Coordinates> sample_points(std::size_t count) {
    std::vector<Coordinates> points;
    for (const vault::Summary& summary : vault::sample_summaries(count, 5)) {
        points.push_back({summary.latitude, summary.longitude});
    }
    return points;
}

std::vector<std::size_t> counts(const ShardMap& map, const std::vector<Coordinates>& points) {
    std::vector<std::size_t> out(vault::shard_count);
    for (const Coordinates& point : points) {
        ++out[map.shard_of(point.latitude, point.longitude)];
    }
    return out;
}

} // namespace

TEST_CASE("shards of a crowded world are about equal") {
    const auto points = sample_points(100000);
    const auto sizes = counts(vault::balanced_map(points), points);
    CHECK(*std::min_element(sizes.begin(), sizes.end()) > 100000 / 256 * 0.8);
    CHECK(*std::max_element(sizes.begin(), sizes.end()) < 100000 / 256 * 1.2);
}

TEST_CASE("any list of places has a map") {
    CHECK(vault::balanced_map({}) == vault::balanced_map({}));
    const std::vector<Coordinates> same(1000, Coordinates{4738, 854});
    CHECK(counts(vault::balanced_map(same), same).size() == vault::shard_count);
    const std::vector<Coordinates> corners{{9000, 18000}, {-9000, -18000}, {9000, -18000}};
    const auto sizes = counts(vault::balanced_map(corners), corners);
    CHECK(*std::max_element(sizes.begin(), sizes.end()) == 1);
}

TEST_CASE("no node is nearer than the box of its shard, and some touch it") {
    const auto points = sample_points(4000);
    const ShardMap map = vault::balanced_map(points);
    for (const Place& place :
         std::vector<Place>{{47, 8}, {0, 179.9}, {0, -179.9}, {89.9, 30}, {-90, 0}, {-37, 175}}) {
        std::vector<double> nearest(vault::shard_count, 1e9);
        for (const Coordinates& point : points) {
            double& best = nearest[map.shard_of(point.latitude, point.longitude)];
            best = std::min(
                best, vault::distance_km(place, {point.latitude / 100.0, point.longitude / 100.0}));
        }
        for (std::size_t shard = 0; shard < vault::shard_count; ++shard) {
            CAPTURE(shard);
            CHECK(map.kilometres(shard, place) <= nearest[shard] + 0.01);
        }
        const auto order = map.by_distance(place);
        CHECK(map.kilometres(order.front(), place) == 0); // the boxes cover the earth
        for (std::size_t i = 1; i < order.size(); ++i) {
            CHECK(map.kilometres(order[i - 1], place) <= map.kilometres(order[i], place));
        }
        auto all = order;
        std::sort(all.begin(), all.end());
        CHECK(std::unique(all.begin(), all.end()) == all.end());
    }
}

TEST_CASE("the distance to a box is that to its nearest point") {
    // The splits cut out one box after the other: shard 0 is the south-western corner.
    ShardMap map;
    map.splits.fill(18001); // what is not set below leaves the upper half empty
    std::size_t node = 0;
    for (const int split : {-17000, 1000, -17000, 1000, -17000, 1000, -17000, 1000}) {
        map.splits[node] = static_cast<std::int16_t>(split);
        node = 2 * node + 1;
    }
    REQUIRE(map.shard_of(-9000, -18000) == 0); // west of 170° W, south of 10° N
    REQUIRE(map.shard_of(999, -17001) == 0);
    const double degree = 6371.0 * 3.14159265358979 / 180;
    const std::vector<std::pair<Place, double>> cases{
        {{0, -175}, 0},   // inside
        {{20, -175}, 10}, // north of it
        {{0, 170}, 10},   // west of it, across the date line
        {{0, -160}, 10},  // east of it
        {{0, 180}, 0},    // on the date line
        {{-90, 77}, 0},   // the pole belongs to it
        {{-80, 5}, 10},   // over the pole is the shortest way
        {{90, 5}, 80}};   // from the other pole
    for (const auto& [place, degrees] : cases) {
        CAPTURE(place.latitude);
        CAPTURE(place.longitude);
        CHECK(map.kilometres(0, place) == doctest::Approx(degrees * degree).epsilon(1e-6));
    }
}

TEST_CASE("a strange map still gives each place one shard and each shard a distance") {
    ShardMap map;
    for (std::size_t i = 0; i < map.splits.size(); ++i) {
        map.splits[i] = static_cast<std::int16_t>(i * 7919);
    }
    for (int latitude = -9000; latitude <= 9000; latitude += 300) {
        for (int longitude = -18000; longitude <= 18000; longitude += 300) {
            CHECK(map.shard_of(static_cast<std::int16_t>(latitude),
                               static_cast<std::int16_t>(longitude)) < vault::shard_count);
        }
    }
    for (std::size_t shard = 0; shard < vault::shard_count; ++shard) {
        const double kilometres = map.kilometres(shard, {12, 34});
        CHECK(std::isfinite(kilometres));
        CHECK(kilometres <= 20016);
    }
}
