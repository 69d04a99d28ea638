#include "core/node/ref_tracker.h"

#include <algorithm>
#include <array>

namespace tau::node {

using SteadyClock = std::chrono::steady_clock;

namespace {

const std::string branch_prefix = "refs/heads/";
/// More branches than this are not fetched to look for a commit.
constexpr std::size_t most_branches = 256;
constexpr int looks_at_once = 8;
/// How long one who asks waits for another's look: about as long as one at a host that is well.
constexpr std::chrono::seconds moment{2};

/// "" for what is no branch.
std::string branch_of(const std::string& ref) {
    return ref.starts_with(branch_prefix) ? ref.substr(branch_prefix.size()) : "";
}

/// Whether the same question may be answered next time. The rest is in what the repository holds or
/// how its host behaves, so somebody may want it to stay unanswered.
bool passes(const Error& error) {
    switch (error.code) {
    case ErrorCode::limit_exceeded:
    case ErrorCode::timeout:
    case ErrorCode::corrupt:
    case ErrorCode::internal:
        return false;
    default:
        return true;
    }
}

tl::unexpected<LookFailure> refuse(ErrorCode code, const std::string& sentence) {
    return tl::unexpected<LookFailure>(LookFailure{{code, sentence, {}, {}}});
}

tl::unexpected<LookFailure> has_ended() {
    return refuse(ErrorCode::not_found, "The registration has ended.");
}

/// Of the store or the keys in it.
tl::unexpected<LookFailure> own(const Error& error) {
    return tl::unexpected<LookFailure>(LookFailure{error, true});
}

/// Of what a git host was asked.
tl::unexpected<LookFailure> hosted(const Error& error) {
    return tl::unexpected<LookFailure>(
        LookFailure{error, error.code == ErrorCode::io || error.code == ErrorCode::cancelled});
}

} // namespace

RefTracker::RefTracker(Store& store, KnownRegistrations& known, Unsealer& unsealer,
                       Repositories& repositories, Metrics& metrics, const Clock& clock, Log& log,
                       RefTiming timing)
    : store_(store), known_(known), unsealer_(unsealer), repositories_(repositories),
      metrics_(metrics), clock_(clock), log_(log), schedule_(timing, SteadyClock::now()) {
    for (int i = 0; i < looks_at_once; ++i) {
        threads_.emplace_back([this, i](const std::stop_token& stop) {
            if (i == 0) {
                (void)known_.read_all(); // else with the first poll
            }
            work(stop);
        });
    }
}

RefTracker::~RefTracker() {
    stop();
}

void RefTracker::stop() {
    stopping_.request_stop();
    for (std::jthread& thread : threads_) {
        thread.request_stop(); // all of them, before the first is waited for
    }
}

/// A repository is this thread's until it goes.
class RefTracker::Turn {
public:
    /// One that take() gave.
    Turn(RefTracker& tracker, Key key) : tracker_(tracker), key_(std::move(key)) {}
    /// Waits for it, a moment.
    Turn(RefTracker& tracker, Key key, Instant until) : Turn(tracker, std::move(key)) {
        std::unique_lock lock(tracker_.mutex_);
        owns_ = tracker_.changed_.wait_until(lock, tracker_.stopping_.get_token(),
                                             std::min(until, SteadyClock::now() + moment),
                                             [this] { return tracker_.schedule_.begin(key_); });
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (owns_) {
            const std::lock_guard lock(tracker_.mutex_);
            tracker_.schedule_.done(key_);
            tracker_.changed_.notify_all();
        }
    }

