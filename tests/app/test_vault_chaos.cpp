// Trouble that is made on purpose: how much, and always the same.
#include "app/vaultd/chaos.h"

#include <doctest/doctest.h>
#include <vector>

using namespace tau;
using vaultd::Chaos;

TEST_CASE("chaos is a seed, or a seed and three shares in percent") {
    std::uint64_t seed = 0;
    REQUIRE(Chaos::parse("7", seed));
    CHECK(seed == 7);
    const auto usual = Chaos::parse("7", seed);
    CHECK(usual->refused == 5);
    CHECK(usual->delayed == 5);
    CHECK(usual->cut == 2);
    const auto other = Chaos::parse("18446744073709551615:100:0:30", seed);
    REQUIRE(other);
    CHECK(seed == 18446744073709551615U);
    CHECK(other->refused == 100);
    CHECK(other->delayed == 0);
    CHECK(other->cut == 30);
    for (const char* bad : {"", "x", "-1", "7:", "7:1", "7:1:2", "7:1:2:", "7:1:2:3:", "7:1:2:101",
                            "7:1:2:3:4", "7 ", "7:1:2:-3"}) {
        CAPTURE(std::string(bad));
        CHECK_FALSE(Chaos::parse(bad, seed));
    }
}

TEST_CASE("one seed is one sequence, with the shares that were asked for") {
    Chaos one(42, {});
    Chaos same(42, {});
    Chaos other(43, {});
    int refused = 0;
    int delayed = 0;
    int cut = 0;
    int differences = 0;
    for (int i = 0; i < 20000; ++i) {
        const bool refuses = one.refuses();
        const auto delay = one.delay();
        const bool cuts = one.cuts();
        REQUIRE(same.refuses() == refuses);
        REQUIRE(same.delay() == delay);
        REQUIRE(same.cuts() == cuts);
        differences += other.refuses() != refuses ? 1 : 0;
        REQUIRE(delay < std::chrono::seconds(3));
        refused += refuses ? 1 : 0;
        delayed += delay.count() > 0 ? 1 : 0;
        cut += cuts ? 1 : 0;
    }
    CHECK(refused == doctest::Approx(1000).epsilon(0.15));
    CHECK(delayed == doctest::Approx(1000).epsilon(0.15));
    CHECK(cut == doctest::Approx(400).epsilon(0.2));
    CHECK(differences > 1000);
}
