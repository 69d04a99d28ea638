#include "core/node/ref_tracker.h"

#include <algorithm>

namespace tau::node {

using SteadyClock = std::chrono::steady_clock;

RefTracker::RefTracker(Store& store, Unsealer& unsealer, Repositories& repositories,
                       const Clock& clock, Log& log, RefTiming timing)
    : store_(store), unsealer_(unsealer), repositories_(repositories), clock_(clock), log_(log),
      timing_(timing), thread_([this](const std::stop_token& stop) { work(stop); }) {}

void RefTracker::hint(const std::string& registration_id, vault::Role role) {
    {
        const std::lock_guard lock(mutex_);
        // A hint while one waits changes nothing, so a flood of them cannot put off the look.
        due_.try_emplace({registration_id, role}, SteadyClock::now() + timing_.debounce);
    }
    changed_.notify_one();
}

void RefTracker::hint_all() {
    const auto ids = store_.active_ids();
    if (!ids) {
        log_.write(LogLevel::warning, "refs", ids.error().message);
        return;
    }
    for (const std::string& id : *ids) {
        hint(id, vault::Role::configuration);
        hint(id, vault::Role::code);
    }
}

void RefTracker::work(const std::stop_token& stop) {
    Instant next_poll = SteadyClock::now() + timing_.poll;
    while (!stop.stop_requested()) {
        std::optional<Key> ready;
        {
            std::unique_lock lock(mutex_);
            const auto earliest = [this] {
                return std::min_element(due_.begin(), due_.end(), [](const auto& a, const auto& b) {
                    return a.second < b.second;
                });
            };
            const auto first = earliest();
            const Instant until =
                first == due_.end() ? next_poll : std::min(first->second, next_poll);
            changed_.wait_until(lock, stop, until, [&] {
                const auto now_first = earliest();
                return now_first != due_.end() && now_first->second < until;
            });
            const auto due = earliest();
            if (due != due_.end() && due->second <= SteadyClock::now()) {
                ready = due->first;
                due_.erase(due);
            }
        }
        if (ready && !stop.stop_requested()) {
            try {
                look(*ready, stop);
            } catch (const std::exception& error) { // no memory: the next look may find some
                log_.write(LogLevel::error, "refs", error.what());
            }
        }
        if (SteadyClock::now() >= next_poll) {
            next_poll = SteadyClock::now() + timing_.poll;
            hint_all();
        }
    }
}

void RefTracker::look(const Key& key, const std::stop_token& stop) {
    const auto& [id, role] = key;
    const std::uint64_t generation = unsealer_.generation();
    const auto registration = store_.find(id);
    if (!registration || !*registration || (*registration)->state != "active") {
        return;
    }
    const StoredRepository& repository =
        (*registration)->repositories.at(static_cast<std::size_t>(role));
    const auto unsealed = unsealer_.get(id, repository, clock_.now());
    if (!unsealed) {
        log_.write(LogLevel::error, "refs", unsealed.error().message);
        return;
    }
    unsealer_.remember(id, role, *unsealed, generation);
    const auto listed =
        repositories_.list({role, repository.url, repository.host_keys, repository.default_branch,
                            &(*unsealed)->opened.deploy_scalar},
                           stop);
    if (!listed) {
        log_.write(LogLevel::warning, "refs", listed.error().message);
        return;
    }
    std::vector<vault::RefState> refs;
    for (const git::RemoteRef& ref : *listed) {
        if (ref.name.starts_with("refs/")) {
            refs.push_back({role, ref.name, ref.commit, clock_.now()});
        }
    }
    if (const auto stored = store_.set_refs(id, role, refs); !stored) {
        log_.write(LogLevel::error, "refs", stored.error().message);
    }
}

} // namespace tau::node
