#include "core/vault/ranking/costs.h"

#include "core/vault/ranking/factors.h"

#include <cmath>

namespace tau::vault {

namespace {

/// Never -0, which would not sort as 0.
float cost_of(double factor) {
    return static_cast<float>(0.0 - std::log(factor));
}

} // namespace

Costs costs_of(const NodeTable& table) {
    const std::size_t rows = table.size();
    Costs costs;
    costs.reputation.resize(rows);
    costs.distance.resize(rows);
    costs.capacity.resize(rows);
    costs.eligible.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        costs.reputation[i] =
            cost_of(reputation_factor(table.reputation[i]) * age_factor(table.age_days[i]) *
                    uptime_factor(table.uptime[i]));
        costs.capacity[i] = cost_of(capacity_factor(table.slots[i], table.claimed[i]));
        costs.eligible[i] = eligible(table, i) ? 1 : 0;
    }
    set_distance_costs(table, std::nullopt, costs.distance);
    return costs;
}

float round_trip_cost(double milliseconds) {
    return cost_of(latency_factor(milliseconds));
}

} // namespace tau::vault
