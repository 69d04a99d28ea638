#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iosfwd>

namespace tau::node {

/// Why the server ended a connection, or took none. All but the last are limits of its settings.
enum class Cut : std::size_t {
    connections,
    per_address,
    handshake,
    header,
    body,
    write,
    idle,
    gone ///< the peer hung up while its request was queued
};

/// What the server in front of the node counts: connections, and what it refuses by itself, which
/// never becomes a Request. Without a lock, as the thread that serves everybody counts here.
/// Callable from any thread.
class FrontMetrics {
public:
    void opened() { add(opened_); }
    void closed() { add(closed_); }
    void cut(Cut why) { add(cut_.at(static_cast<std::size_t>(why))); }
    /// Answered by the server itself, with this HTTP status.
    void refused(int status);
    /// Where the log counts the lines that it could not write; outlives this.
    void watch_log(const std::atomic<std::uint64_t>& lost) { log_lost_ = &lost; }
    /// When TLS' certificate does, in unix seconds; 0: there is none.
    void certificate_expires(std::int64_t at) { certificate_expires_ = at; }
    /// In Prometheus' text format.
    void put(std::ostream& out) const;

private:
    using Count = std::atomic<std::uint64_t>;
    static constexpr std::array statuses{400, 405, 413, 417, 421, 429, 431, 500, 503, 505};
    static void add(Count& count) { count.fetch_add(1, std::memory_order_relaxed); }

    Count opened_ = 0;
    Count closed_ = 0;
    std::atomic<const Count*> log_lost_ = nullptr;
    std::atomic<std::int64_t> certificate_expires_ = 0;
    std::array<Count, 8> cut_{};
    std::array<Count, statuses.size() + 1> refused_{}; ///< the last: any other
};

} // namespace tau::node
