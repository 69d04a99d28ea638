#pragma once

#include "core/vault/ranking/node_table.h"

#include <memory>

namespace tau::vault {

/// sample_summaries as a table, as a client that trusted it would have it; for pictures and
/// benchmarks. The same for the same count. A million take about 2 s.
std::shared_ptr<const NodeTable> sample_table(std::size_t count);

} // namespace tau::vault
