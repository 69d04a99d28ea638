#pragma once

#include "core/flow/flow.h"

#include <condition_variable>
#include <mutex>
#include <queue>
#include <utility>

namespace tau::flow {

/// Brings views from the lanes' threads to the one that called run().
class Mailbox {
public:
    void post(std::size_t index, StepView view) {
        const std::lock_guard lock(mutex_);
        queue_.emplace(index, std::move(view));
        changed_.notify_one();
    }
    void lane_ended() {
        const std::lock_guard lock(mutex_);
        ++ended_;
        changed_.notify_one();
    }
    /// Hands every view to `take` until `lanes` of them have ended.
    template <typename Take>
    void drain(std::size_t lanes, const Take& take) {
        std::unique_lock lock(mutex_);
        while (ended_ < lanes || !queue_.empty()) {
            changed_.wait(lock, [&] { return !queue_.empty() || ended_ >= lanes; });
            while (!queue_.empty()) {
                auto [index, view] = std::move(queue_.front());
                queue_.pop();
                lock.unlock();
                take(index, std::move(view));
                lock.lock();
            }
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::queue<std::pair<std::size_t, StepView>> queue_;
    std::size_t ended_ = 0;
};

} // namespace tau::flow
