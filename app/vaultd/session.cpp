#include "app/vaultd/session.h"

#include "app/vaultd/header_end.h"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <limits>
#include <utility>

namespace tau::vaultd {

namespace {

/// What a peer may still send after its answer, before the connection is closed regardless.
constexpr std::size_t most_discarded = 256U << 10U;
/// What is read at once of a header; most are smaller.
constexpr std::size_t header_read = 2048;
/// Answers up to this are bounded by the number of connections.
constexpr std::size_t small_answer = 16U << 10U;

} // namespace

Session::Session(tcp::socket&& socket, std::string network, std::shared_ptr<Shared> shared)
    : stream_(std::move(socket), shared->tls()), network_(std::move(network)),
      shared_(std::move(shared)), delay_(shared_->context) {
    shared_->sessions.insert(this);
    shared_->front.opened();
}

Session::~Session() {
    release();
    shared_->sessions.erase(this);
    shared_->queued.erase(this);
    shared_->front.closed();
    shared_->peers.leave(network_);
    if (shared_->sessions.empty() && shared_->draining && shared_->on_last_session) {
        shared_->on_last_session();
    }
}

void Session::start() {
    idle_ = true;
    stream_.lowest().expires_after(shared_->serving.limits.handshake);
    stream_.handshake([self = shared_from_this()](error_code error) {
        if (!self->failed(error, node::Cut::handshake)) {
            self->wait_for_byte(node::Cut::header, self->shared_->serving.limits.header);
        }
    });
}

void Session::drain() {
    if (idle_) {
        stream_.lowest().close();
    }
}

void Session::wait_for_next() {
    if (!input_.empty() && !shared_->draining) {
        stream_.lowest().expires_after(shared_->serving.limits.header);
        return read_header();
    }
    wait_for_byte(node::Cut::idle, shared_->serving.limits.idle);
}

void Session::wait_for_byte(node::Cut limit, std::chrono::milliseconds time) {
    if (shared_->draining) {
        return finish();
    }
    idle_ = true;
    stream_.lowest().expires_after(time);
    input_.resize(header_read);
    stream_.async_read_some(net::buffer(input_), [self = shared_from_this(),
                                                  limit](error_code error, std::size_t size) {
        self->idle_ = false;
        if (self->failed(error, limit)) {
            return;
        }
        self->input_.resize(size);
        if (limit == node::Cut::idle) { // else its time runs already
            self->stream_.lowest().expires_after(self->shared_->serving.limits.header);
        }
        self->read_header();
    });
}

void Session::read_header() {
    input_.reserve(header_read);
    net::async_read_until(
        stream_, net::dynamic_buffer(input_, shared_->serving.limits.buffer_bytes), HeaderEnd{},
        [self = shared_from_this()](error_code error, std::size_t size) {
            const Shared& shared = *self->shared_;
            const bool too_large = error == net::error::not_found ||
                                   (!error && size > shared.serving.limits.header_bytes);
            if (!too_large && self->failed(error, node::Cut::header)) {
                return;
            }
            self->entry_ = Entry{};
            // Whatever it asks, and however badly, counts; for whom a proxy asks is not known yet.
            if (!shared.peers.is_proxy(self->network_) &&
                self->asks_too_often(self->shared_->peers.ask(self->network_))) {
                return;
            }
            if (too_large) {
                return self->refuse({431, "header_too_large", "The header is larger than 8 KB."});
            }
            self->parse_header(size);
        });
}

bool Session::asks_too_often(std::optional<std::chrono::seconds> wait) {
    if (wait) {
        keep_alive_ = false;
        shared_->front.refused(429);
        later(node::too_many("Your address asks the node for too much.", *wait),
              shared_->serving.limits.refusal);
    }
    return wait.has_value();
}

bool Session::reserve(std::uint64_t size) {
    if (size > shared_->serving.limits.body_bytes - shared_->body_bytes) {
        return false;
    }
    reserved_ = size;
    shared_->body_bytes += size;
    return true;
}

void Session::release() {
    shared_->body_bytes -= std::exchange(reserved_, 0);
}

void Session::parse_header(std::size_t size) {
    if (const auto refusal = check_raw_header(std::string_view(input_).substr(0, size))) {
        return refuse(*refusal);
    }
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->serving.limits.header_bytes));
    // Its bound is set when it is known what is asked.
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
    error_code error;
    parser_->put(net::buffer(input_.data(), size), error);
    if (error || !parser_->is_header_done()) {
        return refuse({400, "bad_request", "The request cannot be read."});
    }
    if (const auto refusal = check_header(*parser_, shared_->hosts)) {
        return refuse(*refusal);
    }
    const auto& request = parser_->get();
    parser_->get().target(std::string(destination_of(request).target));
    headers_ = headers_of(request);
    const std::string_view method(request.method_string().data(), request.method_string().size());
    const std::string_view target(request.target().data(), request.target().size());
    entry_.method = std::string(method);
    entry_.address = node::address_of(target);
    if (shared_->peers.is_proxy(network_)) {
        entry_.client = forwarded_for(request);
        if (asks_too_often(shared_->peers.ask(client()))) {
            return;
        }
    }
    if (node::is_costly(method, target) && asks_too_often(shared_->peers.ask_costly(client()))) {
        return;
    }
    const std::size_t limit = shared_->service.most_read(method, target);
    if (parser_->content_length().value_or(0) > limit) {
        return refuse_body();
    }
    parser_->body_limit(limit);
    if (!reserve(parser_->chunked() ? limit : parser_->content_length().value_or(0))) {
        keep_alive_ = false;
        return refuse_busy();
    }
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

