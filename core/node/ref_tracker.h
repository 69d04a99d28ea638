#pragma once

#include "core/node/known_registrations.h"
#include "core/node/metrics.h"
#include "core/node/ref_schedule.h"
#include "core/node/repositories.h"
#include "core/node/unsealer.h"
#include "core/ports.h"

#include <condition_variable>
#include <set>
#include <thread>

namespace tau::node {

/// Why a look at a repository told nothing.
struct LookFailure {
    Error error;
    bool own = false; ///< this node's own trouble, which says nothing of the repository
};

template <typename Value>
using Looked = tl::expected<Value, LookFailure>;

/// Asks the repositories themselves which commits their refs are at, after a webhook's hint and
/// every so often, on a few threads of its own: a host that hangs holds up one of them.
class RefTracker {
public:
    RefTracker(Store& store, KnownRegistrations& known, Unsealer& unsealer,
               Repositories& repositories, Metrics& metrics, const Clock& clock, Log& log,
               RefTiming timing);
    RefTracker(const RefTracker&) = delete;
    RefTracker& operator=(const RefTracker&) = delete;
    ~RefTracker();
    /// Looks at nothing more, and lets nobody wait. Who asks a git host waits until `repositories`
    /// stop.
    void stop();

    /// Something may have changed there.
    void hint(const std::string& registration_id, vault::Role role);
    /// The same from a delivery that was not read, so that nobody knows whether it was signed.
    void hint_unsigned(const std::string& registration_id, vault::Role role);
    /// Asks now, on the caller's thread, and notes what it learns: the repository's refs.
    /// `not_found` when the registration is not active, `conflict` when somebody else is asking
    /// the same repository for longer than a moment.
    Looked<std::vector<vault::RefState>> ask(const std::string& registration_id, vault::Role role,
                                             Instant until);
    /// Those of the commits that are neither at nor below one of these refs' branches. Tips are
    /// known; about all that are below them the repository is asked once for the branches that
    /// are followed, and once more for the others if that leaves some.
    Looked<std::set<std::string>> missing(const std::string& registration_id, vault::Role role,
                                          const std::vector<vault::RefState>& refs,
                                          std::set<std::string> commits, Instant until);

private:
    using Key = RefSchedule::Key;
    class Turn;
    void work(const std::stop_token& stop);
    /// The repository to look at next, once it is due; plans the polls. nullopt: stopped.
    std::optional<RefSchedule::Look> wait_for_next(const std::stop_token& stop);
    void look(const RefSchedule::Look& due);
    bool is_for_others(const RefSchedule::Look& due);
    void plan_all();
    void tell(const Key& key, const LookFailure& failure);
    /// nullopt: the registration is not active, which is no failure of the repository.
    Looked<std::optional<std::vector<vault::RefState>>> ask_in_turn(const Key& key, Instant until);
    /// A registration's repository and its key, opened; both live as long as the object.
    struct Opened {
        StoredRepository repository;
        std::shared_ptr<const Unsealed> unsealed;
        Login login(Instant until) const;
    };
    /// nullopt: the registration is not active.
    Looked<std::optional<Opened>> open(const Key& key);
    /// The branches that matter, as refs: the default one and those that deployments follow.
    Looked<std::set<std::string>> watched(const std::string& registration_id,
                                          const StoredRepository& repository);
    /// Marks those of them that moved to a history without the commit they were last at, or to one
    /// that cannot be read. Fails when asking again later may tell: until then the old commits
    /// stand.
    Looked<void> mark_forced(const Key& key, const Opened& opened,
                             const std::set<std::string>& followed,
                             std::vector<vault::RefState>& refs, Instant until);

    Store& store_;
    KnownRegistrations& known_;
    Unsealer& unsealer_;
    Repositories& repositories_;
    Metrics& metrics_;
    const Clock& clock_;
    Log& log_;
    std::mutex idle_; ///< one idle thread waits for the schedule, the others for this: one wakes
    std::mutex mutex_;
    std::condition_variable_any changed_; ///< the schedule
    RefSchedule schedule_;
    std::stop_source stopping_;
    std::vector<std::jthread> threads_; // last: they use the members above
};

} // namespace tau::node
