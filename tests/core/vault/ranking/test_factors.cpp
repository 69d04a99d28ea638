// The formula of one node: each factor against values worked out by hand.
#include "core/vault/ranking/factors.h"
#include "tests/core/vault/ranking/sample.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

struct Value {
    double given;
    double wanted;
};

void check(double (*factor)(double), const std::vector<Value>& table) {
    for (const Value& value : table) {
        CAPTURE(value.given);
        CHECK(factor(value.given) == doctest::Approx(value.wanted).epsilon(1e-5));
    }
}

} // namespace

TEST_CASE("reputation is the published Wilson bound, and unknown below 20 audits") {
    struct Audits {
        double passed, failed, bound;
    };
    for (const Audits& audits : std::vector<Audits>{{20, 0, 0.88084},
                                                    {50, 0, 0.94866},
                                                    {100, 0, 0.97365},
                                                    {1000, 0, 0.99730},
                                                    {90, 10, 0.839638},
                                                    {0, 20, 0}}) {
        CAPTURE(audits.passed);
        CHECK(reputation_bound(audits.passed, audits.failed) ==
              doctest::Approx(audits.bound).epsilon(1e-4));
    }
    CHECK(std::isnan(reputation_bound(19, 0)));
    CHECK(std::isnan(reputation_bound(0, 0)));
    CHECK(std::isnan(reputation_bound(10, 9)));
}

TEST_CASE("factors have the values of their sources") {
    check(reputation_factor,
          {{1, 1}, {0.95, 0.698337}, {0.9, 0.478297}, {0.6, 0.1}, {0, 0.1}, {nothing, 0.5}});
    check(age_factor, {{128, 1},
                       {127, 1 / 1.5},
                       {63, 1 / 3.0},
                       {31, 1 / 6.0},
                       {15, 0.1},
                       {0, 0.1},
                       {100000, 1},
                       {nothing, 0.5}});
    check(uptime_factor, {{1, 1},
                          {0.98, 1},
                          {0.95, 0.598737},
                          {0.92, 0.263396},
                          {0.5, 0.1},
                          {0, 0.1},
                          {nothing, 0.5}});
    check(latency_factor,
          {{0, 1}, {10, 0.992979}, {100, 0.923764}, {400, 0.631799}, {2000, 0.1}, {1e6, 0.1}});
    check(estimated_round_trip, {{0, 10}, {1000, 26}, {20000, 330}});
}

TEST_CASE("capacity is what was measured, and a claim only lowers it") {
    struct Case {
        double measured, claimed, wanted;
    };
    for (const Case& one : std::vector<Case>{{64, 64, 0.632121},
                                             {64, 6000, 0.632121},
                                             {6000, 64, 0.632121},
                                             {64, nothing, 0.632121},
                                             {1000, 1000, 1},
                                             {0, 0, 0.1},
                                             {nothing, 60000, 0.5},
                                             {nothing, 20, 0.268384},
                                             {nothing, nothing, 0.5}}) {
        CAPTURE(one.measured);
        CAPTURE(one.claimed);
        CHECK(capacity_factor(one.measured, one.claimed) ==
              doctest::Approx(one.wanted).epsilon(1e-4));
    }
}

TEST_CASE("whatever a node says of itself, saying nothing would not have been worse") {
    const std::vector<float> figures{0, 1, 20, 64, 400, 65535};
    const auto score_of = [](float measured, float claimed, const Emphasis& emphasis) {
        NodeRow row = test::good_row();
        row.slots = measured;
        row.claimed = claimed;
        Ranking ranking(test::table_of_rows({row}));
        ranking.set_emphasis(emphasis);
        return ranking.score(0);
    };
    for (const Emphasis& emphasis : std::vector<Emphasis>{{}, {1, 1, 1}, {0, 0, 1}}) {
        for (const float measured :
             {std::numeric_limits<float>::quiet_NaN(), 0.0F, 30.0F, 500.0F}) {
            const float silent =
                score_of(measured, std::numeric_limits<float>::quiet_NaN(), emphasis);
            for (const float claimed : figures) {
                CHECK(score_of(measured, claimed, emphasis) <= silent);
            }
            // And past what was measured, saying more changes nothing.
            CHECK(score_of(measured, 65535, emphasis) == silent);
        }
    }
}

