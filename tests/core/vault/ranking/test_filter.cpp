#include "core/base/text.h"
#include "core/vault/ranking/search.h"
#include "tests/core/vault/ranking/sample.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>
#include <random>

using namespace tau;
using namespace tau::vault;

namespace {

/// What the filter promises, said once more, slowly.
bool passes(const Ranking& ranking, std::uint32_t row, const Filter& filter) {
    const NodeTable& table = ranking.table();
    const auto known_at_least = [](double value, const std::optional<double>& least) {
        return !least || value >= *least;
    };
    const auto km = ranking.distance(row);
    return (filter.regions.empty() ||
            std::count(filter.regions.begin(), filter.regions.end(), table.region[row]) > 0) &&
           known_at_least(table.reputation[row], filter.min_reputation) &&
           known_at_least(known_slots(table, row), filter.min_slots) &&
           known_at_least(table.age_days[row], filter.min_age_days) &&
           (!filter.max_km || (km && *km <= *filter.max_km)) &&
           (table.flags[row] & filter.required_flags) == filter.required_flags &&
           to_lower_ascii(table.name(row)).find(to_lower_ascii(filter.text)) != std::string::npos &&
           std::count(filter.blocked.begin(), filter.blocked.end(), table.key[row]) == 0 &&
           (!filter.eligible_only || ranking.eligible(row));
}

const std::vector<void (*)(Filter&)> parts{
    [](Filter& filter) { filter.regions = {2, 3, 9, 14, 15, 20}; },
    [](Filter& filter) { filter.min_reputation = 0.75; },
    [](Filter& filter) { filter.min_slots = 120; },
    [](Filter& filter) { filter.min_age_days = 60; },
    [](Filter& filter) { filter.max_km = 9000; },
    [](Filter& filter) { filter.required_flags = attested_by_auditor; },
    [](Filter& filter) { filter.text = "ODE-1"; },
    [](Filter& filter) {
        filter.blocked = {900, 5, 17, 60000, 1};
    },
    [](Filter& filter) { filter.eligible_only = true; }};

} // namespace

TEST_CASE("filters hold each alone and all combinations of them") {
    const auto table = test::mixed_table(2500);
    Ranking ranking(table);
    ranking.set_place(test::zurich);
    std::vector<bool> mattered(parts.size());
    const std::vector<std::uint32_t> unfiltered(ranking.order().begin(), ranking.order().end());
    for (std::size_t chosen = 0; chosen < std::size_t{1} << parts.size(); ++chosen) {
        Filter filter;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if ((chosen >> i & 1U) != 0) {
                parts[i](filter);
            }
        }
        ranking.set_filter(filter);
        std::vector<std::uint32_t> wanted;
        std::copy_if(unfiltered.begin(), unfiltered.end(), std::back_inserter(wanted),
                     [&](std::uint32_t row) { return passes(ranking, row, filter); });
        const auto order = ranking.order();
        CAPTURE(chosen);
        REQUIRE(std::vector<std::uint32_t>(order.begin(), order.end()) == wanted);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            mattered[i] = mattered[i] || (chosen == std::size_t{1} << i && !wanted.empty() &&
                                          wanted.size() < unfiltered.size());
        }
    }
    CHECK(std::count(mattered.begin(), mattered.end(), true) ==
          static_cast<std::ptrdiff_t>(parts.size()));
}

TEST_CASE("a radius needs a place, follows it, and leaves out refuted ones") {
    NodeRow liar = test::good_row();
    liar.flags = place_refuted;
    Ranking ranking(test::table_of_rows({test::good_row(), liar}));
    Filter near;
    near.max_km = 100;
    ranking.set_filter(near);
    CHECK(ranking.order().empty());
    ranking.set_place(test::zurich);
    REQUIRE(ranking.order().size() == 1);
    CHECK(ranking.order()[0] == 0);
    CHECK_FALSE(ranking.distance(1));
    ranking.set_place(Place{-33, 151});
    CHECK(ranking.order().empty());
}

