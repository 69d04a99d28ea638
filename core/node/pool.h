#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace tau::node {

/// A fixed number of threads for work that costs CPU, so that many requests at once do not slow
/// each other down more than needed. First come, first served. What is still queued when the pool
/// goes is not done: whoever waits for it gets a broken_promise.
class Pool {
public:
    explicit Pool(unsigned threads) {
        for (unsigned i = 0; i < std::max(1U, threads); ++i) {
            threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
        }
    }
    ~Pool() {
        for (std::jthread& thread : threads_) {
            thread.request_stop();
        }
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    template <typename Work>
    auto run(Work work) -> std::future<decltype(work())> {
        auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
        auto future = task->get_future();
        {
            const std::lock_guard lock(mutex_);
            queue_.emplace_back([task] { (*task)(); });
        }
        ready_.notify_one();
        return future;
    }

    /// How many wait for a thread.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return queue_.size();
    }

private:
    void work(const std::stop_token& stop) {
        for (;;) {
            std::function<void()> next;
            {
                std::unique_lock lock(mutex_);
                if (!ready_.wait(lock, stop, [this] { return !queue_.empty(); }) ||
                    stop.stop_requested()) {
                    return;
                }
                next = std::move(queue_.front());
                queue_.pop_front();
            }
            next();
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable_any ready_;
    std::deque<std::function<void()>> queue_;
    std::vector<std::jthread> threads_; // last: they use the members above
};

} // namespace tau::node
