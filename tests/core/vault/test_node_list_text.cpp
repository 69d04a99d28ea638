#include "core/vault/node_list_text.h"

#include <doctest/doctest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

std::shared_ptr<const NodeTable> table() {
    auto made = std::make_shared<NodeTable>();
    append(*made, {.key = 0xABC,
                   .latitude = 3872,
                   .longitude = -914,
                   .reputation = 0.997F,
                   .slots = 400,
                   .claimed = 500,
                   .age_days = 300,
                   .uptime = 0.999F,
                   .network = 1,
                   .region = 1,
                   .flags = 0,
                   .name = "=cmd|' /C calc'!A0"});
    append(*made, {.key = 1,
                   .latitude = 0,
                   .longitude = 0,
                   .reputation = unknown,
                   .slots = unknown,
                   .claimed = unknown,
                   .age_days = unknown,
                   .uptime = unknown,
                   .network = 0,
                   .region = 2,
                   .flags = 0,
                   .name = "say \"no\", \\ \xFF: it's"});
    return made;
}

std::string text(ListFormat format) {
    Ranking ranking(table());
    ranking.set_place(Place{38.72, -9.14});
    return list_text(ranking, ranking.order(), format);
}

} // namespace

TEST_CASE("a list as JSON reads back") {
    const auto list = nlohmann::json::parse(text(ListFormat::json));
    REQUIRE(list.size() == 2);
    CHECK(list[0].at("rank") == 1);
    CHECK(list[0].at("key") == "000000000abc");
    CHECK(list[0].at("region") == "eu-west");
    CHECK(list[0].at("slots_per_hour") == 400);
    CHECK(list[0].at("distance_km") == 0);
    CHECK(list[0].at("eligible") == true);
    CHECK(list[1].at("reputation").is_null());
    CHECK(list[1].at("slots_per_hour").is_null());
    CHECK(list[1].at("eligible") == false);
}

TEST_CASE("a list as YAML reads back, whatever the names") {
    const YAML::Node list = YAML::Load(text(ListFormat::yaml));
    REQUIRE(list.size() == 2);
    CHECK(list[0]["name"].as<std::string>() == "=cmd|' /C calc'!A0");
    CHECK(list[0]["latitude"].as<double>() == doctest::Approx(38.72));
    CHECK(list[1]["name"].as<std::string>().starts_with("say \"no\", \\ "));
    CHECK(list[1]["uptime"].IsNull());
}

TEST_CASE("no cell of CSV is a formula") {
    const std::string csv = text(ListFormat::csv);
    CHECK(csv.starts_with("rank,key,name,region,"));
    CHECK(csv.find("\"'=cmd|") != std::string::npos);
    CHECK(csv.find("\"say \"\"no\"\", ") != std::string::npos);
    CHECK(csv.ends_with("false\r\n"));
}

TEST_CASE("an empty list is one, too") {
    Ranking ranking(std::make_shared<NodeTable>());
    CHECK(list_text(ranking, ranking.order(), ListFormat::json) == "[]\n");
    CHECK(list_text(ranking, ranking.order(), ListFormat::yaml) == "[]\n");
}

TEST_CASE("a list stops when asked") {
    Ranking ranking(table());
    std::stop_source stop;
    stop.request_stop();
    CHECK(list_text(ranking, ranking.order(), ListFormat::csv, stop.get_token()).empty());
}

TEST_CASE("an area keeps what stands in it") {
    Ranking ranking(table());
    Filter filter;
    filter.area = Area{30, -10, 40, 0};
    ranking.set_filter(filter);
    REQUIRE(ranking.order().size() == 1);
    CHECK(ranking.order()[0] == 0);
    filter.area = Area{38.72, -9.14, 38.72, -9.14}; // its borders belong to it
    ranking.set_filter(filter);
    CHECK(ranking.order().size() == 1);
}

TEST_CASE("joined tables keep the first one's rows") {
    const auto first = table();
    const auto both = joined(*first, *table());
    REQUIRE(both->size() == 4);
    for (std::size_t row = 0; row < 4; ++row) {
        CHECK(both->key[row] == first->key[row % 2]);
        CHECK(both->name(row) == first->name(row % 2));
        CHECK(both->x[row] == doctest::Approx(static_cast<double>(first->x[row % 2])));
    }
}
