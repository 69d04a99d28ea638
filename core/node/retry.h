#pragma once

#include "core/base/result.h"

#include <functional>

namespace tau::node {

/// How one try of a transaction ended.
struct Try {
    Result<void> result;
    /// Nothing was done, and the engine asks to begin anew: it could not order this transaction
    /// among those that ran beside it.
    bool again = false;
};

/// Tries until the engine does not ask for more, at most 12 times, with pauses that grow and are
/// drawn by lot, so that those who met do not meet again. `unavailable` when it asks on.
Result<void> with_retries(const std::function<Try()>& attempt);

} // namespace tau::node