    bool is_mine() const { return owns_; }

private:
    RefTracker& tracker_;
    Key key_;
    bool owns_ = true;
};

void RefTracker::hint(const std::string& registration_id, vault::Role role) {
    known_.add(registration_id);
    const std::lock_guard lock(mutex_);
    schedule_.hint({registration_id, role}, SteadyClock::now());
    changed_.notify_all();
}

void RefTracker::hint_unsigned(const std::string& registration_id, vault::Role role) {
    const std::lock_guard lock(mutex_);
    if (schedule_.hint_unsigned({registration_id, role}, SteadyClock::now())) {
        changed_.notify_all();
    }
}

void RefTracker::plan_all() {
    const auto ids = known_.read_all();
    if (ids) {
        unsealer_.forget_but(known_.all());
    } else {
        log_.write(LogLevel::warning, "refs", ids.error().message);
    }
    const std::lock_guard lock(mutex_);
    schedule_.plan_all(ids ? *ids : std::vector<std::string>(), SteadyClock::now());
    changed_.notify_all();
}

/// Every process polls; a hint came to this one alone.
bool RefTracker::is_for_others(const RefSchedule::Look& due) {
    if (!due.is_poll) {
        return false;
    }
    const auto mine = store_.claim_look(due.key.first, due.key.second, clock_.now(),
                                        schedule_.poll_hold().count());
    if (!mine) {
        log_.write(LogLevel::warning, "refs", mine.error().message);
    } else if (!*mine) {
        metrics_.count(Counter::ref_polls, "left_to_others");
    }
    return mine && !*mine;
}

void RefTracker::look(const RefSchedule::Look& due) {
    const Turn turn(*this, due.key);
    try {
        if (is_for_others(due)) {
            return;
        }
        const auto asked = ask_in_turn(due.key, Instant::max());
        const bool well = asked || asked.error().error.code == ErrorCode::cancelled;
        {
            const std::lock_guard lock(mutex_);
            schedule_.ended(due.key, well, SteadyClock::now());
        }
        if (!well) {
            tell(due.key, asked.error());
        }
    } catch (const std::exception& error) { // no memory: the next look may find some
        log_.write(LogLevel::error, "refs", error.what());
    }
}

/// A host's sentence may name the repository, which is for the eyes of those who debug.
void RefTracker::tell(const Key& key, const LookFailure& failure) {
    const Error& error = failure.error;
    if (failure.own) {
        log_.write_about(key.first, LogLevel::error, "refs",
                         error.message + (error.detail.empty() ? "" : " (" + error.detail + ")"));
        return;
    }
    log_.write_about(key.first, LogLevel::warning, "refs",
                     "A look at a " + std::string(to_string(key.second)) + " repository failed (" +
                         std::string(to_string(error.code)) + ").");
    log_.write_about(key.first, LogLevel::debug, "refs", error.message);
}

std::optional<RefSchedule::Look> RefTracker::wait_for_next(const std::stop_token& stop) {
    const std::lock_guard first(idle_);
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (const auto ready = schedule_.take(SteadyClock::now())) {
            return ready;
        }
        if (schedule_.poll_is_due(SteadyClock::now())) {
            lock.unlock();
            plan_all();
            lock.lock();
            continue;
        }
        const auto until = schedule_.next();
        changed_.wait_until(lock, stop, until, [&] { return schedule_.next() < until; });
    }
    return std::nullopt;
}

void RefTracker::work(const std::stop_token& stop) {
    while (const auto ready = wait_for_next(stop)) {
        look(*ready);
    }
}

Login RefTracker::Opened::login(Instant until) const {
    return {repository.role,
            repository.url,
            repository.host_keys,
            repository.default_branch,
            &unsealed->opened.deploy_scalar,
            {},
            until};
}

Looked<std::optional<RefTracker::Opened>> RefTracker::open(const Key& key) {
    const auto& [id, role] = key;
    const std::uint64_t generation = unsealer_.generation();
    auto registration = store_.find(id);
    if (!registration) {
        return own(registration.error());
    }
    if (!*registration || (*registration)->state != "active") {
        unsealer_.forget_ended(id); // another process may have ended it
        return std::nullopt;
    }
    StoredRepository& repository = (*registration)->repositories.at(static_cast<std::size_t>(role));
    auto unsealed = unsealer_.get(id, repository, clock_.now(), generation);
    if (!unsealed) {
        return own(unsealed.error());
    }
    return Opened{std::move(repository), std::move(*unsealed)};
}

Looked<std::vector<vault::RefState>> RefTracker::ask(const std::string& registration_id,
                                                     vault::Role role, Instant until) {
    const Turn turn(*this, {registration_id, role}, until);
    if (!turn.is_mine()) {
        return refuse(ErrorCode::conflict, "The node is still asking the " +
                                               std::string(to_string(role)) +
                                               " repository something else.");
    }
    auto asked = ask_in_turn({registration_id, role}, until);
    if (!asked) {
        return tl::unexpected<LookFailure>(asked.error());
    }
    if (!*asked) {
        return has_ended();
    }
    return std::move(**asked);
}

