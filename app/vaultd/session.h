#pragma once

// Included by server.cpp only: Boost.Beast is compiled once.

#include "app/vaultd/messages.h"
#include "app/vaultd/server.h"
#include "core/node/pool.h"

#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>

#include <map>
#include <set>
#include <sys/socket.h>

namespace tau::vaultd {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

/// Ends reading at the empty line, or at the first line feed without its carriage return.
struct HeaderEnd {
    template <typename Iterator>
    std::pair<Iterator, bool> operator()(Iterator begin, Iterator end) const {
        std::size_t seen = 0;
        char before = 0;
        char before2 = 0;
        for (Iterator at = begin; at != end; ++at, ++seen) {
            const bool bare = seen > 0 && before != '\r';
            const bool empty_line = seen > 1 && before == '\r' && before2 == '\n';
            if (*at == '\n' && (bare || empty_line)) {
                return {++at, true};
            }
            before2 = std::exchange(before, *at);
        }
        // Look again from the last three bytes: an empty line may be cut anywhere.
        for (Iterator at = begin; at != end && seen > 3; ++at, --seen) {
            begin = std::next(at);
        }
        return {begin, false};
    }
};

} // namespace tau::vaultd

namespace boost::asio {
template <>
struct is_match_condition<tau::vaultd::HeaderEnd> : std::true_type {};
} // namespace boost::asio