TEST_CASE("text is found in names as it is, whatever the case of its ASCII letters") {
    const std::vector<std::string> names{"Alpha",
                                         "beta",
                                         "alphabet",
                                         "",
                                         "a",
                                         "ÄRGER-über",
                                         "aa",
                                         "aaaaaaaab",
                                         "*?[a-z]%_",
                                         "nul\0byte",
                                         "日本ノード",
                                         std::string(64, 'x'),
                                         "z\nwith line feed"};
    const std::vector<std::string> wanted{"alpha",
                                          "ALPHA",
                                          "a",
                                          "ta",
                                          "x",
                                          "aab",
                                          "%",
                                          "_",
                                          "[A-Z]",
                                          "über",
                                          "ノー",
                                          "本",
                                          "zw",
                                          "\n",
                                          "a\nb",
                                          std::string(65, 'x'),
                                          std::string(64, 'X'),
                                          "betaalpha",
                                          std::string(100000, 'q'),
                                          "",
                                          "nul",
                                          "ärger"};
    std::vector<NodeRow> rows;
    for (const std::string& name : names) {
        rows.push_back(test::good_row());
        rows.back().name = name;
    }
    const auto table = test::table_of_rows(rows);
    for (const std::string& text : wanted) {
        CAPTURE(text);
        std::vector<std::uint8_t> found(table->size(), 7);
        search_names(*table, text, found.data());
        for (std::size_t row = 0; row < table->size(); ++row) {
            const bool has =
                to_lower_ascii(table->name(row)).find(to_lower_ascii(text)) != std::string::npos;
            CHECK(found[row] == (has ? 1 : 0));
        }
    }
}

TEST_CASE("text is found wherever it lies among many names") {
    std::mt19937 random(7);
    std::vector<std::string> names;
    for (int i = 0; i < 30000; ++i) {
        std::string name;
        for (std::size_t length = random() % 12; length > 0; --length) {
            name += "aAbBcC-"[random() % 7];
        }
        names.push_back(name);
    }
    std::vector<NodeRow> rows;
    for (const std::string& name : names) {
        rows.push_back(test::good_row());
        rows.back().name = name;
    }
    const auto table = test::table_of_rows(rows);
    for (const char* text :
         {"a", "ab", "abc", "AAA", "bcba", "cabcab", "-", "--", "abcabcabcabcabc"}) {
        CAPTURE(text);
        std::vector<std::uint8_t> found(table->size());
        search_names(*table, text, found.data());
        std::size_t wrong = 0;
        for (std::size_t row = 0; row < table->size(); ++row) {
            const bool has =
                to_lower_ascii(table->name(row)).find(to_lower_ascii(text)) != std::string::npos;
            wrong += found[row] == (has ? 1 : 0) ? 0U : 1U;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("histograms count the rows that pass, each once") {
    const auto table = test::mixed_table(4000);
    Ranking ranking(table);
    ranking.set_place(test::zurich);
    for (const bool filtered : {false, true}) {
        Filter filter;
        if (filtered) {
            filter.min_age_days = 100;
        }
        ranking.set_filter(filter);
        const std::size_t rows = ranking.order().size();
        for (const Column column : {Column::region, Column::reputation, Column::distance,
                                    Column::slots, Column::age, Column::uptime}) {
            CAPTURE(static_cast<int>(column));
            const Histogram histogram = ranking.histogram(column);
            const std::size_t counted =
                std::accumulate(histogram.bins.begin(), histogram.bins.end(), std::size_t{0});
            CHECK(counted + histogram.unknown == rows);
            CHECK(histogram.high > histogram.low);
        }
        const Histogram ages = ranking.histogram(Column::age);
        CHECK(ages.low == (filtered ? 100 : 0));
        CHECK(ages.high == 399);
        CHECK((ages.unknown > 0) == !filtered);
    }
    CHECK(ranking.histogram(Column::name).bins == Histogram{}.bins);
}

TEST_CASE("bins are where their values are") {
    std::vector<NodeRow> rows;
    for (const float slots : {1.0F, 2.0F, 4.0F, 8.0F, 16.0F, 0.0F}) {
        rows.push_back(test::good_row());
        rows.back().slots = rows.back().claimed = slots;
        rows.back().age_days = slots;
    }
    Ranking ranking(test::table_of_rows(rows));
    const Histogram logarithmic = ranking.histogram(Column::slots);
    CHECK(logarithmic.low == 1);
    CHECK(logarithmic.high == 16);
    for (const std::size_t bin : {16U, 32U, 48U, 63U}) {
        CHECK(logarithmic.bins[bin] == 1);
    }
    CHECK(logarithmic.bins[0] == 2);
    const Histogram linear = ranking.histogram(Column::age);
    CHECK(linear.high == 16);
    for (const std::size_t bin : {0U, 4U, 8U, 16U, 32U, 63U}) {
        CHECK(linear.bins[bin] == 1);
    }
    rows.resize(1);
    CHECK(Ranking(test::table_of_rows(rows)).histogram(Column::slots).bins[0] == 1);
}
