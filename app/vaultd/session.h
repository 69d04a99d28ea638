#pragma once

// Included by server.cpp and session*.cpp only: Boost.Beast takes long to compile.

#include "app/vaultd/messages.h"
#include "app/vaultd/shared.h"
#include "app/vaultd/stream.h"

#include <boost/beast/core.hpp>

#include <atomic>

namespace tau::vaultd {

/// One connection: read a header, check it, read the body, answer, again.
class Session : public std::enable_shared_from_this<Session> {
public:
    /// `network` has been let in by Shared::peers.
    Session(tcp::socket&& socket, std::string network, std::shared_ptr<Shared> shared);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start();
    /// Ends the connection if nothing is being worked on.
    void drain();

private:
    /// Between two requests a peer may be silent for longer than within one.
    void wait_for_next();
    /// Until then nothing is lost with the connection when the node ends.
    void wait_for_byte(node::Cut limit, std::chrono::milliseconds time);
    /// Within the time that is set already.
    void read_header();
    /// The first `size` bytes of what was read.
    void parse_header(std::size_t size);
    /// Whether it must wait before it asks again; then it is told so and nothing more is read.
    bool asks_too_often(std::optional<std::chrono::seconds> wait);
    /// Room for a body that is read or written among those of all peers; false when there is none.
    bool reserve(std::uint64_t size);
    void release();
    void promise_to_read();
    void read_body();
    void answer();
    void queue(node::Request&& request, Lane& lane);
    void start_work(Lane& lane);
    /// Its place with the workers goes to its peer's next request.
    void leave_work(Lane& lane) const;

    void leave_queue();
    /// A peer that hangs up while its request is queued soon leaves its place to others, and costs
    /// no work.
    static void watch_queue(const std::shared_ptr<Shared>& shared);
    void make_room_if_gone();

    /// On a worker's thread.
    std::optional<node::Response> work();
    void worked(Lane& lane, std::optional<node::Response>&& response);

    /// Running out of memory in one request must not end the others.
    node::Response handle(const node::Request& request) const;

    /// Asked while the I/O thread does nothing else with this connection. What the peer sent before
    /// it hung up, with TLS its farewell, may still be unread.
    bool peer_is_there();
    /// That a peer sends no more may mean that it waits for the answer (without TLS). Whether it is
    /// gone shows soon after it was sent something: the system refuses that in its name.
    void sound_out();
    void respond(node::Response&& response);
    void refuse_busy();

    /// A refusal at once would let one busy peer keep this thread answering nothing but refusals.
    void later(node::Response&& response, std::chrono::milliseconds delay);
    void refuse_body();
    void refuse(const Refusal& refusal);

    /// Then the connection ends, without an answer: who was too slow is not owed one.
    bool failed(error_code error, node::Cut limit) const;

    /// Who asks: the peer, or whom a trusted proxy names.
    const std::string& client() const;

    void tell(const node::Response& response) const;
    void write(node::Response&& response);

    /// Closing with unread bytes would reset the connection and could take the answer with it.
    void finish();
    void discard();

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
    std::vector<HttpHeader> headers_;      ///< of the request that is read
    std::optional<HttpResponse> response_; ///< while it is written
    node::Request request_;                ///< while it is queued
    Lane* lane_ = nullptr;                 ///< where
    Entry entry_;
    enum class Turn { none, waiting, taken, gone };
    std::atomic<Turn> turn_ = Turn::none;
    std::atomic<bool> sounded_out_ = false;
    std::uint64_t reserved_ = 0; ///< of Shared::body_bytes
    std::size_t discarded_ = 0;
    bool keep_alive_ = true;
    bool idle_ = false;
};

} // namespace tau::vaultd
