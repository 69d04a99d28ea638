#include "core/vault/ranking/node_table.h"

#include "core/vault/directory/summary.h"
#include "core/vault/web_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cmath>
#include <limits>
#include <numbers>

namespace tau::vault {

namespace {

/// 16 bits of FNV-1a, never 0.
std::uint16_t short_hash(const std::uint8_t* bytes, std::size_t count) {
    std::uint32_t hash = 2166136261U;
    for (std::size_t i = 0; i < count; ++i) {
        hash = (hash ^ bytes[i]) * 16777619U;
    }
    const auto folded = static_cast<std::uint16_t>(hash ^ (hash >> 16U));
    return folded == 0 ? std::uint16_t{1} : folded;
}

std::uint16_t network_of(std::string_view endpoint) {
    const std::string host(host_of(endpoint));
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        const std::uint32_t address = ntohl(v4.s_addr);
        const std::array bytes{static_cast<std::uint8_t>(address >> 24U),
                               static_cast<std::uint8_t>(address >> 16U),
                               static_cast<std::uint8_t>(address >> 8U)};
        return bytes[0] == 127 ? std::uint16_t{0} : short_hash(bytes.data(), bytes.size());
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6) == 0) {
        return short_hash(v6.s6_addr, 6);
    }
    return 0;
}

NodeRow row_from(const ListedNode& node, std::int64_t now) {
    const NodeRecord& record = node.record;
    NodeRow row;
    row.key = summary_key(record);
    row.latitude = record.latitude;
    row.longitude = record.longitude;
    row.reputation = reputation_bound(node.audits_passed, node.audits_failed);
    row.slots = node.measured_slots == 0 ? unknown_figure : static_cast<float>(node.measured_slots);
    row.claimed = record.slots_per_hour;
    row.age_days = node.first_seen <= 0 || node.first_seen > now
                       ? unknown_figure
                       : static_cast<float>(now - node.first_seen) / 86400.0F;
    row.uptime = unknown_figure;
    row.network = network_of(record.endpoint);
    const bool says = record.region != 0 && region_name(record.region) != region_name(0);
    row.region = static_cast<std::uint8_t>(
        says ? record.region : region_of({record.latitude / 100.0, record.longitude / 100.0}));
    row.flags = record.expires <= now ? std::uint8_t{expired_record} : std::uint8_t{0};
    row.name = record.name;
    return row;
}

} // namespace

void NodeTable::reserve(std::size_t rows) {
    key.reserve(rows);
    latitude.reserve(rows);
    longitude.reserve(rows);
    x.reserve(rows);
    y.reserve(rows);
    z.reserve(rows);
    reputation.reserve(rows);
    slots.reserve(rows);
    claimed.reserve(rows);
    age_days.reserve(rows);
    uptime.reserve(rows);
    network.reserve(rows);
    region.reserve(rows);
    flags.reserve(rows);
    name_begin.reserve(rows + 1);
}

void append(NodeTable& table, const NodeRow& row) {
    constexpr double degree = std::numbers::pi / 180.0;
    const double latitude = row.latitude / 100.0 * degree;
    const double longitude = row.longitude / 100.0 * degree;
    table.key.push_back(row.key);
    table.latitude.push_back(row.latitude);
    table.longitude.push_back(row.longitude);
    table.x.push_back(static_cast<float>(std::cos(latitude) * std::cos(longitude)));
    table.y.push_back(static_cast<float>(std::cos(latitude) * std::sin(longitude)));
    table.z.push_back(static_cast<float>(std::sin(latitude)));
    table.reputation.push_back(row.reputation);
    table.slots.push_back(row.slots);
    table.claimed.push_back(row.claimed);
    table.age_days.push_back(row.age_days);
    table.uptime.push_back(row.uptime);
    table.network.push_back(row.network);
    table.region.push_back(row.region);
    table.flags.push_back(row.flags);
    std::copy_if(row.name.begin(), row.name.end(), std::back_inserter(table.names),
                 [](char c) { return c != '\n'; });
    table.names.push_back('\n');
    table.name_begin.push_back(static_cast<std::uint32_t>(table.names.size()));
}

std::shared_ptr<const NodeTable> table_of(const std::vector<ListedNode>& nodes, std::int64_t now) {
    auto table = std::make_shared<NodeTable>();
    table->reserve(nodes.size());
    for (const ListedNode& node : nodes) {
        append(*table, row_from(node, now));
    }
    return table;
}

std::shared_ptr<const NodeTable> joined(const NodeTable& first, const NodeTable& second) {
    auto table = std::make_shared<NodeTable>(first);
    for (std::size_t i = 0; i < second.size(); ++i) {
        append(*table, {.key = second.key[i],
                        .latitude = second.latitude[i],
                        .longitude = second.longitude[i],
                        .reputation = second.reputation[i],
                        .slots = second.slots[i],
                        .claimed = second.claimed[i],
                        .age_days = second.age_days[i],
                        .uptime = second.uptime[i],
                        .network = second.network[i],
                        .region = second.region[i],
                        .flags = second.flags[i],
                        .name = second.name(i)});
    }
    return table;
}

float reputation_bound(double passed, double failed) {
    constexpr double enough_audits = 20;
    constexpr double z = 1.645;
    const double n = passed + failed;
    if (!(n >= enough_audits)) {
        return unknown_figure;
    }
    const double p = passed / n;
    const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return static_cast<float>(std::max(0.0, (p + z * z / (2 * n) - spread) / (1 + z * z / n)));
}

float known_slots(const NodeTable& table, std::size_t row) {
    const float measured = table.slots[row];
    return table.claimed[row] < measured ? table.claimed[row] : measured;
}

std::optional<std::uint32_t> row_of(const NodeTable& table, std::uint64_t key) {
    const auto found = std::find(table.key.begin(), table.key.end(), key);
    if (found == table.key.end()) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(found - table.key.begin());
}

} // namespace tau::vault
