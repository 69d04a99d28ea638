#include "fixture.h"

#include "core/vault/directory/summary.h"

#include <cmath>

using namespace tau;
using namespace tau::test;
using vault::Summary;

namespace {

struct Scale {
    const char* name;
    std::uint8_t (*quantise)(float);
    float (*value)(std::uint8_t);
    unsigned last;
};
const std::vector<Scale> scales{
    {"reputation", vault::quantise_reputation, vault::reputation_of, 255},
    {"slots", vault::quantise_slots, vault::slots_of, 255},
    {"age", vault::quantise_age, vault::age_of, 255},
    {"uptime", vault::quantise_uptime, vault::uptime_of, 7}};

} // namespace

TEST_CASE("every step of every scale comes back as itself, in rising order") {
    for (const Scale& scale : scales) {
        CAPTURE(scale.name);
        CHECK(std::isnan(scale.value(0)));
        CHECK(scale.quantise(std::nanf("")) == 0);
        float before = -1;
        for (unsigned q = 1; q <= scale.last; ++q) {
            CAPTURE(q);
            const float value = scale.value(static_cast<std::uint8_t>(q));
            CHECK(value > before);
            CHECK(scale.quantise(value) == q);
            before = value;
        }
        CHECK(scale.quantise(-1e9F) == 1);
        CHECK(scale.quantise(1e9F) == scale.last);
    }
}

TEST_CASE("a better figure never gets a lower step") {
    for (const Scale& scale : scales) {
        CAPTURE(scale.name);
        unsigned before = 1;
        for (int i = 0; i <= 20000; ++i) {
            const auto share = static_cast<float>(i) / 20000;
            const bool is_share = scale.value(static_cast<std::uint8_t>(scale.last)) < 1;
            const unsigned q = scale.quantise(is_share ? share : std::exp(share * 12));
            CHECK(q >= before);
            before = q;
        }
        CHECK(before == scale.last);
    }
}

TEST_CASE("a summary is sixteen bytes, and comes back") {
    const Summary summary{0x0000123456789ABCU, 0xBEEF, -9000, 18000, 255, 1, 0, 0xE7};
    Bytes bytes;
    vault::append(bytes, summary);
    REQUIRE(bytes.size() == vault::summary_size);
    CHECK(to_hex(bytes) == "bc9a78563412"
                           "efbe"
                           "d8dc"
                           "5046"
                           "ff"
                           "01"
                           "00"
                           "e7");
    const auto back = vault::decode_summary(bytes);
    REQUIRE(back);
    CHECK(*back == summary);
    CHECK_FALSE(vault::decode_summary(ByteView(bytes).first(15)));
}

TEST_CASE("a place that is not on earth is refused") {
    for (const auto& [latitude, longitude] : std::vector<std::pair<int, int>>{
             {9001, 0}, {-9001, 0}, {0, 18001}, {0, -18001}, {32767, 0}, {0, -32768}}) {
        Summary summary;
        summary.latitude = static_cast<std::int16_t>(latitude);
        summary.longitude = static_cast<std::int16_t>(longitude);
        Bytes bytes;
        vault::append(bytes, summary);
        CHECK_FALSE(vault::decode_summary(bytes));
    }
}

TEST_CASE("a key is the first six bytes of the id") {
    Hash32 id{};
    id[0] = 0x12;
    id[5] = 0x34;
    id[6] = 0xFF;
    CHECK(vault::summary_key(id) == 0x120000000034U);
}
