#pragma once

// Webhooks on their way: one file each in the host's spool, so that a push never waits for a
// receiver and nothing is lost when the host stops.

#include "core/forge/local_state.h"

#include <optional>

namespace tau::forge {

struct Delivery {
    std::string id;      ///< X-GitHub-Delivery, a random UUID
    std::string hook_id; ///< whose secret signs it
    std::string url;
    std::string event; ///< "push" or "ping"
    std::string body;  ///< JSON in GitHub's shape; signed as it is
};

/// One line that git gives a post-receive hook.
struct RefChange {
    std::string before, after, name;
};

/// https://docs.github.com/webhooks/webhook-events-and-payloads#push
Delivery push_delivery(const LocalState& state, const LocalRepository& repository,
                       const LocalHook& hook, const RefChange& change);
Delivery ping_delivery(const LocalState& state, const LocalRepository& repository,
                       const LocalHook& hook);

/// Durable when it returns.
Result<void> enqueue(const LocalFolder& folder, const Delivery& delivery);
/// Files of the spool, oldest first.
std::vector<std::filesystem::path> queued(const LocalFolder& folder);
Result<Delivery> read_delivery(const std::filesystem::path& file);

} // namespace tau::forge
