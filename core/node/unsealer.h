#pragma once

#include "core/node/pool.h"
#include "core/node/rate_limit.h"
#include "core/node/store.h"

#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_set>

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
    /// Ask before looking the registration up, and give it to get().
    std::uint64_t generation();
    /// For whom something is opened that is not remembered.
    enum class For {
        node,    ///< the node itself, or an owner who signed
        stranger ///< whoever sent a delivery: six times a minute for each webhook
    };
    /// Of those who ask for the same one opens it, and it is kept for the next get(), unless
    /// something was forgotten since `generation`: it may have been this. `permission_denied` when
    /// the seal has expired, `limit_exceeded` when strangers had it opened too often.
    Result<std::shared_ptr<const Unsealed>> get(const std::string& registration_id,
                                                const StoredRepository& repository,
                                                std::int64_t now, std::uint64_t generation,
                                                For whom = For::node);
    void forget(const std::string& registration_id);
    /// The same of one that had ended before it was looked up: nobody is just opening it.
    void forget_ended(const std::string& registration_id);
    /// All but these: another process may have ended others.
    void forget_but(const std::unordered_set<std::string>& registration_ids);

private:
    using Key = std::pair<std::string, vault::Role>;
    struct Entry {
        Key key;
        std::shared_ptr<const Unsealed> value;
    };
    /// An opening that nobody else begins meanwhile.
    class Opening;
    std::list<Entry>::iterator find(const Key& key);
    std::shared_ptr<const Unsealed> remembered(const Key& key, const Hash32& sealed);
    void remember(const Key& key, std::shared_ptr<const Unsealed> value, std::uint64_t generation);
    Result<std::shared_ptr<const Unsealed>> open(const StoredRepository& repository,
                                                 const Hash32& sealed, std::int64_t now);

    const Secret& seal_key_;
    Pool& pool_;
    std::mutex mutex_;
    std::list<Entry> entries_; ///< most recently used first
    std::uint64_t generation_ = 0;
    std::set<Key> opening_;
    std::condition_variable opened_;
    RateLimit strangers_{6}; ///< a push or two while it is not remembered, and no flood
};

} // namespace tau::node
