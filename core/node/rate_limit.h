#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace tau::node {

/// So many in a window of time for each key, all of them at once when none was taken for so long.
/// Callable from any thread. Remembers a bounded number of keys, of which those that have their
/// whole share again are forgotten first.
class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;
    /// 0: no limit.
    explicit RateLimit(std::uint32_t share,
                       std::chrono::nanoseconds window = std::chrono::minutes(1))
        : window_(window), share_(share) {}
    /// nullopt: taken; else how long this key must wait for its next one, at least a second.
    std::optional<std::chrono::seconds> take(const std::string& key,
                                             Time now = std::chrono::steady_clock::now());
    /// For the keys that are known, too, from their next one on.
    void set(std::uint32_t share);
    std::size_t known() const;

    static constexpr std::size_t most_known = 65536;

private:
    void forget(Time now);

    mutable std::mutex mutex_;
    const std::chrono::nanoseconds window_;
    std::uint32_t share_;
    std::map<std::string, Time, std::less<>> used_until_; ///< what was taken, as time to come
    Time forgot_;
};

} // namespace tau::node
