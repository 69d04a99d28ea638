#pragma once

#include "core/base/result.h"

#include <chrono>
#include <mutex>
#include <random>
#include <string>

namespace tau::vaultd {

/// A node that makes trouble on purpose, within the protocol, so that clients are tested against
/// what they will meet. One seed is one sequence of troubles. Callable from any thread.
class Chaos {
public:
    struct Shares {
        unsigned refused = 5; ///< of good challenges, in percent
        unsigned delayed = 5; ///< of answers
        unsigned cut = 2;     ///< of connections, when what was asked has just been done
    };

    /// "SEED", or "SEED:REFUSED:DELAYED:CUT" with other shares.
    static Result<Shares> parse(const std::string& text, std::uint64_t& seed);
    Chaos(std::uint64_t seed, const Shares& shares) : shares_(shares), random_(seed) {}

    bool refuses() { return happens(shares_.refused); }
    /// By which an answer is held back, 0 to 3 seconds.
    std::chrono::milliseconds delay();
    bool cuts() { return happens(shares_.cut); }

private:
    bool happens(unsigned share);

    const Shares shares_;
    std::mutex mutex_;
    std::mt19937_64 random_;
};

} // namespace tau::vaultd
