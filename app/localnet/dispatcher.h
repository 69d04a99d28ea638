#pragma once

#include "core/forge/local_state.h"

#include <memory>

namespace tau::localnet {

/// Delivers the webhooks in the host's spool, on a thread of its own: signed as GitHub does it,
/// several at once, again with growing pauses when the receiver is away. What cannot be delivered
/// after the last attempt is dropped with a line in webhooks.log.
class Dispatcher {
public:
    static Result<std::unique_ptr<Dispatcher>> start(const forge::LocalFolder& folder);
    virtual ~Dispatcher() = default; ///< stops at once; what is left stays in the spool
};

} // namespace tau::localnet
