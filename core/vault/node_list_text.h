#pragma once

#include "core/vault/ranking/ranking.h"

#include <stop_token>
#include <string>

namespace tau::vault {

enum class ListFormat { csv, json, yaml };

/// Some rows of a ranking as text, in the order given (all of it: ranking.order()): one node a line
/// (CSV, with a header), one object of an array (JSON) or one item of a list (YAML), with the same
/// fields in each: rank, key, name, region, latitude, longitude, reputation, distance_km,
/// slots_per_hour, age_days, uptime, score, eligible. What is unknown is empty in CSV and null
/// elsewhere, and so is the rank of a row that the filters hide. Names are others' words: quoted,
/// and in CSV never something that a spreadsheet takes for a formula. Empty when stopped.
std::string list_text(Ranking& ranking, std::span<const std::uint32_t> rows, ListFormat format,
                      std::stop_token stop = {});

} // namespace tau::vault
