#pragma once

#include "core/node/metrics.h"
#include "core/node/repositories.h"
#include "core/node/unsealer.h"
#include "core/ports.h"

#include <condition_variable>
#include <map>
#include <thread>

namespace tau::node {

struct RefTiming {
    std::chrono::milliseconds debounce{2000};                 ///< hints within it cause one look
    std::chrono::milliseconds poll{std::chrono::minutes(15)}; ///< hosts lose webhooks
};

/// Asks the repositories themselves which commits their refs are at, after a webhook's hint and
/// every so often, on a thread of its own.
class RefTracker {
public:
    RefTracker(Store& store, Unsealer& unsealer, Repositories& repositories, Metrics& metrics,
               const Clock& clock, Log& log, RefTiming timing);
    RefTracker(const RefTracker&) = delete;
    RefTracker& operator=(const RefTracker&) = delete;

    /// Something may have changed there.
    void hint(const std::string& registration_id, vault::Role role);
    /// Asks now, on the caller's thread, and notes what it learns: the repository's refs.
    /// `not_found` when the registration is not active.
    Result<std::vector<vault::RefState>> ask(const std::string& registration_id, vault::Role role,
                                             const std::stop_token& stop);
    /// Whether the commit is at or below one of these refs' branches. Tips are known; below them
    /// the repository is asked.
    Result<bool> knows(const std::string& registration_id, vault::Role role,
                       const std::vector<vault::RefState>& refs, const std::string& commit,
                       const std::stop_token& stop);

private:
    using Key = std::pair<std::string, vault::Role>;
    using Instant = std::chrono::steady_clock::time_point;
    void work(const std::stop_token& stop);
    void hint_all();
    /// A registration's repository and its key, opened; both live as long as the object.
    struct Opened {
        StoredRepository repository;
        std::shared_ptr<const Unsealed> unsealed;
        Login login() const;
    };
    Result<Opened> open(const Key& key);
    /// Marks the branches that matter and moved to a history without the commit they were at.
    void mark_forced(const Key& key, const Opened& opened, std::vector<vault::RefState>& refs,
                     const std::stop_token& stop);

    Store& store_;
    Unsealer& unsealer_;
    Repositories& repositories_;
    Metrics& metrics_;
    const Clock& clock_;
    Log& log_;
    RefTiming timing_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<Key, Instant> due_;
    std::jthread thread_; // last: it uses the members above
};

} // namespace tau::node
