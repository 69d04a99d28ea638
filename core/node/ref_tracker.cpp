#include "core/node/ref_tracker.h"

#include <algorithm>
#include <set>

namespace tau::node {

using SteadyClock = std::chrono::steady_clock;

namespace {

const std::string branch_prefix = "refs/heads/";
/// More branches than this are not fetched to look for a commit.
constexpr std::size_t most_branches = 256;

} // namespace

RefTracker::RefTracker(Store& store, Unsealer& unsealer, Repositories& repositories,
                       Metrics& metrics, const Clock& clock, Log& log, RefTiming timing)
    : store_(store), unsealer_(unsealer), repositories_(repositories), metrics_(metrics),
      clock_(clock), log_(log), timing_(timing),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

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
                const auto asked = ask(ready->first, ready->second, stop);
                if (!asked && asked.error().code != ErrorCode::not_found) {
                    log_.write(LogLevel::warning, "refs", asked.error().message);
                }
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

Login RefTracker::Opened::login() const {
    return {repository.role,
            repository.url,
            repository.host_keys,
            repository.default_branch,
            &unsealed->opened.deploy_scalar,
            {}};
}

Result<RefTracker::Opened> RefTracker::open(const Key& key) {
    const auto& [id, role] = key;
    const std::uint64_t generation = unsealer_.generation();
    auto registration = store_.find(id);
    if (!registration) {
        return fail(registration.error());
    }
    if (!*registration || (*registration)->state != "active") {
        return fail(ErrorCode::not_found, "The registration has ended.");
    }
    StoredRepository& repository = (*registration)->repositories.at(static_cast<std::size_t>(role));
    auto unsealed = unsealer_.get(id, repository, clock_.now());
    if (!unsealed) {
        return fail(unsealed.error());
    }
    unsealer_.remember(id, role, *unsealed, generation);
    return Opened{std::move(repository), std::move(*unsealed)};
}

Result<std::vector<vault::RefState>>
RefTracker::ask(const std::string& registration_id, vault::Role role, const std::stop_token& stop) {
    const Key key{registration_id, role};
    const auto opened = open(key);
    if (!opened) {
        return fail(opened.error());
    }
    const auto listed = repositories_.list(opened->login(), stop);
    metrics_.count(Counter::ref_polls, listed ? "answered" : "failed");
    if (!listed) {
        return fail(listed.error());
    }
    std::vector<vault::RefState> refs;
    for (const git::RemoteRef& ref : *listed) {
        if (ref.name.starts_with("refs/")) {
            refs.push_back({role, ref.name, ref.commit, clock_.now()});
        }
    }
    mark_forced(key, *opened, refs, stop);
    if (const auto stored = store_.set_refs(registration_id, role, refs); !stored) {
        return fail(stored.error());
    }
    return refs;
}

void RefTracker::mark_forced(const Key& key, const Opened& opened,
                             std::vector<vault::RefState>& refs, const std::stop_token& stop) {
    const auto before = store_.refs(key.first);
    const auto deployments = store_.deployments(key.first);
    if (!before || !deployments) {
        return;
    }
    std::set<std::string> watched{branch_prefix + opened.repository.default_branch};
    for (const vault::Deployment& row : *deployments) {
        if (row.repository == key.second && !row.branch.empty()) {
            watched.insert(branch_prefix + row.branch);
        }
    }
    for (vault::RefState& ref : refs) {
        const auto old =
            std::find_if(before->begin(), before->end(), [&](const vault::RefState& one) {
                return one.repository == key.second && one.ref == ref.ref;
            });
        if (old == before->end()) {
            continue;
        }
        ref.forced_at = old->forced_at;
        if (old->commit == ref.commit || !watched.contains(ref.ref)) {
            continue;
        }
        const auto kept = repositories_.has_commit(
            opened.login(), {ref.ref.substr(branch_prefix.size())}, old->commit, stop);
        if (kept && !*kept) {
            ref.forced_at = ref.observed_at;
            metrics_.count(Counter::ref_polls, "forced");
            log_.write(LogLevel::warning, "refs", "A branch was moved to another history.");
        }
    }
}

Result<bool> RefTracker::knows(const std::string& registration_id, vault::Role role,
                               const std::vector<vault::RefState>& refs, const std::string& commit,
                               const std::stop_token& stop) {
    std::vector<std::string> branches;
    for (const vault::RefState& ref : refs) {
        if (ref.repository == role && ref.commit == commit) {
            return true;
        }
        if (ref.repository == role && ref.ref.starts_with(branch_prefix) &&
            ref.ref != branch_prefix + std::string(vault::claim_branch) &&
            branches.size() < most_branches) {
            branches.push_back(ref.ref.substr(branch_prefix.size()));
        }
    }
    if (branches.empty()) {
        return false;
    }
    const auto opened = open({registration_id, role});
    return opened ? repositories_.has_commit(opened->login(), branches, commit, stop)
                  : Result<bool>(fail(opened.error()));
}

} // namespace tau::node