namespace tau::vaultd {

/// What a peer may still send after its answer, before the connection is closed regardless.
constexpr std::size_t most_discarded = 256U << 10U;

class Session;

/// Threads of their own and a bounded queue for one kind of request. Registrations wait for git
/// hosts that their owners chose, so they must not be able to hold up everything else.
struct Lane {
    explicit Lane(std::size_t threads)
        : pool(std::make_unique<node::Pool>(static_cast<unsigned>(threads))) {}
    std::size_t waiting = 0; ///< requests with the workers
    std::unique_ptr<node::Pool> pool;
};

/// Everything the sessions share, and keep alive: some end with the I/O context, after the server.
/// Used on the I/O thread only, but for the pools and `service`.
struct Shared {
    Shared(net::io_context& io, const Limits& wanted, node::Service& node,
           std::vector<std::string> names)
        : context(io), limits(wanted), service(node), hosts(std::move(names)),
          registrations(wanted.workers / 2), others(wanted.workers - wanted.workers / 2) {}
    net::io_context& context;
    const Limits limits;
    node::Service& service;
    const std::vector<std::string> hosts; ///< what a request's Host may be
    std::map<net::ip::address, std::size_t> addresses;
    std::set<Session*> sessions;
    bool draining = false;
    std::function<void()> on_last_session;
    Lane registrations;
    Lane others;
};

/// One connection: read a header, check it, read the body, answer, again.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket&& socket, net::ip::address address, std::shared_ptr<Shared> shared)
        : stream_(std::move(socket)), address_(std::move(address)), shared_(std::move(shared)),
          delay_(shared_->context) {
        shared_->sessions.insert(this);
        ++shared_->addresses[address_];
    }
    ~Session() {
        shared_->sessions.erase(this);
        if (--shared_->addresses[address_] == 0) {
            shared_->addresses.erase(address_);
        }
        if (shared_->sessions.empty() && shared_->draining && shared_->on_last_session) {
            shared_->on_last_session();
        }
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start() { read_header(); }
    /// Ends the connection if nothing is being worked on.
    void drain() {
        if (idle_) {
            stream_.close();
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
        stream_.expires_after(shared_->limits.idle);
        input_.resize(1);
        stream_.async_read_some(net::buffer(input_),
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    self->idle_ = false;
                                    if (!error) {
                                        self->read_header();
                                    }
                                });
    }

    void read_header() {
        stream_.expires_after(shared_->limits.header);
        net::async_read_until(stream_, net::dynamic_buffer(input_, shared_->limits.buffer_bytes),
                              HeaderEnd{},
                              [self = shared_from_this()](error_code error, std::size_t size) {
                                  if (error == net::error::not_found ||
                                      (!error && size > self->shared_->limits.header_bytes)) {
                                      return self->refuse({431, "header_too_large",
                                                           "The header is larger than 8 KB."});
                                  }
                                  if (!error) {
                                      self->parse_header(size);
                                  }
                              });
    }

    void parse_header(std::size_t size) {
        if (const auto refusal = check_raw_header(std::string_view(input_).substr(0, size))) {
            return refuse(*refusal);
        }
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(shared_->limits.header_bytes));
        error_code error;
        parser_->put(net::buffer(input_.data(), size), error);
        if (error == http::error::body_limit) {
            return refuse({413, "too_large", "The body is larger than this address takes."});
        }
        if (error || !parser_->is_header_done()) {
            return refuse({400, "bad_request", "The request cannot be read."});
        }
        if (const auto refusal = check_header(*parser_, shared_->hosts)) {
            return refuse(*refusal);
        }
        const auto& request = parser_->get();
        parser_->body_limit(
            node::body_limit({request.method_string().data(), request.method_string().size()},
                             {request.target().data(), request.target().size()}));
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
        stream_.expires_after(shared_->limits.write);
        net::async_write(stream_, net::buffer(go_on),
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error) {
                                 self->read_body();
                             }
                         });
    }

    void read_body() {
        if (parser_->is_done()) {
            return answer();
        }
        stream_.expires_after(shared_->limits.body);
        http::async_read(
            stream_, body_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
                if (error == http::error::body_limit) {
                    return self->refuse(
                        {413, "too_large", "The body is larger than this address takes."});
                }
                if (error == beast::error::timeout) {
                    return; // whoever drips for so long is not owed an answer
                }
                if (error &&
                    error.category() == http::make_error_code(http::error::bad_chunk).category() &&
                    error != http::error::end_of_stream && error != http::error::partial_message) {
                    return self->refuse({400, "bad_request", "The request cannot be read."});
                }
                if (!error) {
                    self->answer();
                }
            });
    }

    void answer() {
        keep_alive_ = parser_->get().keep_alive() && !shared_->draining;
        // What came after this request belongs to the next one.
        input_.assign(static_cast<const char*>(body_.data().data()), body_.size());
        node::Request request = from_http(parser_->release());
        parser_.reset();
        if (node::is_cheap(request.method, request.target)) {
            return write(handle(request));
        }
        Lane& lane = node::waits_for_git_hosts(request.method, request.target)
                         ? shared_->registrations
                         : shared_->others;
        if (lane.waiting >= shared_->limits.queue) {
            return refuse_later();
        }
        try {
            work(std::move(request), lane);
        } catch (const std::exception&) { // no memory for one more
            refuse_later();
        }
    }

    void work(node::Request&& request, Lane& lane) {
        stream_.expires_never(); // a registration has its own deadlines
        auto guard = net::make_work_guard(shared_->context);
        lane.pool->run([self = shared_from_this(), &lane, request = std::move(request),
                        guard = std::move(guard)]() mutable {
            std::optional<node::Response> response;
            if (self->peer_is_there()) {
                response = self->handle(request);
            }
            net::io_context& context = self->shared_->context;
            // Moved, not copied: the session must end on the I/O thread.
            net::post(context,
                      [self = std::move(self), &lane, response = std::move(response)]() mutable {
                          --lane.waiting;
                          if (response) {
                              self->write(std::move(*response));
                          }
                      });
        });
        ++lane.waiting;
    }

    /// Running out of memory in one request must not end the others.
    node::Response handle(const node::Request& request) const {
        try {
            return shared_->service.handle(request);
        } catch (const std::exception&) {
            return node::problem(500, "node_failure", "The node could not work on this request.");
        }
    }

    /// Asked by a worker while the I/O thread does nothing with this connection: a peer that hung
    /// up while its request was queued costs no work.
    bool peer_is_there() {
        char byte = 0;
        const auto got =
            ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    }

    /// A 503 at once would let one busy peer keep this thread answering 503.
    void refuse_later() {
        delay_.expires_after(shared_->limits.refusal);
        delay_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) {
                node::Response response =
                    node::problem(503, "busy", "The node has too much to do right now.");
                response.headers.push_back({"Retry-After", "5"});
                self->write(std::move(response));
            }
        });
    }

    void refuse(const Refusal& refusal) {
        keep_alive_ = false;
        write(refused(refusal));
    }

    void write(node::Response&& response) {
        response_ = to_http(std::move(response), keep_alive_);
        stream_.expires_after(shared_->limits.write);
        http::async_write(stream_, response_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) {
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
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream_.expires_after(std::chrono::seconds(2));
        discard();
    }

    void discard() {
        input_.resize(shared_->limits.buffer_bytes);
        stream_.async_read_some(net::buffer(input_),
                                [self = shared_from_this()](error_code error, std::size_t size) {
                                    self->discarded_ += size;
                                    if (!error && self->discarded_ < most_discarded) {
                                        self->discard();
                                    }
                                });
    }

    beast::tcp_stream stream_;
    net::ip::address address_;
    std::shared_ptr<Shared> shared_;
    net::steady_timer delay_;
    std::string input_; ///< a header, or what came after a body
    beast::flat_buffer body_{16U << 10U};
    std::optional<Parser> parser_;
    HttpResponse response_;
    std::size_t discarded_ = 0;
    bool keep_alive_ = true;
    bool idle_ = false;
};

} // namespace tau::vaultd
