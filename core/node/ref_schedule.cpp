#include "core/node/ref_schedule.h"

#include <algorithm>

namespace tau::node {

namespace {

constexpr std::size_t most_unsigned = 64;
/// Part of `poll` over which its looks are spread, so that hosts are not asked all at once.
constexpr int spread_part = 10;
constexpr int failures_forgiven = 2;
constexpr std::chrono::hours longest_back_off{1};
constexpr std::size_t most_polls = 6;

} // namespace

RefSchedule::RefSchedule(RefTiming timing, Instant now)
    : timing_(timing), next_poll_(now + timing.debounce) {}

/// At this time, unless it is due earlier.
void RefSchedule::put(const Key& key, Instant at, bool is_poll) {
    const auto [place, is_new] = due_.try_emplace(key, at);
    if (!is_poll) {
        polls_.erase(key);
    } else if (is_new) {
        polls_.insert(key);
    }
    if (!is_new && place->second <= at) {
        return;
    }
    if (!is_new) { // planned for later in a poll
        order_.erase({place->second, key});
        place->second = at;
    }
    order_.insert({at, key});
}

void RefSchedule::hint(const Key& key, Instant now) {
    put(key, now + timing_.debounce, false);
}

bool RefSchedule::hint_unsigned(const Key& key, Instant now) {
    if (due_.contains(key)) {
        return true;
    }
    if (unsigned_.size() >= most_unsigned ||
        unsigned_limit_.take(key.first + std::string(to_string(key.second)), now)) {
        return false;
    }
    unsigned_.insert(key);
    hint(key, now);
    return true;
}

RefSchedule::Order::const_iterator RefSchedule::earliest() const {
    const bool no_poll = taken_polls_.size() >= most_polls;
    return std::find_if(order_.begin(), order_.end(), [this, no_poll](const auto& one) {
        return !taken_.contains(one.second) && !(no_poll && polls_.contains(one.second));
    });
}

std::optional<RefSchedule::Look> RefSchedule::take(Instant now) {
    const auto first = earliest();
    if (first == order_.end() || first->first > now) {
        return std::nullopt;
    }
    Key key = first->second;
    order_.erase(first);
    due_.erase(key);
    unsigned_.erase(key);
    taken_.insert(key);
    const bool is_poll = polls_.erase(key) != 0;
    if (is_poll) {
        taken_polls_.insert(key);
    }
    return Look{std::move(key), is_poll};
}

void RefSchedule::plan_all(const std::vector<std::string>& registration_ids, Instant now) {
    const auto spread = timing_.poll / spread_part;
    next_poll_ = now + timing_.poll - spread;
    const auto count = static_cast<std::int64_t>(std::max<std::size_t>(1, registration_ids.size()));
    std::int64_t i = 0;
    for (const std::string& id : registration_ids) {
        const Instant at = now + spread * i++ / count;
        for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
            const auto failing = failing_.find({id, role});
            if (failing == failing_.end() || failing->second.retry_at <= at) {
                put({id, role}, at, true);
            }
        }
    }
}

void RefSchedule::ended(const Key& key, bool well, Instant now) {
    if (well) {
        failing_.erase(key);
        return;
    }
    Failures& failures = failing_[key];
    ++failures.in_a_row;
    const int doublings = std::clamp(failures.in_a_row - failures_forgiven, 0, 8);
    const auto pause = std::min<std::chrono::milliseconds>(
        timing_.poll * (1 << doublings),
        std::max<std::chrono::milliseconds>(longest_back_off, timing_.poll));
    // Polls are planned a little early, and never exactly then.
    failures.retry_at = doublings == 0 ? now : now + pause - timing_.poll / 2;
}

std::chrono::seconds RefSchedule::poll_hold() const {
    return std::chrono::floor<std::chrono::seconds>(timing_.poll -
                                                    2 * (timing_.poll / spread_part));
}

RefSchedule::Instant RefSchedule::next() const {
    const auto first = earliest();
    return first == order_.end() ? next_poll_ : std::min(first->first, next_poll_);
}

} // namespace tau::node
