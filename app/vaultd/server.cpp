#include "app/vaultd/server.h"

#include "app/vaultd/session.h"

#include <boost/asio/signal_set.hpp>

namespace tau::vaultd {

namespace {

/// Accepts, counts, and ends in order.
class Server {
public:
    Server(net::io_context& io, tcp::acceptor&& acceptor, const Limits& limits,
           node::Service& service, std::vector<std::string> hosts, Log& log)
        : shared_(std::make_shared<Shared>(io, limits, service, std::move(hosts))),
          acceptor_(std::move(acceptor)), signals_(io, SIGTERM, SIGINT), maintenance_(io),
          drain_(io), log_(log) {
        shared_->on_last_session = [this] { drain_.cancel(); };
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        shared_->on_last_session = nullptr;
        shared_->registrations.pool.reset(); // their threads use the service, which goes next
        shared_->others.pool.reset();
    }
    void start() {
        signals_.async_wait([this](error_code error, int) {
            if (!error) {
                stop();
            }
        });
        accept();
        maintain();
    }

private:
    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (error == net::error::operation_aborted) {
                return;
            }
            if (error) { // out of file descriptors, most likely: let some sessions end first
                return pause();
            }
            admit(std::move(socket));
            accept();
        });
    }

    void pause() {
        maintenance_pause_ = std::make_unique<net::steady_timer>(shared_->context);
        maintenance_pause_->expires_after(std::chrono::milliseconds(100));
        maintenance_pause_->async_wait([this](error_code error) {
            if (!error && acceptor_.is_open()) {
                accept();
            }
        });
    }

    void admit(tcp::socket&& socket) {
        error_code error;
        const auto peer = socket.remote_endpoint(error);
        const std::string network = error ? "" : network_of(peer.address().to_string());
        if (network.empty() || shared_->sessions.size() >= shared_->limits.connections ||
            !shared_->peers.enter(network)) {
            socket.close(error);
            return;
        }
        socket.set_option(tcp::no_delay(true), error);
        try {
            std::make_shared<Session>(std::move(socket), network, shared_)->start();
        } catch (const std::exception&) {
            log_.write(LogLevel::warning, "server", "There is no memory for another connection.");
        }
    }

    void maintain() {
        maintenance_.expires_after(std::chrono::minutes(1));
        maintenance_.async_wait([this](error_code error) {
            if (error) {
                return;
            }
            shared_->others.pool->run([this] {
                if (const auto done = shared_->service.maintain(); !done) {
                    log_.write(LogLevel::error, "node", done.error().message);
                }
            });
            maintain();
        });
    }

    void stop() {
        log_.write(LogLevel::info, "server", "Stopping.");
        shared_->draining = true;
        error_code ignored;
        acceptor_.close(ignored);
        maintenance_.cancel();
        if (maintenance_pause_) {
            maintenance_pause_->cancel();
        }
        if (shared_->sessions.empty()) {
            return;
        }
        drain_.expires_after(shared_->limits.drain);
        drain_.async_wait([this](error_code error) {
            if (!error) {
                shared_->context.stop();
            }
        });
        for (Session* session :
             std::vector<Session*>(shared_->sessions.begin(), shared_->sessions.end())) {
            session->drain();
        }
    }

    std::shared_ptr<Shared> shared_;
    tcp::acceptor acceptor_;
    net::signal_set signals_;
    net::steady_timer maintenance_;
    std::unique_ptr<net::steady_timer> maintenance_pause_;
    net::steady_timer drain_;
    Log& log_;
};

/// What consoles and git hosts call the node: its address or "localhost", with the port.
std::vector<std::string> host_names(const Listener& listener, std::uint16_t port) {
    const bool v6 = listener.host.find(':') != std::string::npos;
    const std::string end = ":" + std::to_string(port);
    return {(v6 ? "[" + listener.host + "]" : listener.host) + end, "localhost" + end};
}

/// Until there is nothing left to do. Running out of memory ends one connection, not the node.
void run(net::io_context& context, Log& log) {
    for (;;) {
        try {
            context.run();
            return;
        } catch (const std::exception& error) {
            log.write(LogLevel::error, "server", error.what());
        }
    }
}

tl::unexpected<Error> cannot_listen(const Listener& listener, const error_code& error) {
    return fail(ErrorCode::unavailable,
                "The node cannot listen on " + listener.host + ":" + std::to_string(listener.port) +
                    ": " + error.message() + ".",
                "Choose another port, or end the program that uses it.");
}

} // namespace

Result<void>
serve(const Listener& listener, const Limits& limits, Log& log,
      const std::function<Result<std::unique_ptr<node::Service>>(std::uint16_t)>& open) {
    net::io_context context(1);
    error_code error;
    const auto address = net::ip::make_address(listener.host, error);
    if (error) {
        return cannot_listen(listener, error);
    }
    const tcp::endpoint endpoint(address, listener.port);
    tcp::acceptor acceptor(context);
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(net::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(net::socket_base::max_listen_connections, error);
    }
    if (error) {
        return cannot_listen(listener, error);
    }
    const std::uint16_t port = acceptor.local_endpoint().port();
    auto service = open(port);
    if (!service) {
        return fail(service.error());
    }
    {
        Server server(context, std::move(acceptor), limits, **service, host_names(listener, port),
                      log);
        server.start();
        run(context, log);
    }
    return {};
}

} // namespace tau::vaultd
