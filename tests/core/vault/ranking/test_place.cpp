#include "core/vault/ranking/costs.h"
#include "core/vault/ranking/factors.h"
#include "tests/core/vault/ranking/sample.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace tau;
using namespace tau::vault;

TEST_CASE("distances are great circles") {
    CHECK(distance_km(test::zurich, {40.71, -74.01}) == doctest::Approx(6324).epsilon(0.003));
    CHECK(distance_km({0, 0}, {0, 180}) == doctest::Approx(20015).epsilon(1e-4));
    CHECK(distance_km({10, 179}, {10, -179}) == doctest::Approx(219).epsilon(0.01));
    CHECK(distance_km({90, 0}, {90, 123}) < 1e-6);
    CHECK(distance_km(test::zurich, test::zurich) == 0);
}

TEST_CASE("a place is in the region around it") {
    const std::vector<std::pair<Place, const char*>> table{
        {{51.5, -0.1}, "eu-west"},         {{52.5, 13.4}, "eu-central"},
        {{59.3, 18.1}, "eu-north"},        {{40.4, -3.7}, "eu-south"},
        {{40.7, -74.0}, "us-east"},        {{37.8, -122.4}, "us-west"},
        {{-23.5, -46.6}, "sa-east"},       {{-33.9, 18.4}, "africa-south"},
        {{19.1, 72.9}, "ap-south"},        {{1.35, 103.8}, "ap-southeast"},
        {{35.7, 139.7}, "ap-northeast"},   {{-33.9, 151.2}, "au-east"},
        {{-18.1, 178.4}, "au-east"},       {{65.0, -170.0}, "us-west"},
        {{19.4, -99.1}, "mexico-central"}, {{25.2, 55.3}, "me-central"}};
    for (const auto& [place, name] : table) {
        CAPTURE(name);
        CHECK(region_name(region_of(place)) == name);
    }
}

TEST_CASE("the fast distances are those of the slow one") {
    const auto table = test::mixed_table(20000);
    for (const Place& from : {test::zurich, Place{-33.87, 151.21}, Place{90, 0}, Place{0, 180}}) {
        std::vector<float> km(table->size());
        distances_to(*table, from, km.data());
        std::vector<float> costs(table->size());
        set_distance_costs(*table, from, costs);
        double worst = 0;
        double worst_cost = 0;
        for (std::size_t i = 0; i < table->size(); ++i) {
            const double exact =
                distance_km(from, {table->latitude[i] / 100.0, table->longitude[i] / 100.0});
            const double error = std::abs(static_cast<double>(km[i]) - exact);
            worst = std::max(worst, exact < 15000 ? error * 500 : error);
            if ((table->flags[i] & place_refuted) == 0) {
                const double cost = -std::log(latency_factor(estimated_round_trip(exact)));
                const double difference = std::abs(cost - static_cast<double>(costs[i]));
                worst_cost = std::max(worst_cost, exact < 15000 ? difference * 50 : difference);
            }
        }
        CHECK(worst < 5);           // kilometres at the antipode, 10 m below 15,000 km
        CHECK(worst_cost < 1.2e-4); // of a logarithm, as far as the kilometres allow
    }
}

TEST_CASE("a list of records becomes a table") {
    std::vector<ListedNode> nodes(5);
    constexpr std::int64_t now = 1790000000;
    const std::vector<const char*> endpoints{"https://203.0.113.7:8443", "https://203.0.113.200",
                                             "https://[2001:db8:1::5]:1", "http://127.0.0.1:90",
                                             "https://vault.example.org"};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].record.sign_key.fill(static_cast<std::uint8_t>(i + 1));
        nodes[i].record.expires = static_cast<std::uint32_t>(now + 100);
        nodes[i].record.endpoint = endpoints[i];
        nodes[i].record.name = "n" + std::to_string(i);
        nodes[i].record.slots_per_hour = 50;
        nodes[i].record.latitude = 4737;
        nodes[i].record.longitude = 854;
        nodes[i].audits_passed = 100;
        nodes[i].measured_slots = 20;
        nodes[i].first_seen = now - 86400 * 3;
    }
    nodes[1].record.expires = static_cast<std::uint32_t>(now);
    nodes[1].record.region = *region_from_name("au-east");
    nodes[2].measured_slots = 0;
    nodes[2].first_seen = 0;
    nodes[2].audits_passed = 19;
    const auto table = table_of(nodes, now);
    REQUIRE(table->size() == 5);
    CHECK(table->name(4) == "n4");
    CHECK(table->network[0] == table->network[1]);
    CHECK(table->network[0] != table->network[2]);
    CHECK(table->network[2] != 0);
    CHECK(table->network[3] == 0);
    CHECK(table->network[4] == 0);
    CHECK(table->flags[0] == 0);
    CHECK(table->flags[1] == expired_record);
    CHECK(region_name(table->region[0]) == "eu-central");
    CHECK(region_name(table->region[1]) == "au-east");
    CHECK(known_slots(*table, 0) == 20);
    CHECK(std::isnan(known_slots(*table, 2)));
    CHECK(table->age_days[0] == 3);
    CHECK(std::isnan(table->age_days[2]));
    CHECK(std::isnan(table->reputation[2]));
    CHECK(row_of(*table, table->key[3]) == 3U);
    CHECK_FALSE(row_of(*table, 12345));
    CHECK(table_of({}, now)->size() == 0);
}
