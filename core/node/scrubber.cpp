#include "core/node/scrubber.h"

namespace tau::node {

namespace {

constexpr std::chrono::seconds pause{1};

} // namespace

void Scrubber::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return done_ != requested_; })) {
        changed_.wait_for(lock, stop, pause, [] { return false; }); // until then, or the end
        const std::uint64_t these = requested_;
        lock.unlock();
        const bool done = database_.scrub().has_value();
        lock.lock();
        done_ = done ? these : done_;
        if (stop.stop_requested()) {
            return;
        }
    }
}

} // namespace tau::node
