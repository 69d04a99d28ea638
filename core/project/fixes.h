#pragma once

#include "core/ports.h"
#include "core/project/problem.h"

namespace tau::project {

/// A problem's fix as edits, to be looked at and then applied; `not_found` when it has none, or
/// when file or key are there no more. `entropy` and the time are for new ids.
Result<Edits> apply_fix(const Store& store, const Problem& problem, Entropy& entropy,
                        std::int64_t unix_seconds);

} // namespace tau::project
