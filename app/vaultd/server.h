#pragma once

#include "app/vaultd/limits.h"
#include "core/node/service.h"

#include <cstdint>
#include <functional>

namespace tau::vaultd {

struct Listener {
    std::string host;       ///< a loopback address
    std::uint16_t port = 0; ///< 0: any free one
};

/// Listens, calls `open` with the port, and serves what it gives until SIGTERM or SIGINT: HTTP/1.1
/// on one thread, with a bounded queue before the workers. Returns when everything that was being
/// worked on is done, or after Limits::drain.
Result<void>
serve(const Listener& listener, const Limits& limits, Log& log,
      const std::function<Result<std::unique_ptr<node::Service>>(std::uint16_t)>& open);

} // namespace tau::vaultd
