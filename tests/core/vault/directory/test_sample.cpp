#include "fixture.h"

#include "core/vault/directory/sample.h"
#include "core/vault/node_record.h"

#include <algorithm>
#include <set>

using namespace tau;
using namespace tau::test;
using vault::Summary;

TEST_CASE("a made-up list is the same for the same numbers, and has no key twice") {
    const auto nodes = vault::sample_summaries(20000, 7);
    CHECK(nodes.size() == 20000);
    CHECK(nodes == vault::sample_summaries(20000, 7));
    CHECK(nodes != vault::sample_summaries(20000, 8));
    const auto unordered = [](const Summary& a, const Summary& b) { return a.key >= b.key; };
    CHECK(std::adjacent_find(nodes.begin(), nodes.end(), unordered) == nodes.end());
}

TEST_CASE("a made-up list has all kinds of nodes in it") {
    const auto nodes = vault::sample_summaries(20000, 7);
    const auto share = [&](auto holds) {
        return static_cast<double>(std::count_if(nodes.begin(), nodes.end(), holds)) / 20000;
    };
    const auto between = [](double value, double low, double high) {
        return value > low && value < high;
    };
    CHECK(between(share([](const Summary& n) { return n.reputation == 0; }), 0.02, 0.3));
    CHECK(between(share([](const Summary& n) { return vault::reputation_of(n.reputation) > 0.97; }),
                  0.2, 0.9));
    CHECK(between(share([](const Summary& n) { return n.slots == 0; }), 0.05, 0.2));
    CHECK(between(share([](const Summary& n) { return vault::slots_of(n.slots) > 500; }), 0.005,
                  0.2));
    CHECK(between(share([](const Summary& n) { return vault::age_of(n.age) < 30; }), 0.1, 0.5));
    CHECK(between(share([](const Summary& n) { return (n.flags & vault::place_refuted) != 0; }),
                  0.001, 0.05));
    CHECK(between(share([](const Summary& n) { return n.latitude < 0; }), 0.05, 0.3));
}

TEST_CASE("made-up names tell the city, and hardly ever agree") {
    std::set<std::string> names;
    for (const Summary& node : vault::sample_summaries(2000, 7)) {
        names.insert(vault::sample_name(node));
    }
    CHECK(names.size() >= 1999);
    Summary tokyo;
    tokyo.latitude = 3570;
    tokyo.longitude = 13970;
    CHECK(vault::sample_name(tokyo) == "tokyo-aaaaa");
    for (const vault::SampleCity& city : vault::sample_cities()) {
        CAPTURE(city.name);
        CHECK(vault::region_from_name(city.region));
        CHECK(vault::nearest_sample_city(city.latitude, city.longitude).name == city.name);
    }
}
