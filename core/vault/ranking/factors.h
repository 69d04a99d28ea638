#pragma once

#include "core/vault/ranking/node_table.h"

namespace tau::vault {

// The factors of a node's score, each within [0.1, 1] so that one weak figure does not hide all
// others, and one half (at most) where a figure is not known.

inline constexpr double lowest_factor = 0.1;
inline constexpr double unknown_factor = 0.5;

/// L^7 for the lower bound L of the share of audits passed (The Graph's success rate).
double reputation_factor(double lower_bound);
/// Sia's table: full from 128 days on, two thirds, a third, a sixth below 128, 64, 32, and so on.
double age_factor(double days);
/// Sia's: full from 98 % on, then r^(200 (1 - r)), 1 - r at most 0.30.
double uptime_factor(double share);
/// The Graph's: 1 at 0 ms, 0.63 at 400 ms, falling off with a scale of 300 ms.
double latency_factor(double milliseconds);
/// 1 - e^(-c/64) for c = the smaller of measured and claimed; not above one half unmeasured.
double capacity_factor(double measured, double claimed);

/// A round trip where none was measured: 10 ms and 0.016 ms a kilometre.
double estimated_round_trip(double km);

/// Known and good enough, with a key to seal to and a record that is not over.
bool eligible(const NodeTable& table, std::size_t row);

} // namespace tau::vault
