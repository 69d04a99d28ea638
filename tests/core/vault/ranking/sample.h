#pragma once

#include "core/vault/ranking/ranking.h"

namespace tau::test {

/// A good node in Zurich: 100 clean audits, 400 days old, 100 slots an hour, measured and claimed.
vault::NodeRow good_row();
/// Keys are given by row, from 1, where a row has none.
std::shared_ptr<const vault::NodeTable> table_of_rows(std::vector<vault::NodeRow> rows);
/// Rows of every kind, unknown figures among them; the same ones each time.
std::shared_ptr<const vault::NodeTable> mixed_table(std::size_t rows, std::uint32_t seed = 1);

inline constexpr vault::Place zurich{47.37, 8.54};

} // namespace tau::test
