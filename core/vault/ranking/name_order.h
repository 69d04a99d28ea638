#pragma once

#include "core/vault/ranking/node_table.h"
#include "core/vault/ranking/radix_sort.h"

namespace tau::vault {

/// By row: how many different names stand before its own, whatever the case of ASCII letters.
std::vector<std::uint32_t> places_of_names(const NodeTable& table, RadixSorter& sorter);

} // namespace tau::vault
