#pragma once

#include "core/node/database.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tau::node {

/// Takes what was erased off the disk soon after, on a thread of its own: rewriting the database's
/// files costs about as much as a registration, and once serves all that came within a second.
class Scrubber {
public:
    /// `database` outlives it.
    explicit Scrubber(Database& database)
        : database_(database), thread_([this](const std::stop_token& stop) { work(stop); }) {}
    Scrubber(const Scrubber&) = delete;
    Scrubber& operator=(const Scrubber&) = delete;

    /// Something was erased.
    void request() {
        {
            const std::lock_guard lock(mutex_);
            ++requested_;
        }
        changed_.notify_one();
    }

    /// Whether all that was requested is off the disk.
    bool is_done() {
        const std::lock_guard lock(mutex_);
        return done_ == requested_;
    }

private:
    void work(const std::stop_token& stop);

    Database& database_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t requested_ = 0;
    std::uint64_t done_ = 0; ///< of those
    std::jthread thread_;    // last: it uses the members above
};

} // namespace tau::node
