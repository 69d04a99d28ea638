#pragma once

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
    RefTracker(Store& store, Unsealer& unsealer, Repositories& repositories, const Clock& clock,
               Log& log, RefTiming timing);
    RefTracker(const RefTracker&) = delete;
    RefTracker& operator=(const RefTracker&) = delete;

    /// Something may have changed there.
    void hint(const std::string& registration_id, vault::Role role);

private:
    using Key = std::pair<std::string, vault::Role>;
    using Instant = std::chrono::steady_clock::time_point;
    void work(const std::stop_token& stop);
    void look(const Key& key, const std::stop_token& stop);
    void hint_all();

    Store& store_;
    Unsealer& unsealer_;
    Repositories& repositories_;
    const Clock& clock_;
    Log& log_;
    RefTiming timing_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<Key, Instant> due_;
    std::jthread thread_; // last: it uses the members above
};

} // namespace tau::node
