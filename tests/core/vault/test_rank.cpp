#include "core/vault/rank.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr std::int64_t now = 1790000000;

ListedNode node(std::uint8_t id, std::uint32_t passed, std::uint32_t failed, double lat, double lon,
                std::uint16_t claimed, std::uint32_t measured) {
    ListedNode one;
    one.record.sign_key.fill(id);
    one.record.latitude = static_cast<std::int16_t>(lat * 100);
    one.record.longitude = static_cast<std::int16_t>(lon * 100);
    one.record.slots_per_hour = claimed;
    one.record.expires = now + 1000;
    one.audits_passed = passed;
    one.audits_failed = failed;
    one.measured_slots = measured;
    return one;
}

const Place zurich{47.37, 8.54};

} // namespace

TEST_CASE("reputation is the published Wilson bound") {
    const std::vector<std::pair<std::uint32_t, double>> table{
        {10, .787}, {50, .949}, {100, .974}, {1000, .997}};
    for (const auto& [audits, bound] : table) {
        const auto ranked = rank({node(1, audits, 0, 0, 0, 10, 10)}, {}, {}, now);
        CHECK(std::abs(ranked[0].reputation - bound) < 0.0006);
    }
}

TEST_CASE("distances are great circles") {
    CHECK(std::abs(distance_km(zurich, {40.71, -74.01}) - 6324) < 15);
    CHECK(std::abs(distance_km({0, 0}, {0, 180}) - 20015) < 1);
    CHECK(distance_km(zurich, zurich) == 0);
}

TEST_CASE("the better node of each kind comes first") {
    const Emphasis all;
    const auto first = [&all](const ListedNode& a, const ListedNode& b) {
        return rank({a, b}, all, zurich, now)[0].index;
    };
    CHECK(first(node(1, 90, 10, 47, 8, 99, 99), node(2, 100, 0, 47, 8, 99, 99)) == 1);
    CHECK(first(node(1, 100, 0, 35, 139, 99, 99), node(2, 100, 0, 47, 8, 99, 99)) == 1);
    CHECK(first(node(1, 100, 0, 47, 8, 10, 10), node(2, 100, 0, 47, 8, 99, 99)) == 1);
}

TEST_CASE("what a node says of itself cannot carry it") {
    const auto boaster = node(1, 100, 0, 47, 8, 60000, 20);
    const auto unmeasured = node(2, 100, 0, 47, 8, 60000, 0);
    const auto honest = node(3, 100, 0, 47, 8, 200, 200);
    const auto ranked = rank({boaster, unmeasured, honest}, {}, zurich, now);
    CHECK(ranked[0].index == 2);
    for (const RankedNode& one : ranked) {
        if (one.index == 0) {
            CHECK(one.slots_per_hour == 20);
        }
        if (one.index == 1) {
            CHECK(one.factors[2] == 0.5);
            CHECK(one.reason.find("not measured") != std::string::npos);
        }
    }
}

TEST_CASE("too few audits, too many failures or an expired record come last, with the reason") {
    auto expired = node(4, 500, 0, 47, 8, 99, 99);
    expired.record.expires = now - 1;
    const Emphasis no_reputation{0, 0.5, 0.5};
    const auto ranked = rank({node(1, 19, 0, 47, 8, 999, 999), node(2, 30, 30, 47, 8, 999, 999),
                              node(3, 20, 0, -40, 170, 5, 5), expired, node(5, 0, 0, 47, 8, 9, 9)},
                             no_reputation, zurich, now);
    REQUIRE(ranked.size() == 5);
    CHECK(ranked[0].index == 2);
    CHECK(ranked[0].eligible);
    for (std::size_t i = 1; i < ranked.size(); ++i) {
        CHECK_FALSE(ranked[i].eligible);
        CHECK(ranked[i].reason.starts_with("Not recommended"));
        CHECK(ranked[i].reason.ends_with("."));
    }
}

TEST_CASE("an emphasis of nothing makes no difference, and the order is total") {
    const auto a = node(1, 100, 0, 47, 8, 99, 99);
    const auto b = node(2, 30, 0, 35, 139, 9, 9);
    const auto ranked = rank({a, b}, {0, 0, 0}, zurich, now);
    CHECK(ranked[0].score == 1);
    CHECK(ranked[1].score == 1);
    const auto other = rank({b, a}, {0, 0, 0}, zurich, now);
    CHECK((ranked[0].index == 0) == (other[0].index == 1));
}

TEST_CASE("unknown is unknown") {
    const auto ranked = rank({node(1, 100, 0, 47, 8, 99, 99)}, {}, {}, now);
    CHECK_FALSE(ranked[0].distance_km);
    CHECK(ranked[0].factors[1] == 0.5);
    CHECK(ranked[0].reason.find("distance unknown") != std::string::npos);
    CHECK(rank({}, {}, {}, now).empty());
}

TEST_CASE("the reason says what carries and what limits") {
    const auto ranked = rank({node(1, 118, 2, 35.68, 139.69, 400, 400)}, {}, zurich, now);
    CHECK(ranked[0].reason == "Passed 118 of 120 audits, about 9580 km away, room for 400 "
                              "registrations an hour; its reputation limits the score most.");
}
