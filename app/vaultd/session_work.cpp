// A request's way to the workers and back.

#include "app/vaultd/session.h"

#include <boost/asio/post.hpp>
#include <poll.h>
#include <sys/socket.h>

namespace tau::vaultd {

namespace {

/// How often the peers of queued requests are looked at, for their places; each is once more before
/// the work.
constexpr std::chrono::seconds watch_pause{1};

} // namespace

void Session::queue(node::Request&& request, Lane& lane) {
    stream_.lowest().expires_never(); // a registration has its own deadlines
    request_ = std::move(request);
    turn_ = Turn::waiting;
    lane_ = &lane;
    shared_->queued.insert(this);
    ++lane.waiting;
    try {
        if (lane.has_room_for(client())) {
            start_work(lane);
        } else {
            lane.park(client(), shared_from_this());
        }
        if (shared_->queued.size() == 1) {
            watch_queue(shared_);
        }
    } catch (const std::exception&) { // no memory for it
        leave_queue();
        turn_ = Turn::none;
        throw;
    }
}

void Session::leave_queue() {
    --lane_->waiting;
    shared_->queued.erase(this);
    if (shared_->queued.empty()) {
        shared_->queue_watch.cancel(); // the node may be about to end
    }
}

void Session::start_work(Lane& lane) {
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
    lane.began(client());
}

void Session::leave_work(Lane& lane) const {
    const std::shared_ptr<Session> next = lane.ended(client());
    if (!next) {
        return;
    }
    try {
        next->start_work(lane);
    } catch (const std::exception&) { // no memory for it
        next->leave_queue();
        next->turn_ = Turn::none;
        next->refuse_busy();
    }
}

/// One look at all of them: a timer for each would take the core from the workers some hundred
/// times a second.
void Session::watch_queue(const std::shared_ptr<Shared>& shared) {
    shared->queue_watch.expires_after(watch_pause);
    shared->queue_watch.async_wait([shared](error_code error) {
        if (error) {
            return;
        }
        std::vector<std::shared_ptr<Session>> queued;
        for (Session* const session : shared->queued) {
            queued.push_back(session->shared_from_this());
        }
        for (const auto& session : queued) {
            session->make_room_if_gone();
        }
        if (!shared->queued.empty()) {
            watch_queue(shared);
        }
    });
}

void Session::make_room_if_gone() {
    Turn waiting = Turn::waiting;
    if (turn_ != Turn::waiting || peer_is_there() ||
        !turn_.compare_exchange_strong(waiting, Turn::gone)) {
        return;
    }
    leave_queue();
    lane_->leave(client(), shared_from_this());
    shared_->front.cut(node::Cut::gone);
    request_ = {};
    stream_.lowest().close();
}

std::optional<node::Response> Session::work() {
    Turn waiting = Turn::waiting;
    if (!turn_.compare_exchange_strong(waiting, Turn::taken) || !peer_is_there()) {
        return std::nullopt;
    }
    const node::Request request = std::move(request_);
    return handle(request);
}

void Session::worked(Lane& lane, std::optional<node::Response>&& response) {
    leave_work(lane);
    if (turn_ == Turn::gone) {
        return;
    }
    leave_queue();
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

node::Response Session::handle(const node::Request& request) const {
    try {
        return shared_->service.handle(request);
    } catch (const std::exception&) {
        shared_->front.refused(500);
        return node::problem(500, "node_failure", "The node could not work on this request.");
    }
}

bool Session::peer_is_there() {
    pollfd peer{stream_.lowest().socket().native_handle(), POLLRDHUP, 0};
    const auto events = [&peer] {
        ::poll(&peer, 1, 0);
        return peer.revents;
    };
    if (events() == POLLRDHUP && !stream_.has_tls()) {
        sound_out();
        return events() == POLLRDHUP;
    }
    return peer.revents == 0;
}

void Session::sound_out() {
    if (!sounded_out_.exchange(true)) {
        // Every client takes this before its answer (RFC 9110, 15.2). No room for it: none will do.
        constexpr std::string_view wait = "HTTP/1.1 100 Continue\r\n\r\n";
        ::send(stream_.lowest().socket().native_handle(), wait.data(), wait.size(),
               MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

} // namespace tau::vaultd
