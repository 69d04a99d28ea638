#pragma once

#include "core/vault/ranking/costs.h"

namespace tau::vault {

/// 1 for each row that passes, else 0. `km`: distances by row, NaN where unknown; only looked at
/// when the filter has max_km. `passes` has table.size() elements.
void apply_filter(const NodeTable& table, const Filter& filter, const std::vector<float>& km,
                  const std::vector<std::uint8_t>& eligible, std::uint8_t* passes);

} // namespace tau::vault
