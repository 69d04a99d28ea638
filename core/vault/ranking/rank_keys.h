#pragma once

#include "core/vault/ranking/costs.h"
#include "core/vault/ranking/factors.h"
#include "core/vault/ranking/radix_sort.h"

#include <algorithm>
#include <cmath>

namespace tau::vault {

/// What rows are ranked by, the least first: what a row costs under an emphasis, those that are not
/// eligible after all others, ties by row. A cost is a whole number below 2^26, which the dearest
/// row there can be has: a finer step than the costs are known to, and quickly sorted.
/// Looks at the costs, which have to outlive it.
class RankKeys {
public:
    RankKeys(const Costs& costs, const Emphasis& emphasis)
        : reputation_(costs.reputation.data()), distance_(costs.distance.data()),
          capacity_(costs.capacity.data()), eligible_(costs.eligible.data()) {
        // The column of the reputation is that of three factors.
        const double dearest = (3 * emphasis.reputation + emphasis.distance + emphasis.capacity) *
                               -std::log(lowest_factor);
        const double per_cost = dearest > 0 ? most / dearest : 0;
        reputation_weight_ = static_cast<float>(emphasis.reputation * per_cost);
        distance_weight_ = static_cast<float>(emphasis.distance * per_cost);
        capacity_weight_ = static_cast<float>(emphasis.capacity * per_cost);
        step_ = dearest / most;
    }

    std::uint64_t operator()(std::uint32_t row) const {
        return sort_key(units(row) + (eligible_[row] != 0 ? 0 : not_eligible), row);
    }
    /// Minus the logarithm of the score.
    double cost(std::uint32_t row) const { return step_ * units(row); }

private:
    static constexpr std::uint32_t not_eligible = 1U << 26U;
    static constexpr float most = not_eligible - 4; // the greatest float below

    std::uint32_t units(std::uint32_t row) const {
        const float sum = reputation_weight_ * reputation_[row] +
                          distance_weight_ * distance_[row] + capacity_weight_ * capacity_[row];
        // Through a signed number: processors have no vectors of the other kind.
        return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::min(sum, most)));
    }

    const float* reputation_;
    const float* distance_;
    const float* capacity_;
    const std::uint8_t* eligible_;
    float reputation_weight_ = 0;
    float distance_weight_ = 0;
    float capacity_weight_ = 0;
    double step_ = 0;
};

} // namespace tau::vault
