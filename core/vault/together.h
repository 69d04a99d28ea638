#pragma once

#include "core/vault/network.h"

#include <functional>
#include <span>

namespace tau::vault {

struct TakenNode {
    std::uint32_t row = 0;
    ListedNode node;
};

/// The full, verified record behind a row, as NodeSource::node gives it.
using FetchNode = std::function<Result<ListedNode>(std::uint32_t row)>;

/// So many rows of Ranking::suggest are worth looking at for each node that is wanted.
inline constexpr std::size_t looked_at_for_each = 4;

/// Takes `count` of the candidates (best first) for one project: the first ones whose operators
/// (operator_of, web_address.h) differ, and only where there are not operators enough, more of one.
/// Operators stand in records, so this fetches them, and none more than it needs. A candidate whose
/// own record does not hold is passed over; fewer than `count` when there are no more, unless that
/// is because of such records: then the first one's error. Any other error ends it.
Result<std::vector<TakenNode>> take_together(std::span<const std::uint32_t> candidates,
                                             std::size_t count, const FetchNode& fetch);

} // namespace tau::vault
