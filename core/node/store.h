#pragma once

#include "core/node/audit_head.h"
#include "core/node/guarded_rows.h"
#include "core/node/scrubber.h"
#include "core/vault/registration.h"

#include <atomic>
#include <optional>
#include <set>
#include <span>
#include <stop_token>

namespace tau::node {

/// What is known of an earlier request with the same idempotency key.
struct KnownRequest {
    Hash32 body_hash{};
    std::string state;
    std::string answer; ///< JSON, as it was given
};

struct StoredRepository {
    vault::Role role = vault::Role::configuration;
    std::string url;
    std::vector<std::string> host_keys;
    std::string default_branch;
    std::int64_t webhook_seen = 0; ///< 0: never
    Bytes sealed;                  ///< the newest bundle; empty once revoked
};

struct StoredRegistration {
    std::string id;
    seal::Point owner_key{};
    std::string project_id;
    std::string state;
    std::string answer;
    std::array<StoredRepository, 2> repositories; ///< configuration, code
    std::int64_t sealed_version = 1;
    std::optional<Hash32> rotated_by = {}; ///< hash of the request that brought the present keys
};

/// Everything that one accepted registration adds, or a rotation of its keys replaces.
struct NewRegistration {
    const vault::Registration& registration;
    const vault::RegistrationAnswer& answer;
    const std::array<seal::Bundle, 2>& bundles;
    const std::string& text; ///< the answer as it is sent, now and when it is asked for again
    std::string idempotency_key;
    Hash32 body_hash{};
    Bytes challenge_nonce;
    std::int64_t challenge_expires = 0;
    std::int64_t now = 0;
};

enum class Delivery { fresh, repeated, conflicting, ended };
/// `used`: this very request came before, and the deployments changed since. `ended`: the
/// registration is no longer active.
enum class Deploying { done, repeated, used, ended };

/// What a node remembers. Each method is one transaction. Callable from any thread.
class Store {
public:
    /// `key` is the barrier's (`unauthenticated` when it is another than before). `audit_head` is
    /// the file that says what this node has last written, empty for none: `corrupt` when the
    /// database does not have it.
    static Result<std::unique_ptr<Store>> open(std::unique_ptr<Database> database,
                                               const Secret& key,
                                               const std::filesystem::path& audit_head,
                                               std::int64_t now);

    /// To verify one that is there, with this program's schema: writes nothing.
    static Result<std::unique_ptr<Store>> open_to_read(std::unique_ptr<Database> database,
                                                       const Secret& key,
                                                       const std::filesystem::path& audit_head);

    /// As Database::stop().
    void stop() {
        stopping_ = true;
        database_->stop();
    }

    Result<std::optional<std::string>> meta(const std::string& key);
    /// Puts in its place what `next` makes of the present value, in one transaction, and gives it.
    using NextMeta = std::function<Result<std::string>(const std::optional<std::string>&)>;
    Result<std::string> change_meta(const std::string& key, const NextMeta& next);

    Result<std::optional<KnownRequest>> find_request(const seal::Point& owner_key,
                                                     const std::string& idempotency_key);
    /// The owner does not want this registration, now or when it comes before `until` (unix
    /// seconds). Who withdraws first or stores first is certain, in all processes. Of one owner
    /// the newest 64 are remembered.
    Result<void> withdraw(const seal::Point& owner_key, const std::string& id, std::int64_t until);
    Result<bool> is_withdrawn(const seal::Point& owner_key, const std::string& id,
                              std::int64_t now);
    Result<bool> is_redeemed(ByteView challenge_nonce);
    /// Whether a bundle with this nonce but other content was ever stored (TVE1 3.13).
    Result<bool> nonce_is_taken(const Hash32& nonce, const Hash32& bundle_hash);
    /// How many other projects of this owner are registered now.
    Result<std::int64_t> projects_beside(const seal::Point& owner_key,
                                         const std::string& project_id);
    /// The owner under whom the project is registered now.
    Result<std::optional<seal::Point>> project_owner(const std::string& project_id);

    /// Redeems the challenge and stores all of it, or nothing. A registration of the same project
    /// by the same owner becomes `replaced` and its sealed data is erased, and a second later off
    /// the disk. `conflict` when the challenge, the idempotency key or a nonce was used, or the
    /// project taken, or the registration withdrawn, meanwhile; and when nobody knows whether it
    /// was stored: then find_request() tells. Gives the ids of those it replaced.
    Result<std::vector<std::string>> add(const NewRegistration& added);
    /// Replaces the registration's sealed keys, checks and deployments, all of it or nothing; what
    /// was sealed before is off the disk when it returns. `unavailable` when it was replaced but is
    /// still on the disk: see erased(). `conflict` when the challenge or a nonce
    /// was used meanwhile, or the registration is not this owner's or has ended; `timeout` when
    /// nobody knows whether it was stored: then find() tells.
    Result<void> rotate(const NewRegistration& added);
    Result<std::optional<StoredRegistration>> find(const std::string& id);
    Result<std::vector<std::string>> active_ids();
    /// Those that were registered after this entry of the audit log, in any process; the entry
    /// becomes the last one.
    Result<std::vector<std::string>> registered_since(std::int64_t& entry);
    /// Erases sealed data, refs and deliveries, off the disk when it returns; what remains says
    /// that it was revoked. `unavailable` when it is revoked but still on the disk, which the store
    /// goes on changing by itself: ask again.
    Result<void> revoke(const std::string& id, std::int64_t now);
    /// Whether all that was erased is off the disk; tries once more when it is not. `unavailable`.
    Result<void> erased();