void Session::promise_to_read() {
    static const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.lowest().expires_after(shared_->serving.limits.write);
    net::async_write(stream_, net::buffer(go_on),
                     [self = shared_from_this()](error_code error, std::size_t) {
                         if (!self->failed(error, node::Cut::write)) {
                             self->read_body();
                         }
                     });
}

void Session::read_body() {
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

void Session::answer() {
    keep_alive_ = parser_->get().keep_alive() && !shared_->draining;
    // What came after this request belongs to the next one.
    input_.assign(static_cast<const char*>(body_.data().data()), body_.size());
    node::Request request = from_http(parser_->release(), std::move(headers_));
    entry_.in = request.body.size();
    parser_.reset();
    if (node::is_cheap(request.method, request.target)) {
        return respond(handle(request));
    }
    Lane& lane = node::waits_for_git_hosts(request.method, request.target) ? shared_->registrations
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

void Session::respond(node::Response&& response) {
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

void Session::refuse_busy() {
    shared_->front.refused(503);
    node::Response busy = node::problem(503, "busy", "The node has too much to do right now.");
    busy.headers.push_back({"Retry-After", "5"});
    later(std::move(busy), shared_->serving.limits.refusal);
}

void Session::later(node::Response&& response, std::chrono::milliseconds delay) {
    stream_.lowest().expires_never();
    delay_.expires_after(delay);
    delay_.async_wait(
        [self = shared_from_this(), response = std::move(response)](error_code error) mutable {
            if (!error) {
                self->write(std::move(response));
            }
        });
}

void Session::refuse_body() {
    const auto& request = parser_->get();
    shared_->service.refused_body({request.method_string().data(), request.method_string().size()},
                                  {request.target().data(), request.target().size()});
    refuse({413, "too_large", "The body is larger than this address takes."});
}

void Session::refuse(const Refusal& refusal) {
    keep_alive_ = false;
    shared_->front.refused(refusal.status);
    write(refused(refusal));
}

bool Session::failed(error_code error, node::Cut limit) const {
    if (error == beast::error::timeout) {
        shared_->front.cut(limit);
    }
    return error.failed();
}

const std::string& Session::client() const {
    return entry_.client.empty() ? network_ : entry_.client;
}

void Session::tell(const node::Response& response) const {
    if (shared_->program.answered) {
        shared_->program.answered(
            {entry_.method, entry_.address.pattern, response.status, response.reason,
             std::chrono::duration_cast<std::chrono::microseconds>(
                 std::chrono::steady_clock::now() - entry_.began),
             entry_.in, response.body.size(), client(), entry_.address.subject});
    }
}

void Session::write(node::Response&& response) {
    release();
    // What was done must not be taken back for want of room, and who watches the node is to see it.
    const bool may_wait =
        entry_.method == "GET" && !node::is_cheap(entry_.method, entry_.address.pattern);
    if (may_wait && response.body.size() > small_answer && !reserve(response.body.size())) {
        return refuse_busy();
    }
    tell(response);
    response_.emplace(to_http(std::move(response), keep_alive_));
    stream_.lowest().expires_after(shared_->serving.limits.write);
    http::async_write(stream_, *response_,
                      [self = shared_from_this()](error_code error, std::size_t) {
                          if (self->failed(error, node::Cut::write)) {
                              return;
                          }
                          self->response_.reset(); // the connection may be idle for long
                          self->release();
                          if (self->keep_alive_) {
                              return self->wait_for_next();
                          }
                          self->finish();
                      });
}

void Session::finish() {
    stream_.lowest().expires_after(std::chrono::seconds(2));
    stream_.say_end([self = shared_from_this()] { self->discard(); });
}

void Session::discard() {
    input_.resize(shared_->serving.limits.buffer_bytes);
    stream_.lowest().async_read_some(
        net::buffer(input_), [self = shared_from_this()](error_code error, std::size_t size) {
            self->discarded_ += size;
            if (!error && self->discarded_ < most_discarded) {
                self->discard();
            }
        });
}

} // namespace tau::vaultd
