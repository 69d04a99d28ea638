#include "tests/core/vault/ranking/sample.h"

#include <limits>
#include <random>

namespace tau::test {

vault::NodeRow good_row() {
    vault::NodeRow row;
    row.latitude = 4737;
    row.longitude = 854;
    row.reputation = vault::reputation_bound(100, 0);
    row.slots = 100;
    row.claimed = 100;
    row.age_days = 400;
    row.uptime = 1;
    row.region = 2;
    row.name = "node";
    return row;
}

std::shared_ptr<const vault::NodeTable> table_of_rows(std::vector<vault::NodeRow> rows) {
    auto table = std::make_shared<vault::NodeTable>();
    for (vault::NodeRow& row : rows) {
        row.key = row.key == 0 ? table->size() + 1 : row.key;
        vault::append(*table, row);
    }
    return table;
}

std::shared_ptr<const vault::NodeTable> mixed_table(std::size_t rows, std::uint32_t seed) {
    std::mt19937 random(seed);
    auto table = std::make_shared<vault::NodeTable>();
    const auto below = [&random](std::uint32_t limit) {
        return static_cast<std::uint32_t>(random() % limit);
    };
    const auto known = [&](float value) {
        return below(10) == 0 ? std::numeric_limits<float>::quiet_NaN() : value;
    };
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string name = (below(2) == 0 ? "Node-" : "node-") + std::to_string(below(50000));
        vault::NodeRow row;
        row.key = i + 1;
        row.latitude = static_cast<std::int16_t>(static_cast<int>(below(18001)) - 9000);
        row.longitude = static_cast<std::int16_t>(static_cast<int>(below(36000)) - 18000);
        row.reputation = vault::reputation_bound(below(300), below(12));
        row.slots = known(static_cast<float>(below(500)));
        row.claimed = known(static_cast<float>(below(500)));
        row.age_days = known(static_cast<float>(below(400)));
        row.uptime = known(1.0F - static_cast<float>(below(300)) / 1000.0F);
        row.network = static_cast<std::uint16_t>(below(2000));
        row.region = static_cast<std::uint8_t>(1 + below(21));
        row.flags = static_cast<std::uint8_t>(below(20) == 0 ? below(128) : below(8));
        row.name = name;
        vault::append(*table, row);
    }
    return table;
}

} // namespace tau::test
