#include "core/vault/directory/sample_table.h"

#include "core/vault/directory/sample.h"

#include <limits>

namespace tau::vault {

std::shared_ptr<const NodeTable> sample_table(std::size_t count) {
    constexpr std::uint64_t seed = 1;
    auto table = std::make_shared<NodeTable>();
    table->reserve(count);
    for (const Summary& summary : sample_summaries(count, seed)) {
        const std::string name = sample_name(summary);
        const auto region =
            region_from_name(nearest_sample_city(summary.latitude, summary.longitude).region);
        append(*table, {.key = summary.key,
                        .latitude = summary.latitude,
                        .longitude = summary.longitude,
                        .reputation = reputation_of(summary.reputation),
                        .slots = slots_of(summary.slots),
                        .claimed = std::numeric_limits<float>::quiet_NaN(),
                        .age_days = age_of(summary.age),
                        .uptime = uptime_of(static_cast<std::uint8_t>(summary.flags >> 5U)),
                        .network = summary.network,
                        .region = static_cast<std::uint8_t>(region.value_or(0)),
                        .flags = static_cast<std::uint8_t>(summary.flags & 0x1FU),
                        .name = name});
    }
    return table;
}

} // namespace tau::vault
