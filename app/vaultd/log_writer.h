#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tau::vaultd {

/// Writes lines to a file descriptor, on a thread of its own: a log that cannot be written, because
/// its disk is full, or its reader has gone or only stopped, holds nobody up. What finds no room
/// meanwhile is lost and counted. Callable from any thread.
class LogWriter {
public:
    /// `tell` makes the line that says how many were lost; it stands before the next one that is
    /// written.
    LogWriter(int fd, std::function<std::string(std::uint64_t lost)> tell);
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;
    /// Waits a second at most for what is not written yet.
    ~LogWriter();
    /// A line with its end.
    void put(std::string line);
    /// How many were lost in all.
    const std::atomic<std::uint64_t>& lost() const;

private:
    struct State;
    const std::shared_ptr<State> state_;
};

} // namespace tau::vaultd
