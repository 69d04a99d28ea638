#pragma once

#include "core/ports.h"
#include "core/project/problem.h"

namespace tau::project {

/// A problem's fix as edits, to be looked at and then applied; `not_found` when it has none, or
/// when file or key are there no more. `entropy` and the time are for new ids.
Result<Edits> apply_fix(const Store& store, const Problem& problem, Entropy& entropy,
                        std::int64_t unix_seconds);

/// What stands where a key is to be put and holds no keys: a value, a list, an alias; nullopt when
/// there is room.
std::optional<yaml::Node> obstacle(const yaml::Document& document, const yaml::Path& path);
/// Whether apply_fix() can do it. A document without anchors and tags is only looked at.
bool can_apply(const yaml::Document& document, const Fix& fix);

} // namespace tau::project