    Result<std::vector<vault::Check>> checks(const std::string& id);
    Result<std::vector<vault::Deployment>> deployments(const std::string& id);
    /// As this request asks, once: `repeated` changes nothing and says that they are so already.
    Result<Deploying> set_deployments(const std::string& id, const vault::SignedRequest& request,
                                      const std::vector<vault::Deployment>& deployments,
                                      std::int64_t now);
    /// The id under which the project is registered now.
    Result<std::optional<std::string>> active_registration(const std::string& project_id);

    /// Notes a signed delivery and, with it, that the webhook works; nothing for a registration
    /// that is no longer active. expire() leaves the newest thousands of each webhook.
    Result<Delivery> add_delivery(const std::string& id, vault::Role role,
                                  const std::string& delivery_id, const Hash32& body_hash,
                                  std::int64_t now);
    /// Replaces what is known of the repository's refs, while the registration is active: writes
    /// what changed, some refs at a time, and when an unchanged one was seen to the hour only. One
    /// without a `forced_at` keeps the one it had. Of those of `watched` that are gone the last
    /// state is kept, for last_ref().
    Result<void> set_refs(const std::string& id, vault::Role role,
                          const std::vector<vault::RefState>& refs,
                          const std::set<std::string>& watched);
    Result<std::vector<vault::RefState>> refs(const std::string& id);
    /// Whether the caller is the one, among all processes, to look at this repository now; then
    /// nobody else is for `hold` seconds. False when the registration is not active.
    Result<bool> claim_look(const std::string& id, vault::Role role, std::int64_t now,
                            std::int64_t hold);
    /// One of them alone: there may be thousands.
    Result<std::optional<vault::RefState>> ref(const std::string& id, vault::Role role,
                                               const std::string& name);
    /// The same, or of a ref that is gone what it was.
    Result<std::optional<vault::RefState>> last_ref(const std::string& id, vault::Role role,
                                                    const std::string& name);

    /// Forgets challenges that can no longer be redeemed, deliveries older than 30 days, copies of
    /// the database older than 7, and of registrations that ended 30 days ago all but that they
    /// did. Some rows at a time: others get in between.
    Result<void> expire(std::int64_t now);
    /// Looks at every row, at the audit log's chain, at what belongs together and at the engine's
    /// own structure: the number of rows, or `corrupt`, with what was changed as its detail.
    Result<std::int64_t> verify(const std::stop_token& stop);
    /// Recomputes the audit log's hash chain: the number of entries, or `corrupt`.
    Result<std::int64_t> verify_audit();
    /// Whether the audit log has this very entry.
    Result<bool> has_entry(const AuditEntry& entry);
    /// Its last one; number 0 when there is none.
    Result<AuditEntry> last_entry();
    /// The number of the last one that this process knows of. Asks nothing.
    std::int64_t audit_sequence() { return head_.sequence(); }

private:
    /// What the audit log is told of a change.
    struct Event {
        Bytes actor;
        std::string action;
        std::string subject;
    };
    /// A transaction in its turn: `work`, and the event if it gives one.
    Result<void> audited(std::int64_t now,
                         const std::function<Result<std::optional<Event>>()>& work);

    Store(std::unique_ptr<Database> database, const Secret& key,
          const std::filesystem::path& audit_head)
        : barrier_(key), database_(std::move(database)), rows_(*database_, barrier_),
          head_(audit_head, barrier_), scrubber_(*database_) {}
    /// That the log has the entry that audit.head names, if any; gives its last one.
    Result<AuditEntry> check_head();
    Result<bool> is_active(const std::string& id);
    Result<void> make_room_to_withdraw(const seal::Point& owner_key);
    /// Within a transaction.
    Result<std::optional<StoredRegistration>> find_now(const std::string& id);
    Result<std::vector<std::string>> insert(const NewRegistration& added);
    Result<void> insert_registration(const NewRegistration& added);
    Result<void> insert_nonce(const NewRegistration& added, std::size_t index);
    Result<void> insert_repository(const NewRegistration& added, std::size_t index);
    Result<void> insert_sealed(const NewRegistration& added, std::size_t index,
                               std::int64_t version);
    Result<void> insert_checks(const std::string& id, const std::vector<vault::Check>& checks);
    Result<void> insert_deployments(const std::string& id,
                                    const std::vector<vault::Deployment>& deployments);
    Result<void> redeem(const NewRegistration& added);
    Result<Deploying> deploy(const std::string& id, const vault::SignedRequest& request,
                             const std::vector<vault::Deployment>& deployments);
    Result<void> replace_keys(const NewRegistration& added, std::int64_t version);
    Result<std::vector<std::string>> replace_older(const NewRegistration& added);
    struct RefChange {
        std::string name;
        const vault::RefState* now = nullptr; ///< null: it is gone
        bool is_watched = false;
        bool was_gone = false;
        std::int64_t forced_at = 0; ///< of the one that was gone
    };
    Result<std::optional<vault::RefState>> ref_in(const Table& table, const std::string& id,
                                                  vault::Role role, const std::string& name);
    Result<void> change_refs(const std::string& id, vault::Role role,
                             std::span<const RefChange> changes);
    Result<void> change_ref(const std::string& id, vault::Role role, const RefChange& change);
    Result<void> erase_secrets(const std::string& id);
    Result<void> scrub();
    Result<AuditEntry> append(std::int64_t now, const Event& event);
    Result<std::vector<std::string>> find_missing();
    Result<std::vector<std::string>> find_other_deployments();
    Result<std::size_t> forget_ended(std::int64_t before);
    Result<void> forget_more_than_most(std::int64_t now);

    const Barrier barrier_;
    std::unique_ptr<Database> database_;
    GuardedRows rows_;
    AuditHead head_;
    std::atomic<bool> stopping_ = false;
    Scrubber scrubber_; // last: it uses the database
};

/// The hash by which a stored bundle is compared.
Hash32 bundle_hash(ByteView bundle);

} // namespace tau::node
