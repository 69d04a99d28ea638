#pragma once

#include "core/node/pool.h"
#include "core/node/store.h"

#include <list>
#include <map>
#include <memory>
#include <mutex>

namespace tau::node {

/// A bundle's secrets, opened, with what is needed to use them.
struct Unsealed {
    seal::Opened opened;
    Secret webhook_text;          ///< what the git host signs webhooks with
    std::uint64_t expires_at = 0; ///< unix seconds; 0: never
    Hash32 sealed{};              ///< bundle_hash() of what was opened
};

/// Opens stored bundles with the node's seal key when they are needed, and remembers some: at
/// rest there are only sealed ones.
class Unsealer {
public:
    Unsealer(const Secret& seal_key, Pool& pool) : seal_key_(seal_key), pool_(pool) {}

    /// Verifies the proofs and opens, on the pool's threads.
    Result<seal::Opened> open(const seal::Bundle& bundle);
    /// Ask before looking the registration up, and give it to remember().
    std::uint64_t generation();
    /// `permission_denied` when the seal has expired.
    Result<std::shared_ptr<const Unsealed>>
    get(const std::string& registration_id, const StoredRepository& repository, std::int64_t now);
    /// Keeps it for the next get(), unless something was forgotten since `generation`: it may have
    /// been this.
    void remember(const std::string& registration_id, vault::Role role,
                  std::shared_ptr<const Unsealed> value, std::uint64_t generation);
    void forget(const std::string& registration_id);

private:
    using Key = std::pair<std::string, vault::Role>;
    struct Entry {
        Key key;
        std::shared_ptr<const Unsealed> value;
    };
    std::list<Entry>::iterator find(const Key& key);
    std::shared_ptr<const Unsealed> remembered(const Key& key);

    const Secret& seal_key_;
    Pool& pool_;
    std::mutex mutex_;
    std::list<Entry> entries_; ///< most recently used first
    std::uint64_t generation_ = 0;
};

} // namespace tau::node
