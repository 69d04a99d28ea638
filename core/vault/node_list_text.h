#pragma once

#include "core/vault/ranking/ranking.h"

#include <stop_token>
#include <string>

namespace tau::vault {

enum class ListFormat { csv, json, yaml };

/// A ranking as text, in its order: one node a line (CSV, with a header), one object of an array
/// (JSON) or one item of a list (YAML), with the same fields in each: rank, key, name, region,
/// latitude, longitude, reputation, distance_km, slots_per_hour, age_days, uptime, score,
/// eligible. What is unknown is empty in CSV and null elsewhere. Names are others' words: quoted,
/// and in CSV never something that a spreadsheet takes for a formula. Empty when stopped.
std::string list_text(Ranking& ranking, ListFormat format, std::stop_token stop = {});

} // namespace tau::vault
