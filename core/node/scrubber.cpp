#include "core/node/scrubber.h"

namespace tau::node {

namespace {

constexpr std::chrono::seconds pause{1};

} // namespace

void Scrubber::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return wanted_; })) {
        changed_.wait_for(lock, stop, pause, [] { return false; }); // until then, or the end
        wanted_ = false;
        lock.unlock();
        const bool done = database_.scrub().has_value();
        lock.lock();
        wanted_ = wanted_ || !done;
        if (stop.stop_requested()) {
            return;
        }
    }
}

} // namespace tau::node
