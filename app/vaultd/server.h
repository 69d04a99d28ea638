#pragma once

#include "app/vaultd/chaos.h"
#include "app/vaultd/limits.h"
#include "app/vaultd/tls.h"
#include "core/node/service.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tau::vaultd {

struct Listener {
    std::string host;       ///< an address; but for loopback, TLS is needed
    std::uint16_t port = 0; ///< 0: any free one
};

/// How peers are served: what SIGHUP can change.
struct Serving {
    Limits limits;
    std::optional<Tls> tls; ///< none: plain HTTP. Whether there is any stays as it was at the start
    std::vector<std::string> hosts; ///< what a request's Host may be beside the listener's own
    std::string proxy;              ///< the address whose word on who asks is taken; "": nobody's
    std::shared_ptr<Chaos> chaos = {}; ///< makes trouble for clients' tests, if any
};

/// What became of one request, for the log. Nothing that a peer chose but what is named so.
struct Answered {
    std::string_view method; ///< "other" but for the four that are taken
    std::string_view route;  ///< "/v1/registrations/{id}"; "other" for no address of the node's
    int status = 0;
    std::string_view reason;          ///< of a refusal, else ""
    std::chrono::microseconds took{}; ///< since the header was there
    std::size_t in = 0;               ///< bytes of the request's body
    std::size_t out = 0;              ///< bytes of the answer's
    std::string_view network;         ///< who asked, as limits see it
    std::string_view
        subject; ///< the registration or project it was about, or what was sent as that
};

/// What the server asks of the program around it. Called on the thread that serves.
struct Program {
    /// Opens the node, now that the port is known.
    std::function<Result<std::unique_ptr<node::Service>>(std::uint16_t port)> open;
    /// It can be connected to, and listens to signals.
    std::function<void(const node::Service&)> started = {};
    /// On SIGHUP; an error leaves everything as it is.
    std::function<Result<Serving>(node::Service&)> reload = {};
    std::function<void(const Answered&)> answered = {};
};

/// Listens, and serves HTTP/1.1 on one thread, with a bounded queue before the workers, until
/// SIGTERM or SIGINT. Returns when everything that was being worked on is done, or after
/// Limits::drain.
Result<void> serve(const Listener& listener, const Serving& serving, Log& log,
                   const Program& program);

} // namespace tau::vaultd
