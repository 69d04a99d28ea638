#pragma once

#include "core/vault/network.h"
#include "core/vault/place.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace tau::vault {

/// The user's emphasis, each 0..1; they act as exponents of the factors.
struct Emphasis {
    double reputation = 0.5;
    double distance = 0.5;
    double capacity = 0.5;
};

enum class Factor { reputation, distance, capacity };

/// One node's place in the order, and why.
struct RankedNode {
    std::size_t index = 0;             ///< into the list that was ranked
    double score = 0;                  ///< 0..1
    std::array<double, 3> factors{};   ///< 0..1 each, in the order of Factor
    double reputation = 0;             ///< lower bound of audited success (Wilson), 0..1
    std::optional<double> distance_km; ///< unknown without a place
    std::uint32_t slots_per_hour = 0;  ///< the smaller of claimed and measured
    bool eligible = true;              ///< enough audits, reputation high enough
    std::string reason;                ///< one sentence: what carries and what limits the score
};

/// Best first, those that are not eligible last; ties by node id, so that the order is total.
/// Without a place, distance counts as one half for every node, and so does, at most, a capacity
/// that nobody measured. The product of clamped factors of the ranking formula, each to the power
/// of its emphasis.
std::vector<RankedNode> rank(const std::vector<ListedNode>& nodes, const Emphasis& emphasis,
                             const std::optional<Place>& place, std::int64_t now);

} // namespace tau::vault
