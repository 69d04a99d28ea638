#include "app/vaultd/server.h"

#include "app/vaultd/notify.h"
#include "app/vaultd/options.h"
#include "app/vaultd/session.h"

#include <boost/asio/signal_set.hpp>

#include <sstream>

namespace tau::vaultd {

namespace {

/// The address that the system gave, which has a port also when the configuration leaves that open.
Listener listener_of(const tcp::endpoint& endpoint) {
    return {endpoint.address().to_string(), endpoint.port()};
}

/// Accepts, counts, and ends in order.
class Server {
public:
    Server(net::io_context& io, tcp::acceptor&& acceptor, const Serving& serving,
           node::Service& service, const Program& program, Log& log)
        : shared_(std::make_shared<Shared>(io, serving, service, program)),
          acceptor_(std::move(acceptor)),
          hosts_(hosts_of(listener_of(acceptor_.local_endpoint()), serving.tls.has_value())),
          signals_(io, SIGTERM, SIGINT), reload_(io, SIGHUP), maintenance_(io), drain_(io),
          log_(log) {
        shared_->on_last_session = [this] {
            drain_.cancel();
            signals_.cancel();
        };
        take(serving);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        shared_->on_last_session = nullptr;
        shared_->service.stop();       // what is not done by now is not waited for
        shared_->registrations.stop(); // their threads use the service, which goes next
        shared_->others.stop();
    }
    void start() {
        wait_for_end();
        wait_for_reload();
        accept();
        maintain();
    }

private:
    void take(const Serving& serving) {
        shared_->serving = serving;
        shared_->peers.set(serving.limits, serving.proxy);
        shared_->hosts = hosts_;
        shared_->hosts.insert(shared_->hosts.end(), serving.hosts.begin(), serving.hosts.end());
        expiry_ = {};
        look_at_certificate();
    }

    void look_at_certificate() {
        const std::int64_t expires = shared_->serving.tls ? shared_->serving.tls->expires : 0;
        shared_->front.certificate_expires(expires);
        const std::string warning = expires == 0 ? "" : expiry_.look(expires, SystemClock().now());
        if (!warning.empty()) {
            log_.write(LogLevel::warning, "tls", warning);
        }
    }

    /// Connections that are open go on as they are; what is wrong with the new is told, and the old
    /// stays.
    void wait_for_reload() {
        reload_.async_wait([this](error_code error, int) {
            if (error || !shared_->program.reload) {
                return;
            }
            tell_manager("RELOADING=1");
            // The record that tells of it is stored, which may take time.
            shared_->others.pool->run([this] {
                net::post(shared_->context, [this, serving = shared_->program.reload(
                                                       shared_->service)] { reloaded(serving); });
            });
        });
    }

    void reloaded(const Result<Serving>& serving) {
        if (serving) {
            take(*serving);
            log_.write(LogLevel::info, "server", "Read the configuration again.");
        } else {
            tell_why(serving.error());
        }
        if (acceptor_.is_open()) {
            tell_manager("READY=1");
            wait_for_reload();
        }
    }

    /// A line for each problem, so that none is cut off.
    void tell_why(const Error& error) {
        std::istringstream problems(error.message);
        for (std::string problem; std::getline(problems, problem);) {
            const bool is_last = problems.eof();
            log_.write(LogLevel::error, "server",
                       "The configuration stays as it was: " + problem +
                           (is_last && !error.detail.empty() ? " (" + error.detail + ")" : "") +
                           (is_last && !error.hint.empty() ? " " + error.hint : ""));
        }
    }

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
        const std::string network = error ? "" : shared_->peers.name_of(peer.address().to_string());
        if (network.empty()) { // gone already
            return;
        }
        if (shared_->sessions.size() >= shared_->serving.limits.connections) {
            return shared_->front.cut(node::Cut::connections);
        }
        if (!shared_->peers.enter(network)) {
            return shared_->front.cut(node::Cut::per_address);
        }
        socket.set_option(tcp::no_delay(true), error);
        std::shared_ptr<Session> session;
        try {
            session = std::make_shared<Session>(std::move(socket), network, shared_);
        } catch (const std::exception&) {
            shared_->peers.leave(network);
            log_.write(LogLevel::warning, "server", "There is no memory for another connection.");
            return;
        }
        session->start();
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
            look_at_certificate();
            maintain();
        });
    }

    /// Whoever asks a second time does not want to wait.
    void wait_for_end() {
        signals_.async_wait([this](error_code error, int) {
            if (error) {
                return;
            }
            if (shared_->draining) {
                log_.write(LogLevel::info, "server", "Stopping at once.");
                return shared_->context.stop();
            }
            stop();
        });
    }

    void stop() {
        tell_manager("STOPPING=1");
        log_.write(LogLevel::info, "server", "Stopping.");
        shared_->draining = true;
        error_code ignored;
        acceptor_.close(ignored);
        maintenance_.cancel();
        reload_.cancel();
        if (maintenance_pause_) {
            maintenance_pause_->cancel();
        }
        if (shared_->sessions.empty()) {
            return;
        }
        wait_for_end();
        drain_.expires_after(shared_->serving.limits.drain);
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
    const std::vector<std::string> hosts_; ///< what a Host may be, whatever is configured
    net::signal_set signals_;
    net::signal_set reload_;
    net::steady_timer maintenance_;
    std::unique_ptr<net::steady_timer> maintenance_pause_;
    net::steady_timer drain_;
    ExpiryWatch expiry_;
    Log& log_;
};

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

Result<void> serve(const Listener& listener, const Serving& serving, Log& log,
                   const Program& program) {
    std::unique_ptr<node::Service> service; // some sessions end with the context, after the server
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
    auto opened = program.open(port);
    if (!opened) {
        return fail(opened.error());
    }
    service = std::move(*opened);
    {
        Server server(context, std::move(acceptor), serving, *service, program, log);
        server.start();
        if (program.started) {
            program.started(*service);
        }
        tell_manager("READY=1");
        run(context, log);
    }
    return {};
}

} // namespace tau::vaultd
