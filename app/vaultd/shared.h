#pragma once

// Included through session.h only.

#include "app/vaultd/lane.h"
#include "app/vaultd/peers.h"
#include "app/vaultd/server.h"
#include "core/node/front_metrics.h"
#include "core/node/service.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <set>

namespace tau::vaultd {

namespace net = boost::asio;

/// Everything the sessions share, and keep alive: some end with the I/O context, after the server.
/// Used on the I/O thread only, but for the pools and `service`.
struct Shared {
    Shared(net::io_context& io, const Serving& wanted, node::Service& node, const Program& around)
        : context(io), serving(wanted), peers(wanted.limits, wanted.proxy), service(node),
          front(node.front()), program(around), queue_watch(io),
          registrations(wanted.limits.workers / 2),
          others(wanted.limits.workers - wanted.limits.workers / 2) {}
    std::shared_ptr<net::ssl::context> tls() const {
        return serving.tls ? serving.tls->context : nullptr;
    }

    net::io_context& context;
    Serving serving;
    Peers peers;
    node::Service& service;
    node::FrontMetrics& front;
    const Program& program;
    std::vector<std::string> hosts = {}; ///< what a request's Host may be
    std::set<Session*> sessions;
    std::set<Session*> queued; ///< those whose request is with the workers, or waits for them
    net::steady_timer queue_watch;
    std::uint64_t body_bytes = 0; ///< of what is being read, worked on or written
    bool draining = false;
    std::function<void()> on_last_session;
    Lane registrations;
    Lane others;
};

} // namespace tau::vaultd
