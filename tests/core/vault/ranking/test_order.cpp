// The order of many nodes, against plain sorts over plain doubles.
#include "core/base/text.h"
#include "core/vault/ranking/factors.h"
#include "tests/core/vault/ranking/sample.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <numeric>
#include <set>

using namespace tau;
using namespace tau::vault;

namespace {

std::vector<std::uint32_t> all(std::span<const std::uint32_t> rows) {
    return {rows.begin(), rows.end()};
}

/// The score after the formula, in doubles, from the explanation's factors.
double slow_score(Ranking& ranking, std::uint32_t row) {
    return ranking.explain(row).score;
}

} // namespace

TEST_CASE("the order is that of the scores, those not eligible last, ties by row") {
    const auto table = test::mixed_table(20000);
    Ranking ranking(table);
    for (const Emphasis& emphasis : std::vector<Emphasis>{
             {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 0}, {1, 1, 1}, {0.05, 0.9, 0.3}}) {
        for (const auto& place :
             std::vector<std::optional<Place>>{std::nullopt, test::zurich, Place{-33.9, 151.2}}) {
            ranking.set_emphasis(emphasis);
            ranking.set_place(place);
            const auto order = all(ranking.order());
            REQUIRE(order.size() == table->size());
            CHECK(std::set<std::uint32_t>(order.begin(), order.end()).size() == order.size());
            std::size_t wrong = 0;
            for (std::size_t i = 1; i < order.size(); ++i) {
                const std::uint32_t before = order[i - 1];
                const std::uint32_t after = order[i];
                if (ranking.eligible(before) != ranking.eligible(after)) {
                    wrong += ranking.eligible(after) ? 1U : 0U;
                    continue;
                }
                // Floats tell scores apart that are a few millionths from each other.
                const double first = slow_score(ranking, before);
                const double second = slow_score(ranking, after);
                wrong += first < second * (1 - 1e-5) ? 1U : 0U;
                wrong += ranking.score(before) == ranking.score(after) &&
                                 emphasis == Emphasis{0, 0, 0} && before > after
                             ? 1U
                             : 0U;
            }
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("who asks for few rows gets those of the whole order") {
    // So many that the best are picked out before the rest is sorted.
    const auto table = test::mixed_table(200000);
    Ranking whole(table);
    Ranking asked(table);
    for (const Emphasis& emphasis :
         std::vector<Emphasis>{{}, {0, 0, 0}, {0, 1, 0}, {0.3, 1e-300, 1e-300}}) {
        for (const Column sorting : {Column::rank, Column::slots}) {
            for (const bool turned : {false, true}) {
                Filter filter;
                filter.min_reputation = turned ? std::optional(0.7) : std::nullopt;
                for (Ranking* ranking : {&whole, &asked}) {
                    ranking->set_emphasis({0.9, 0.9, 0.9}); // so that there is something to do
                    ranking->set_emphasis(emphasis);
                    ranking->set_sorting(sorting, turned);
                    ranking->set_filter(filter);
                }
                const auto order = all(whole.order());
                REQUIRE(asked.size() == order.size());
                CHECK(asked.at(0) == order[0]);
                CHECK(asked.at(900) == order[900]);
                // From the end as well: these are counted, not looked up.
                for (const std::size_t position :
                     {std::size_t{0}, std::size_t{17}, order.size() / 2, order.size() - 1}) {
                    CHECK(asked.position_of(order[position]) == position);
                }
                CHECK(asked.at(order.size() - 1) == order.back());
                CHECK(asked.at(900) == order[900]);
                CHECK(all(asked.order()) == order);
                std::size_t passing = 0;
                for (std::uint32_t row = 0; row < table->size(); ++row) {
                    passing += asked.passing()[row];
                    if (asked.passing()[row] == 0) {
                        CHECK_FALSE(asked.position_of(row));
                    }
                }
                CHECK(passing == order.size());
            }
        }
    }
}

TEST_CASE("ranks are positions whatever the sorting") {
    const auto table = test::mixed_table(3000);
    Ranking ranking(table);
    ranking.set_place(test::zurich);
    Filter filter;
    filter.min_reputation = 0.8;
    ranking.set_filter(filter);
    const auto order = all(ranking.order());
    ranking.set_sorting(Column::name, true);
    CHECK(all(ranking.order()) != order);
    std::vector<std::optional<std::size_t>> wanted(table->size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        wanted[order[i]] = i;
    }
    for (std::uint32_t row = 0; row < table->size(); ++row) {
        CHECK(ranking.rank_of(row) == wanted[row]);
    }
}

TEST_CASE("each column sorts, ties stay in the order by rank, unknown is last either way") {
    const auto table = test::mixed_table(5000);
    Ranking ranking(table);
    ranking.set_place(test::zurich);
    const auto by_rank = all(ranking.order());
    const float none = std::numeric_limits<float>::quiet_NaN();
    const auto number = [&](Column column, std::uint32_t row) -> float {
        switch (column) {
        case Column::reputation:
            return table->reputation[row];
        case Column::distance: {
            const auto km = ranking.distance(row);
            // As the table's own floats have it: to a metre they may tie differently.
            return km ? std::round(static_cast<float>(*km)) : none;
        }
        case Column::slots:
            return known_slots(*table, row);
        case Column::age:
            return table->age_days[row];
        default:
            return table->uptime[row];
        }
    };
    for (const Column column :
         {Column::reputation, Column::distance, Column::slots, Column::age, Column::uptime}) {
        for (const bool descending : {false, true}) {
            CAPTURE(static_cast<int>(column));
            ranking.set_sorting(column, descending);
            auto wanted = by_rank;
            std::stable_sort(wanted.begin(), wanted.end(), [&](std::uint32_t a, std::uint32_t b) {
                const float left = number(column, a);
                const float right = number(column, b);
                if (std::isnan(left) || std::isnan(right)) {
                    return !std::isnan(left);
                }
                return descending ? left > right : left < right;
            });
            const auto found = all(ranking.order());
            if (column == Column::distance) {
                REQUIRE(found.size() == wanted.size());
                for (std::size_t i = 0; i < found.size(); ++i) {
                    const float left = number(column, found[i]);
                    const float right = number(column, wanted[i]);
                    REQUIRE(std::isnan(left) == std::isnan(right));
                    REQUIRE((std::isnan(left) || std::abs(left - right) <= 5));
                }
            } else {
                CHECK(found == wanted);
            }
        }
    }
    for (const bool descending : {false, true}) {
        const auto text_sorted = [&](auto text) {
            auto wanted = by_rank;
            std::stable_sort(wanted.begin(), wanted.end(), [&](std::uint32_t a, std::uint32_t b) {
                return descending ? text(a) > text(b) : text(a) < text(b);
            });
            return wanted;
        };
        ranking.set_sorting(Column::name, descending);
        CHECK(all(ranking.order()) ==
              text_sorted([&](std::uint32_t row) { return to_lower_ascii(table->name(row)); }));
        ranking.set_sorting(Column::region, descending);
        CHECK(all(ranking.order()) ==
              text_sorted([&](std::uint32_t row) { return region_name(table->region[row]); }));
    }
    ranking.set_sorting(Column::rank, true);
    CHECK(all(ranking.order()) == std::vector<std::uint32_t>(by_rank.rbegin(), by_rank.rend()));
}

TEST_CASE("names of any length and any bytes sort as their bytes, folded") {
    const std::vector<std::string> names{"",
                                         "a",
                                         "A",
                                         "aaaa",
                                         "aaaaa",
                                         "AAAB",
                                         "aaab ",
                                         "aaaa\xff",
                                         "zz",
                                         "b",
                                         "aaa",
                                         "aaaaaaaa",
                                         "\x01",
                                         "日本",
                                         "ABCDEFGHI",
                                         "abcdefghh",
                                         "abcd",
                                         "abcd-",
                                         "abcd0",
                                         "aa",
                                         "ZZ",
                                         "\xff\xff",
                                         std::string(64, 'a')};
    std::vector<NodeRow> rows;
    for (const std::string& name : names) {
        rows.push_back(test::good_row());
        rows.back().name = name;
    }
    Ranking ranking(test::table_of_rows(rows));
    ranking.set_sorting(Column::name, false);
    std::vector<std::uint32_t> wanted(names.size());
    std::iota(wanted.begin(), wanted.end(), 0U);
    std::stable_sort(wanted.begin(), wanted.end(), [&](std::uint32_t a, std::uint32_t b) {
        return to_lower_ascii(names[a]) < to_lower_ascii(names[b]);
    });
    CHECK(all(ranking.order()) == wanted);
}

TEST_CASE("a measured round trip replaces the estimate, and outlives a new place") {
    NodeRow far = test::good_row();
    far.latitude = -3387;
    far.longitude = 15121;
    Ranking ranking(test::table_of_rows({test::good_row(), far}));
    ranking.set_place(test::zurich);
    CHECK(ranking.order()[0] == 0);
    ranking.set_round_trip(0, 900);
    CHECK(ranking.order()[0] == 1);
    CHECK(ranking.explain(0).round_trip_ms == 900.0);
    CHECK(ranking.explain(0).sentence.find("answers in 900 ms") != std::string::npos);
    CHECK(ranking.explain(0).factors[static_cast<std::size_t>(Factor::distance)] ==
          doctest::Approx(latency_factor(900)));
    ranking.set_place(Place{40, -80});
    CHECK(ranking.order()[0] == 1);
    ranking.set_round_trip(0, 1);
    CHECK(ranking.order()[0] == 0);
    CHECK_FALSE(ranking.explain(1).round_trip_ms);
}

TEST_CASE("weights that are no weights count as the nearest that are") {
    Ranking ranking(test::mixed_table(1000));
    ranking.set_emphasis({1, 0, 1});
    const auto wanted = all(ranking.order());
    ranking.set_emphasis({0.2, 0.2, 0.2});
    ranking.set_emphasis({7, -3, std::numeric_limits<double>::infinity()});
    CHECK(all(ranking.order()) == wanted);
    ranking.set_emphasis({1, std::numeric_limits<double>::quiet_NaN(), 1});
    CHECK(all(ranking.order()) == wanted);
}

TEST_CASE("no rows, one row, and none that pass") {
    Ranking empty(test::table_of_rows({}));
    CHECK(empty.order().empty());
    CHECK(empty.short_list(3).empty());
    CHECK(empty.suggest(3).empty());
    CHECK(empty.histogram(Column::reputation).unknown == 0);
    Ranking one(test::table_of_rows({test::good_row()}));
    for (const Column column : {Column::rank, Column::name, Column::region, Column::distance}) {
        one.set_sorting(column, true);
        CHECK(all(one.order()) == std::vector<std::uint32_t>{0});
    }
    CHECK(one.suggest(3) == std::vector<std::uint32_t>{0});
    Filter nobody;
    nobody.min_reputation = 1.1;
    one.set_filter(nobody);
    CHECK(one.order().empty());
    CHECK_FALSE(one.rank_of(0));
    CHECK(one.short_list(1).empty());
    CHECK(one.histogram(Column::slots).bins == Histogram{}.bins);
}

TEST_CASE("the short list takes one of each network, a suggestion one of each region too") {
    struct Node {
        std::uint16_t network;
        std::uint8_t region;
        float reputation;
    };
    std::vector<NodeRow> rows;
    for (const Node& node : std::vector<Node>{{1, 2, 0.99F},
                                              {1, 3, 0.98F}, // the first one's network
                                              {2, 2, 0.97F}, // the first one's region
                                              {0, 4, 0.96F}, // network unknown
                                              {0, 4, 0.95F}, // both unknown: may stand
                                              {3, 5, 0.94F},
                                              {4, 6, 0.10F}}) { // not eligible
        NodeRow row = test::good_row();
        row.network = node.network;
        row.region = node.region;
        row.reputation = node.reputation;
        rows.push_back(row);
    }
    Ranking ranking(test::table_of_rows(rows));
    using Rows = std::vector<std::uint32_t>;
    CHECK(ranking.short_list(64) == Rows{0, 2, 3, 4, 5});
    CHECK(ranking.short_list(2) == Rows{0, 2});
    CHECK(ranking.short_list(0) == Rows{});
    CHECK(ranking.suggest(3) == Rows{0, 3, 5});
    CHECK(ranking.suggest(4) == Rows{0, 3, 5, 2});
    CHECK(ranking.suggest(9) == Rows{0, 3, 5, 2, 4});
    CHECK(ranking.suggest(1) == Rows{0});
}
