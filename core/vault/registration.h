#pragma once

#include "core/seal/bundle.h"
#include "core/vault/claim.h"
#include "core/vault/node_record.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace tau::vault {

inline constexpr std::size_t max_registration_size = 128U << 10U;

struct RegisteredRepository {
    Role role = Role::configuration;
    std::string url; ///< canonical ssh
    std::vector<std::string> host_keys;
    std::string default_branch;
    Bytes sealed; ///< an encoded TVB1 bundle
};

/// Reads "SHA256:" and 43 characters of unpadded base64, as a host key's fingerprint.
bool is_host_key_fingerprint(std::string_view text);
/// "Qm…", 46 characters: base58 of 0x12 0x20 and 32 bytes.
bool is_project_id(std::string_view text);

/// Which branch or commit of a repository a part of the network runs.
struct Deployment {
    std::string where = "*"; ///< "*", "region:<name>", "node:<id>"
    Role repository = Role::configuration;
    std::string branch; ///< exactly one of branch and commit
    std::string commit;
};

/// POST /v1/registrations.
struct Registration {
    std::string project_id;
    std::string project_name;
    seal::Point owner_key{};
    Bytes challenge;
    std::array<RegisteredRepository, 2> repositories; ///< configuration, code
    std::vector<Deployment> deployments;
    keys::Signature signature{};
};

/// The bytes that the owner signs under "TauREG1-register".
Bytes signed_bytes(const Registration& registration);
void sign(Registration& registration, const keys::OwnerKey& owner);
/// Whether the signature is that of the owner key it names.
bool has_good_signature(const Registration& registration);
std::string to_json(const Registration& registration);
/// Strict about shape and size; names the field that is wrong. Does not check the signature.
Result<Registration> parse_registration(std::string_view json);

/// The id that this registration will have: H("TauREG1-regid", 16, LP16(node id) || owner key ||
/// idempotency key) in hex. Both sides derive it, so the webhook's address is known before the
/// registration is sent. `idempotency_key`: 32 hex digits.
Result<std::string> registration_id(const std::string& node_id, const seal::Point& owner_key,
                                    const std::string& idempotency_key);

enum class Outcome { passed, failed, pending, noted };
std::string_view to_string(Outcome outcome);

/// One row of `checks[]`.
struct Check {
    std::string name;   ///< "proof", "ownership" …
    std::string target; ///< "configuration", "code" or ""
    Outcome outcome = Outcome::passed;
    std::string reason; ///< stable code, "" when passed: "claim_missing"
    std::string sentence;
};

/// Hash of a request's body and of one proof, as the receipt carries them.
Hash32 body_hash(std::string_view body);
Hash32 proof_hash(const seal::Proof& proof);

/// Signed by the node's sign key under "TauREG1-receipt". All fields are covered.
struct Receipt {
    std::string registration_id; ///< 32 hex digits
    std::string project_id;
    std::string node_id;
    seal::Point owner_key{};
    Hash32 body_hash{};                   ///< BLAKE2b-256 of the request's body ("TauREG1-body")
    std::array<Hash32, 4> proof_hashes{}; ///< BLAKE2b-256 ("TauREG1-proof"): conf. key, conf.
                                          ///< webhook, code key, code webhook
    std::int64_t time = 0;
    std::uint64_t record_seq = 0;
    keys::Signature signature{};
};
Bytes signed_bytes(const Receipt& receipt);
std::string to_json(const Receipt& receipt);
Result<Receipt> parse_receipt(std::string_view json);
/// With the node's sign key, libsodium's 64 bytes.
Result<void> sign(Receipt& receipt, const Secret& node_sign_secret_key);
/// `untrusted` when the signature is not the node's.
Result<void> verify_receipt(const Receipt& receipt, const seal::Point& node_sign_key);

/// A registration is "active" from the moment it is stored; its two `webhook` checks stay pending
/// until the git host's first signed delivery.
struct RegistrationAnswer {
    std::string registration_id;
    std::string state; ///< "active", "revoked", "refused"
    std::vector<Check> checks;
    std::optional<Receipt> receipt;
};
std::string to_json(const RegistrationAnswer& answer);
Result<RegistrationAnswer> parse_registration_answer(std::string_view json);

struct RefState {
    Role repository = Role::configuration;
    std::string ref;
    std::string commit;
    std::int64_t observed_at = 0; ///< when it was last seen there; vaults note it to the hour
    std::int64_t forced_at =
        0; ///< when it last moved to a history without its old commit; 0: never
};

/// GET /v1/registrations/{id}.
struct RegistrationStatus {
    std::string registration_id;
    std::string state;
    std::vector<Check> checks;
    /// Last delivery signed with the present secret; unix seconds, 0: none yet.
    std::array<std::int64_t, 2> webhook_seen{};
    std::vector<RefState> refs; ///< at least those that deployments and default branches follow
    std::vector<Deployment> deployments;
    std::int64_t sealed_version = 1; ///< 1, and one more with each rotation
    std::int64_t refs_left_out = 0;  ///< how many more the vault knows
};
std::string to_json(const RegistrationStatus& status);
Result<RegistrationStatus> parse_registration_status(std::string_view json);

/// Owner-signed requests carry `Authorization: TauOwner <base64 key>.<unix time>.<base64
/// signature>` over method, path, time and body under "TauREG1-request"; a node accepts 5 minutes
/// of skew.
std::string owner_authorization(const keys::OwnerKey& owner, std::string_view method,
                                std::string_view path, std::string_view body, std::int64_t now);
/// A request that an owner signed.
struct SignedRequest {
    seal::Point owner{};
    std::int64_t until = 0; ///< after which no node takes it
    Hash32 id{};            ///< of owner, method, path, time and body
};
/// What a good header says; `unauthenticated` otherwise.
Result<SignedRequest> check_owner_authorization(std::string_view header, std::string_view method,
                                                std::string_view path, std::string_view body,
                                                std::int64_t now);

} // namespace tau::vault
