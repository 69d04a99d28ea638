#include "core/node/rate_limit.h"

#include <algorithm>

namespace tau::node {

std::optional<std::chrono::seconds> RateLimit::take(const std::string& key, Time now) {
    const std::lock_guard lock(mutex_);
    if (share_ == 0) {
        return std::nullopt;
    }
    const auto known = used_until_.find(key);
    const Time used = known == used_until_.end() ? now : std::max(known->second, now);
    const Time after = used + window_ / share_;
    if (after > now + window_) {
        return std::chrono::ceil<std::chrono::seconds>(after - now - window_);
    }
    if (known != used_until_.end()) {
        known->second = after;
        return std::nullopt;
    }
    if (used_until_.size() >= most_known) {
        forget(now);
    }
    used_until_.emplace(key, after);
    return std::nullopt;
}

/// Looking at all of them takes time, so that a flood of new keys makes it happen once a second;
/// in between, some key is forgotten early.
void RateLimit::forget(Time now) {
    if (now >= forgot_ + std::chrono::seconds(1)) {
        forgot_ = now;
        std::erase_if(used_until_, [now](const auto& entry) { return entry.second <= now; });
    }
    if (used_until_.size() >= most_known) {
        used_until_.erase(used_until_.begin());
    }
}

void RateLimit::set(std::uint32_t share) {
    const std::lock_guard lock(mutex_);
    share_ = share;
}

std::size_t RateLimit::known() const {
    const std::lock_guard lock(mutex_);
    return used_until_.size();
}

} // namespace tau::node
