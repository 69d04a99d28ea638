#pragma once

#include "tests/bench/node_setting.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tau::bench {

/// What became of a load.
struct Served {
    double seconds = 0;
    std::size_t done = 0;
    std::size_t busy = 0;          ///< answered 429 or 503
    std::vector<double> latencies; ///< of what was done, milliseconds from sending to the answer
    double p99() const;
};

/// Registers over that many connections at once, each with its next as soon as one is answered,
/// also when the answer was that the node is busy. Counts what is answered after `warm_up`.
/// `meanwhile` is called every few milliseconds.
Served put_load(
    NodeSetting& setting, std::uint16_t port, std::size_t connections,
    std::chrono::milliseconds warm_up, std::chrono::milliseconds time,
    const std::function<void()>& meanwhile = [] {});

} // namespace tau::bench
