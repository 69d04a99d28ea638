#pragma once

// Included by server.cpp only: Boost.Beast is compiled once.

#include "app/vaultd/header_end.h"
#include "app/vaultd/messages.h"
#include "app/vaultd/shared.h"
#include "app/vaultd/stream.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>

#include <atomic>
#include <poll.h>

namespace tau::vaultd {

/// What a peer may still send after its answer, before the connection is closed regardless.
constexpr std::size_t most_discarded = 256U << 10U;
/// How often a queued request's peer is looked at.
constexpr std::chrono::milliseconds watch_pause{1000};
/// What is read at once of a header; most are smaller.
constexpr std::size_t header_read = 2048;

/// One connection: read a header, check it, read the body, answer, again.
class Session : public std::enable_shared_from_this<Session> {
public:
    /// `network` has been let in by Shared::peers.
    Session(tcp::socket&& socket, std::string network, std::shared_ptr<Shared> shared)
        : stream_(std::move(socket), shared->tls()), network_(std::move(network)),
          shared_(std::move(shared)), delay_(shared_->context) {
        shared_->sessions.insert(this);
        shared_->front.opened();
    }
    ~Session() {
        shared_->sessions.erase(this);
        shared_->front.closed();
        shared_->peers.leave(network_);
        if (shared_->sessions.empty() && shared_->draining && shared_->on_last_session) {
            shared_->on_last_session();
        }
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start() {
        stream_.lowest().expires_after(shared_->serving.limits.handshake);
        stream_.handshake([self = shared_from_this()](error_code error) {
            if (!self->failed(error, node::Cut::handshake)) {
                self->read_header();
            }
        });
    }
    /// Ends the connection if nothing is being worked on.
    void drain() {
        if (idle_) {
            stream_.lowest().close();
        }
    }

private:
    /// Between two requests a peer may be silent for longer than within one.
    void wait_for_next() {
        if (shared_->draining) {
            return finish();
        }
        if (!input_.empty()) {
            return read_header();
        }
        idle_ = true;
        stream_.lowest().expires_after(shared_->serving.limits.idle);
        input_.resize(header_read);
        stream_.async_read_some(net::buffer(input_),
                                [self = shared_from_this()](error_code error, std::size_t size) {
                                    self->idle_ = false;
                                    if (!self->failed(error, node::Cut::idle)) {
                                        self->input_.resize(size);
                                        self->read_header();
                                    }
                                });
    }

    void read_header() {
        stream_.lowest().expires_after(shared_->serving.limits.header);
        input_.reserve(header_read);
        net::async_read_until(
            stream_, net::dynamic_buffer(input_, shared_->serving.limits.buffer_bytes), HeaderEnd{},
            [self = shared_from_this()](error_code error, std::size_t size) {
                if (error == net::error::not_found ||
                    (!error && size > self->shared_->serving.limits.header_bytes)) {
                    return self->refuse(
                        {431, "header_too_large", "The header is larger than 8 KB."});
                }
                if (!self->failed(error, node::Cut::header)) {
                    self->parse_header(size);
                }
            });
    }

    void parse_header(std::size_t size) {
        entry_ = Entry{};
        if (const auto refusal = check_raw_header(std::string_view(input_).substr(0, size))) {
            return refuse(*refusal);
        }
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(shared_->serving.limits.header_bytes));
        error_code error;
        parser_->put(net::buffer(input_.data(), size), error);
        if (error == http::error::body_limit) {
            return refuse_body();
        }
        if (error || !parser_->is_header_done()) {
            return refuse({400, "bad_request", "The request cannot be read."});
        }
        if (const auto refusal = check_header(*parser_, shared_->hosts)) {
            return refusal->status == 413 ? refuse_body() : refuse(*refusal);
        }
        const auto& request = parser_->get();
        const std::string_view method(request.method_string().data(),
                                      request.method_string().size());
        const std::string_view target(request.target().data(), request.target().size());
        entry_.method = std::string(method);
        entry_.address = node::address_of(target);
        if (shared_->peers.is_proxy(network_)) {
            entry_.client = forwarded_for(request);
        }
        if (const auto wait =
                shared_->peers.ask(client(), node::waits_for_git_hosts(method, target))) {
            keep_alive_ = false; // what it sends is not read any more
            shared_->front.refused(429);
            return later(node::too_many("Your address asks the node for too much.", *wait),
                         shared_->serving.limits.refusal);
        }
        parser_->body_limit(node::body_limit(method, target));
        body_.clear();
        body_.commit(net::buffer_copy(body_.prepare(input_.size() - size),
                                      net::buffer(input_.data() + size, input_.size() - size)));
        input_.clear();
        if (beast::iequals(request[http::field::expect], "100-continue") && body_.size() == 0 &&
            !parser_->is_done()) {
            return promise_to_read();
        }
        read_body();
    }

