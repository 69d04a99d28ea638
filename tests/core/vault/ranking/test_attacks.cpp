// Who may win a place among the first ten by making up nodes, see README.md, "Honest limits".
#include "core/vault/place.h"
#include "tests/core/vault/ranking/sample.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>
#include <random>

using namespace tau;
using namespace tau::vault;

namespace {

struct Range {
    int low;
    int high;
};

/// Who is there, and who attacks. The attacker's nodes say that they stand beside the person who
/// looks, claim all the capacity there is, and answer every audit.
struct Attack {
    std::string name;
    Range honest_days, honest_audits;
    std::size_t attackers;
    float days;
    int audits;
    std::uint16_t networks; ///< that the attacker has
    std::size_t most;       ///< of the first ten, at worst
};

constexpr std::size_t honest_nodes = 1000;

std::shared_ptr<const NodeTable> world(const Attack& attack) {
    std::mt19937 random(11);
    const auto between = [&random](Range range) {
        return range.low +
               static_cast<int>(random() % static_cast<unsigned>(range.high - range.low + 1));
    };
    auto table = std::make_shared<NodeTable>();
    for (std::size_t i = 0; i < honest_nodes; ++i) {
        NodeRow row = test::good_row();
        row.key = i + 1;
        row.latitude = static_cast<std::int16_t>(between({-6000, 7000}));
        row.longitude = static_cast<std::int16_t>(between({-18000, 17999}));
        row.region =
            static_cast<std::uint8_t>(region_of({row.latitude / 100.0, row.longitude / 100.0}));
        row.age_days = static_cast<float>(between(attack.honest_days));
        const int audits = between(attack.honest_audits);
        row.reputation = reputation_bound(audits, random() % 50 == 0 ? 1 : 0);
        row.slots = row.claimed = static_cast<float>(between({40, 600}));
        row.uptime = 0.99F;
        row.network = static_cast<std::uint16_t>(1000 + random() % 800);
        append(*table, row);
    }
    for (std::size_t i = 0; i < attack.attackers; ++i) {
        NodeRow row = test::good_row();
        row.key = 1'000'000 + i;
        row.age_days = attack.days;
        row.reputation = reputation_bound(attack.audits, 0);
        row.claimed = 65535;
        row.slots = attack.audits > 0 ? 1000 : std::numeric_limits<float>::quiet_NaN();
        row.network = static_cast<std::uint16_t>(1 + i % attack.networks);
        append(*table, row);
    }
    return table;
}

std::size_t attackers_among(std::span<const std::uint32_t> rows) {
    return static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [](std::uint32_t row) { return row >= honest_nodes; }));
}

} // namespace

TEST_CASE("forged and fresh nodes get none of the first ten places") {
    // The last three are what scoring cannot prevent: an attacker as old and as good as everybody
    // else wins what his networks are worth. One place a network is all that bounds him.
    const std::vector<Attack> attacks{
        {"200,000 forged records, never audited", {20, 400}, {100, 1000}, 200000, 0, 0, 5000, 0},
        {"10,000 nodes of 3 days, 50 networks", {20, 400}, {100, 1000}, 10000, 3, 30, 50, 0},
        {"10,000 nodes of 40 days, 50 networks", {20, 400}, {100, 1000}, 10000, 40, 400, 50, 0},
        {"40 real servers of 200 days, 5 networks", {20, 400}, {100, 1000}, 40, 200, 2000, 5, 5},
        {"young network: 10,000 nodes, 50 networks", {1, 30}, {20, 200}, 10000, 40, 400, 50, 10},
        {"young network: 40 real servers, 5 networks", {1, 30}, {20, 200}, 40, 40, 400, 5, 5}};
    for (const Attack& attack : attacks) {
        CAPTURE(attack.name);
        Ranking ranking(world(attack));
        ranking.set_place(test::zurich);
        // What the nodes say of themselves would give the attacker everything.
        const NodeTable& table = ranking.table();
        CHECK(std::max_element(table.claimed.begin(), table.claimed.end()) -
                  table.claimed.begin() >=
              static_cast<std::ptrdiff_t>(honest_nodes));
        const auto first = ranking.short_list(10);
        REQUIRE(first.size() == 10);
        const std::size_t won = attackers_among(first);
        const std::size_t suggested = attackers_among(ranking.suggest(3));
        MESSAGE(attack.name << ": " << won << " of the first ten, " << suggested
                            << " of three suggested");
        CHECK(won <= attack.most);
        // All of them say that they are in one place, which is one region.
        CHECK(suggested <= 1);
        // The rows that are documented as limits are real ones.
        CHECK((won > 0) == (attack.most > 0));
    }
}
