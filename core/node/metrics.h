#pragma once

#include "core/node/front_metrics.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tau::node {

/// What is counted. Each has one label, with few values that the program itself names: no id, no
/// address and nothing that a request can choose ever becomes a label.
enum class Counter { registrations, rotations, refusals, proofs, deliveries, ref_polls, answers };

/// How a node does, for Prometheus. Callable from any thread.
class Metrics {
public:
    void count(Counter counter, std::string_view label, std::uint64_t by = 1);
    /// How long an answer at one address took; `route` as the description names it.
    void took(std::string_view route, std::chrono::nanoseconds time);
    /// Every row was looked at, at this time (unix seconds): whether all were good.
    void scanned(std::int64_t at, bool good);
    FrontMetrics& front() { return front_; }
    /// How it is right now.
    struct State {
        std::size_t queued = 0; ///< proofs and seals that wait for a thread
        bool store_answers = true;
        std::int64_t audit_sequence = 0;
    };
    /// Text format 0.0.4.
    std::string text(const State& state) const;

private:
    static constexpr std::array<double, 10> bounds{0.001, 0.005, 0.025, 0.1, 0.25,
                                                   0.5,   1,     2.5,   5,   10}; ///< seconds
    struct Histogram {
        std::array<std::uint64_t, bounds.size()> up_to{};
        std::uint64_t all = 0;
        double seconds = 0;
    };
    FrontMetrics front_;
    mutable std::mutex mutex_;
    std::map<Counter, std::map<std::string, std::uint64_t, std::less<>>> counts_;
    std::map<std::string, Histogram, std::less<>> times_;
    std::int64_t scanned_at_ = 0; ///< 0: not yet
    bool scan_was_good_ = false;
};

} // namespace tau::node