Looked<std::optional<std::vector<vault::RefState>>> RefTracker::ask_in_turn(const Key& key,
                                                                            Instant until) {
    const auto found = open(key);
    if (!found) {
        return tl::unexpected<LookFailure>(found.error());
    }
    if (!*found) {
        return std::nullopt;
    }
    const Opened& opened = **found;
    const auto listed = repositories_.list(opened.login(until));
    metrics_.count(Counter::ref_polls, listed ? "answered" : "failed");
    if (!listed) {
        return hosted(listed.error());
    }
    std::vector<vault::RefState> refs;
    for (const git::RemoteRef& ref : *listed) {
        if (ref.name.starts_with("refs/")) {
            refs.push_back({key.second, ref.name, ref.commit, clock_.now()});
        }
    }
    const auto followed = watched(key.first, opened.repository);
    if (!followed) {
        return tl::unexpected<LookFailure>(followed.error());
    }
    if (const auto marked = mark_forced(key, opened, *followed, refs, until); !marked) {
        return tl::unexpected<LookFailure>(marked.error());
    }
    if (const auto stored = store_.set_refs(key.first, key.second, refs, *followed); !stored) {
        return own(stored.error());
    }
    return refs;
}

Looked<std::set<std::string>> RefTracker::watched(const std::string& registration_id,
                                                  const StoredRepository& repository) {
    const auto deployments = store_.deployments(registration_id);
    if (!deployments) {
        return own(deployments.error());
    }
    std::set<std::string> refs{branch_prefix + repository.default_branch};
    for (const vault::Deployment& row : *deployments) {
        if (row.repository == repository.role && !row.branch.empty()) {
            refs.insert(branch_prefix + row.branch);
        }
    }
    return refs;
}

Looked<void> RefTracker::mark_forced(const Key& key, const Opened& opened,
                                     const std::set<std::string>& followed,
                                     std::vector<vault::RefState>& refs, Instant until) {
    std::vector<vault::RefState*> moved;
    std::vector<std::string> branches;
    std::vector<git::WantedCommit> commits;
    for (vault::RefState& ref : refs) {
        if (!followed.contains(ref.ref)) {
            continue;
        }
        const auto old = store_.last_ref(key.first, key.second, ref.ref);
        if (!old) {
            return own(old.error());
        }
        if (*old && (*old)->commit != ref.commit) {
            moved.push_back(&ref);
            branches.push_back(branch_of(ref.ref));
            commits.push_back({(*old)->commit, branches.back()});
        }
    }
    const auto kept = moved.empty()
                          ? Result<std::vector<bool>>()
                          : repositories_.has_commits(opened.login(until), branches, commits);
    if (!kept && passes(kept.error())) {
        return hosted(kept.error());
    }
    for (std::size_t i = 0; i < moved.size(); ++i) {
        if (!kept || !(*kept)[i]) {
            moved[i]->forced_at = moved[i]->observed_at;
            metrics_.count(Counter::ref_polls, "forced");
            log_.write_about(
                key.first, LogLevel::warning, "refs",
                kept ? "A branch was moved to another history."
                     : "A branch counts as moved to another history, because its own could "
                       "not be read (" +
                           std::string(to_string(kept.error().code)) + ").");
        }
    }
    return {};
}

Looked<std::set<std::string>> RefTracker::missing(const std::string& registration_id,
                                                  vault::Role role,
                                                  const std::vector<vault::RefState>& refs,
                                                  std::set<std::string> commits, Instant until) {
    for (const vault::RefState& ref : refs) {
        commits.erase(ref.commit);
    }
    if (commits.empty()) {
        return commits;
    }
    const auto found = open({registration_id, role});
    if (!found) {
        return tl::unexpected<LookFailure>(found.error());
    }
    if (!*found) {
        return has_ended();
    }
    const Opened& opened = **found;
    const auto followed = watched(registration_id, opened.repository);
    if (!followed) {
        return tl::unexpected<LookFailure>(followed.error());
    }
    // The others need not be fetched, unless a commit is on none of those that are followed.
    std::array<std::vector<std::string>, 2> questions;
    for (const vault::RefState& ref : refs) {
        const std::string branch = branch_of(ref.ref);
        auto& branches = questions.at(followed->contains(ref.ref) ? 0 : 1);
        if (!branch.empty() && branch != vault::claim_branch && branches.size() < most_branches) {
            branches.push_back(branch);
        }
    }
    std::optional<Error> unread;
    for (const std::vector<std::string>& branches : questions) {
        if (branches.empty() || commits.empty()) {
            continue;
        }
        std::vector<git::WantedCommit> wanted;
        wanted.reserve(commits.size());
        for (const std::string& commit : commits) {
            wanted.push_back({commit});
        }
        const auto has = repositories_.has_commits(opened.login(until), branches, wanted);
        if (!has) {
            unread = has.error();
        }
        for (std::size_t i = 0; has && i < wanted.size(); ++i) {
            if ((*has)[i]) {
                commits.erase(wanted[i].commit);
            }
        }
    }
    if (!commits.empty() && unread) {
        return hosted(*unread);
    }
    return commits;
}

} // namespace tau::node
