#pragma once

#include "core/node/service.h"

#include <cstdint>
#include <functional>

namespace tau::vaultd {

/// What the server allows a peer. Every time is absolute: a slow drip does not extend it.
struct Limits {
    std::size_t connections = 4096;
    std::size_t per_address = 64;
    std::size_t header_bytes = 8U << 10U;
    std::size_t buffer_bytes = 16U << 10U;
    std::chrono::milliseconds header{10000};
    std::chrono::milliseconds body{15000};
    std::chrono::milliseconds write{15000};
    std::chrono::milliseconds idle{60000};
    std::chrono::milliseconds drain{10000};  ///< after SIGTERM, for what is being worked on
    std::chrono::milliseconds refusal{1500}; ///< a 503 is held back, so that none comes at once
    std::size_t workers = 16; ///< half of them for registrations, the others for the rest
    std::size_t queue = 400;  ///< of each half
};

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