    void promise_to_read() {
        static const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        stream_.lowest().expires_after(shared_->serving.limits.write);
        net::async_write(stream_, net::buffer(go_on),
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!self->failed(error, node::Cut::write)) {
                                 self->read_body();
                             }
                         });
    }

    void read_body() {
        if (parser_->is_done()) {
            return answer();
        }
        stream_.lowest().expires_after(shared_->serving.limits.body);
        body_.reserve(body_.max_size()); // else it is read 512 bytes at a time
        http::async_read(
            stream_, body_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
                if (error == http::error::body_limit) {
                    return self->refuse_body();
                }
                if (error &&
                    error.category() == http::make_error_code(http::error::bad_chunk).category() &&
                    error != http::error::end_of_stream && error != http::error::partial_message) {
                    return self->refuse({400, "bad_request", "The request cannot be read."});
                }
                if (!self->failed(error, node::Cut::body)) {
                    self->answer();
                }
            });
    }

    void answer() {
        keep_alive_ = parser_->get().keep_alive() && !shared_->draining;
        // What came after this request belongs to the next one.
        input_.assign(static_cast<const char*>(body_.data().data()), body_.size());
        node::Request request = from_http(parser_->release());
        entry_.in = request.body.size();
        parser_.reset();
        if (node::is_cheap(request.method, request.target)) {
            return respond(handle(request));
        }
        Lane& lane = node::waits_for_git_hosts(request.method, request.target)
                         ? shared_->registrations
                         : shared_->others;
        if (lane.waiting >= shared_->serving.limits.queue) {
            return refuse_busy();
        }
        try {
            queue(std::move(request), lane);
        } catch (const std::exception&) { // no memory for one more
            refuse_busy();
        }
    }

    void queue(node::Request&& request, Lane& lane) {
        stream_.lowest().expires_never(); // a registration has its own deadlines
        request_ = std::move(request);
        turn_ = Turn::waiting;
        lane.pool->run([self = shared_from_this(), &lane,
                        guard = net::make_work_guard(shared_->context)]() mutable {
            std::optional<node::Response> response = self->work();
            net::io_context& context = self->shared_->context;
            // Moved, not copied: the session must end on the I/O thread.
            net::post(context,
                      [self = std::move(self), &lane, response = std::move(response)]() mutable {
                          self->worked(lane, std::move(response));
                      });
        });
        ++lane.waiting;
        watch(lane);
    }

    /// A peer that hangs up while its request is queued soon leaves its place to others, and costs
    /// no work.
    void watch(Lane& lane) {
        delay_.expires_after(watch_pause);
        delay_.async_wait([self = shared_from_this(), &lane](error_code error) {
            if (error || self->turn_ != Turn::waiting) {
                return;
            }
            Turn waiting = Turn::waiting;
            if (self->peer_is_there()) {
                self->watch(lane);
            } else if (self->turn_.compare_exchange_strong(waiting, Turn::gone)) {
                --lane.waiting;
                self->shared_->front.cut(node::Cut::gone);
                self->request_ = {};
                self->stream_.lowest().close();
            }
        });
    }

    /// On a worker's thread.
    std::optional<node::Response> work() {
        Turn waiting = Turn::waiting;
        if (!turn_.compare_exchange_strong(waiting, Turn::taken) || !peer_is_there()) {
            return std::nullopt;
        }
        const node::Request request = std::move(request_);
        return handle(request);
    }

    void worked(Lane& lane, std::optional<node::Response>&& response) {
        if (turn_ == Turn::gone) {
            return;
        }
        --lane.waiting;
        delay_.cancel();
        const bool done = response && response->status < 300 && entry_.method != "GET";
        if (done && shared_->serving.chaos && shared_->serving.chaos->cuts()) {
            response->reason = "cut_on_purpose";
            tell(*response);
            return stream_.lowest().close();
        }
        if (!response) {
            return shared_->front.cut(node::Cut::gone);
        }
        respond(std::move(*response));
    }

    /// Running out of memory in one request must not end the others.
    node::Response handle(const node::Request& request) const {
        try {
            return shared_->service.handle(request);
        } catch (const std::exception&) {
            shared_->front.refused(500);
            return node::problem(500, "node_failure", "The node could not work on this request.");
        }
    }

    /// Asked while the I/O thread does nothing else with this connection. What the peer sent before
    /// it hung up, with TLS its farewell, may still be unread.
    bool peer_is_there() {
        pollfd peer{stream_.lowest().socket().native_handle(), POLLRDHUP, 0};
        return ::poll(&peer, 1, 0) == 0;
    }

    void respond(node::Response&& response) {
        const auto delay =
            shared_->serving.chaos ? shared_->serving.chaos->delay() : std::chrono::milliseconds{};
        if (delay.count() == 0) {
            return write(std::move(response));
        }
        if (response.reason.empty()) {
            response.reason = "late_on_purpose";
        }
        later(std::move(response), delay);
    }

    void refuse_busy() {
        shared_->front.refused(503);
        node::Response busy = node::problem(503, "busy", "The node has too much to do right now.");
        busy.headers.push_back({"Retry-After", "5"});
        later(std::move(busy), shared_->serving.limits.refusal);
    }

    /// A refusal at once would let one busy peer keep this thread answering nothing but refusals.
    void later(node::Response&& response, std::chrono::milliseconds delay) {
        stream_.lowest().expires_never();
        delay_.expires_after(delay);
        delay_.async_wait(
            [self = shared_from_this(), response = std::move(response)](error_code error) mutable {
                if (!error) {
                    self->write(std::move(response));
                }
            });
    }

    void refuse_body() {
        const auto& request = parser_->get();
        shared_->service.refused_body(
            {request.method_string().data(), request.method_string().size()},
            {request.target().data(), request.target().size()});
        refuse({413, "too_large", "The body is larger than this address takes."});
    }

    void refuse(const Refusal& refusal) {
        keep_alive_ = false;
        shared_->front.refused(refusal.status);
        write(refused(refusal));
    }

    /// Then the connection ends, without an answer: who was too slow is not owed one.
    bool failed(error_code error, node::Cut limit) const {
        if (error == beast::error::timeout) {
            shared_->front.cut(limit);
        }
        return error.failed();
    }

    /// Who asks: the peer, or whom a trusted proxy names.
    const std::string& client() const { return entry_.client.empty() ? network_ : entry_.client; }

    void tell(const node::Response& response) const {
        if (shared_->program.answered) {
            shared_->program.answered(
                {entry_.method, entry_.address.pattern, response.status, response.reason,
                 std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::steady_clock::now() - entry_.began),
                 entry_.in, response.body.size(), client(), entry_.address.subject});
        }
    }

    void write(node::Response&& response) {
        tell(response);
        response_ = to_http(std::move(response), keep_alive_);
        stream_.lowest().expires_after(shared_->serving.limits.write);
        http::async_write(stream_, response_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (self->failed(error, node::Cut::write)) {
                                  return;
                              }
                              if (self->keep_alive_) {
                                  return self->wait_for_next();
                              }
                              self->finish();
                          });
    }

    /// Closing with unread bytes would reset the connection and could take the answer with it.
    void finish() {
        stream_.lowest().expires_after(std::chrono::seconds(2));
        stream_.say_end([self = shared_from_this()] { self->discard(); });
    }

    void discard() {
        input_.resize(shared_->serving.limits.buffer_bytes);
        stream_.lowest().async_read_some(
            net::buffer(input_), [self = shared_from_this()](error_code error, std::size_t size) {
                self->discarded_ += size;
                if (!error && self->discarded_ < most_discarded) {
                    self->discard();
                }
            });
    }

    /// What the log says of a request.
    struct Entry {
        std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
        std::string method = "other";
        node::Address address{"other", ""};
        std::string client = {}; ///< whom a proxy named
        std::size_t in = 0;
    };

    Stream stream_;
    std::string network_;
    std::shared_ptr<Shared> shared_;
    net::steady_timer delay_;
    std::string input_; ///< a header, or what came after a body
    beast::flat_buffer body_{16U << 10U};
    std::optional<Parser> parser_;
    HttpResponse response_;
    node::Request request_; ///< while it is queued
    Entry entry_;
    enum class Turn { none, waiting, taken, gone };
    std::atomic<Turn> turn_ = Turn::none;
    std::size_t discarded_ = 0;
    bool keep_alive_ = true;
    bool idle_ = false;
};

} // namespace tau::vaultd