TEST_CASE("unknown stands between the best and the worst") {
    struct Change {
        std::string name;
        void (*best)(NodeRow&);
        void (*worst)(NodeRow&);
        void (*unknown)(NodeRow&);
    };
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    for (const Change& change : std::vector<Change>{
             {"age", [](NodeRow& row) { row.age_days = 1000; },
              [](NodeRow& row) { row.age_days = 0; }, [](NodeRow& row) { row.age_days = none; }},
             {"uptime", [](NodeRow& row) { row.uptime = 1; }, [](NodeRow& row) { row.uptime = 0; },
              [](NodeRow& row) { row.uptime = none; }},
             {"slots", [](NodeRow& row) { row.slots = row.claimed = 1000; },
              [](NodeRow& row) { row.slots = row.claimed = 0; },
              [](NodeRow& row) { row.slots = row.claimed = none; }},
             {"place", [](NodeRow&) {}, [](NodeRow& row) { row.slots = 0; },
              [](NodeRow& row) { row.flags = place_refuted; }}}) {
        CAPTURE(change.name);
        NodeRow best = test::good_row();
        NodeRow worst = best;
        NodeRow unknown = best;
        change.best(best);
        change.worst(worst);
        change.unknown(unknown);
        Ranking ranking(test::table_of_rows({worst, unknown, best}));
        ranking.set_place(test::zurich);
        const auto order = ranking.order();
        CHECK(std::vector<std::uint32_t>(order.begin(), order.end()) ==
              std::vector<std::uint32_t>{2, 1, 0});
    }
}

TEST_CASE("a node may be chosen when it is known, good, and has a key and a record") {
    struct Case {
        float reputation;
        std::uint8_t flags;
        bool wanted;
    };
    for (const Case& one : std::vector<Case>{{0.60F, 0, true},
                                             {0.59F, 0, false},
                                             {std::numeric_limits<float>::quiet_NaN(), 0, false},
                                             {0.99F, no_seal_key, false},
                                             {0.99F, expired_record, false},
                                             {0.99F, place_refuted, true}}) {
        NodeRow row = test::good_row();
        row.reputation = one.reputation;
        row.flags = one.flags;
        CHECK(Ranking(test::table_of_rows({row})).eligible(0) == one.wanted);
    }
}

TEST_CASE("an explanation names the factors, what each costs, and what limits the score") {
    struct Case {
        std::string name;
        void (*change)(NodeRow&);
        std::optional<Factor> limit;
        std::string sentence;
    };
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    for (const Case& one : std::vector<Case>{
             {"good", [](NodeRow& row) { row.slots = row.claimed = 400; }, std::nullopt,
              "Passes at least 97.3 % of audits, about 0 km away, room for 400 registrations an "
              "hour; nothing limits the score."},
             {"far",
              [](NodeRow& row) {
                  row.latitude = -4129;
                  row.longitude = 17478;
                  row.reputation = 0.99F;
                  row.slots = row.claimed = 400;
              },
              Factor::distance,
              "Passes at least 99.0 % of audits, about 18,731 km away, room for 400 registrations "
              "an hour; its distance limits the score most."},
             {"young", [](NodeRow& row) { row.age_days = 3.5F; }, Factor::age,
              "Passes at least 97.3 % of audits, about 0 km away, room for 100 registrations an "
              "hour; its age (3 days) limits the score most."},
             {"boaster", [](NodeRow& row) { row.slots = none; }, Factor::capacity,
              "Passes at least 97.3 % of audits, about 0 km away, claims room for 100 "
              "registrations an hour (not measured); its capacity, which nobody measured, limits "
              "the score most."},
             {"refuted",
              [](NodeRow& row) {
                  row.flags = place_refuted;
                  row.slots = row.claimed = 400;
              },
              Factor::distance,
              "Passes at least 97.3 % of audits, not where it says it is, room for 400 "
              "registrations an hour; its distance, which nobody measured, limits the score "
              "most."},
             {"unaudited", [](NodeRow& row) { row.reputation = none; }, std::nullopt,
              "Not recommended yet: fewer than 20 audits of it are known, too few to judge it."},
             {"bad", [](NodeRow& row) { row.reputation = 0.3F; }, Factor::reputation,
              "Not recommended: audits show only that it passes at least 30.0 % of them, and 60 % "
              "are needed."},
             {"no key", [](NodeRow& row) { row.flags = no_seal_key; }, std::nullopt,
              "Not to be chosen: it has no key that secrets could be sealed to."},
             {"expired", [](NodeRow& row) { row.flags = expired_record; }, std::nullopt,
              "Not recommended: its record has expired."}}) {
        CAPTURE(one.name);
        NodeRow row = test::good_row();
        one.change(row);
        Ranking ranking(test::table_of_rows({row}));
        ranking.set_place(test::zurich);
        const Explanation found = ranking.explain(0);
        CHECK(found.sentence == one.sentence);
        if (found.eligible) {
            CHECK(found.limit == one.limit);
        }
        double product = 1;
        for (std::size_t i = 0; i < factor_count; ++i) {
            CHECK(found.factors[i] >= lowest_factor);
            CHECK(found.factors[i] <= 1);
            CHECK(found.parts[i] == doctest::Approx(std::sqrt(found.factors[i])));
            product *= found.parts[i];
        }
        CHECK(found.score == doctest::Approx(product));
        CHECK(ranking.score(0) == doctest::Approx(product).epsilon(1e-5));
    }
}
