#pragma once

#include "core/node/rate_limit.h"
#include "core/vault/claim.h"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tau::node {

struct RefTiming {
    std::chrono::milliseconds debounce{2000};                 ///< hints within it cause one look
    std::chrono::milliseconds poll{std::chrono::minutes(15)}; ///< hosts lose webhooks
};

/// Which repository is to be asked, and when. Has no clock and no thread: it is told the time. No
/// repository is asked twice at once, so that an older answer never comes after a newer one.
class RefSchedule {
public:
    using Key = std::pair<std::string, vault::Role>; ///< registration and repository
    using Instant = std::chrono::steady_clock::time_point;
    /// The first poll is due in a moment: a process that is often restarted polls, too.
    RefSchedule(RefTiming timing, Instant now);

    /// Something may have changed there. A hint while one waits changes nothing, so that a flood of
    /// them cannot put off the look; one that comes during a look leads to another.
    void hint(const Key& key, Instant now);
    /// The same from somebody who may be anybody: once a minute for each repository, and a few
    /// waiting at a time. False when it is not taken.
    bool hint_unsigned(const Key& key, Instant now);

    struct Look {
        Key key;
        bool is_poll = false; ///< nothing hinted at it
    };
    /// The repository to ask now, which is taken until done(); nullopt: none yet. At most six polls
    /// are taken at a time, so that slow hosts do not keep a hint waiting.
    std::optional<Look> take(Instant now);
    /// Takes this one for a question of another kind; false while it is taken.
    bool begin(const Key& key) { return taken_.insert(key).second; }
    void done(const Key& key) {
        taken_.erase(key);
        taken_polls_.erase(key);
    }
    /// How a look ended. A repository that failed three times in a row is polled after twice the
    /// time, then four times, and so on up to an hour; hints count at once, and one good look ends
    /// it.
    void ended(const Key& key, bool well, Instant now);

    /// Whether it is time to plan looks at all repositories.
    bool poll_is_due(Instant now) const { return now >= next_poll_; }
    /// Plans them, spread over some time. Each is asked once in every `poll`, hints or not.
    void plan_all(const std::vector<std::string>& registration_ids, Instant now);
    /// For how long a poll of one process spares the others theirs, so that all together ask no
    /// repository more rarely than one of them alone would.
    std::chrono::seconds poll_hold() const;

    /// When to ask again for one to take() or a poll; what hint() and done() change aside.
    Instant next() const;

private:
    using Order = std::set<std::pair<Instant, Key>>;
    Order::const_iterator earliest() const;
    void put(const Key& key, Instant at, bool is_poll);

    RefTiming timing_;
    Instant next_poll_;
    struct Failures {
        int in_a_row = 0;
        Instant retry_at; ///< no poll before
    };
    std::map<Key, Failures> failing_;
    std::map<Key, Instant> due_;
    Order order_; ///< the same
    std::set<Key> taken_;
    std::set<Key> taken_polls_; ///< of those
    std::set<Key> unsigned_;    ///< of those that are due
    std::set<Key> polls_;       ///< of those that are due: without a hint
    RateLimit unsigned_limit_{1};
};

} // namespace tau::node
