#include "core/vault/ranking/factors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tau::vault {

namespace {

constexpr float enough_reputation = 0.60F;

double clamp_factor(double value) {
    return std::clamp(value, lowest_factor, 1.0);
}

} // namespace

double reputation_factor(double lower_bound) {
    return std::isnan(lower_bound) ? unknown_factor : clamp_factor(std::pow(lower_bound, 7));
}

double age_factor(double days) {
    if (std::isnan(days)) {
        return unknown_factor;
    }
    struct Step {
        double below;
        double divisor;
    };
    constexpr std::array<Step, 8> steps{
        {{128, 1.5}, {64, 2}, {32, 2}, {16, 2}, {8, 3}, {4, 3}, {2, 3}, {1, 3}}};
    double value = 1;
    for (const Step& step : steps) {
        value /= days < step.below ? step.divisor : 1;
    }
    return clamp_factor(value);
}

double uptime_factor(double share) {
    if (std::isnan(share)) {
        return unknown_factor;
    }
    if (share >= 0.98) {
        return 1;
    }
    return clamp_factor(std::pow(std::max(share, 0.0), 200 * std::min(1 - share, 0.30)));
}

double latency_factor(double milliseconds) {
    return clamp_factor((1 + std::exp(-400.0 / 300.0)) /
                        (1 + std::exp((milliseconds - 400.0) / 300.0)));
}

double capacity_factor(double measured, double claimed) {
    const double known = std::isnan(measured) ? claimed : std::fmin(measured, claimed);
    if (std::isnan(known)) {
        return unknown_factor;
    }
    const double factor = clamp_factor(1 - std::exp(-known / 64.0));
    return std::isnan(measured) ? std::min(factor, unknown_factor) : factor;
}

double estimated_round_trip(double km) {
    return 10 + 0.016 * km;
}

bool eligible(const NodeTable& table, std::size_t row) {
    return table.reputation[row] >= enough_reputation &&
           (table.flags[row] & (no_seal_key | expired_record)) == 0;
}

} // namespace tau::vault
