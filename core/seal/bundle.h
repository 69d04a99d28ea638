#pragma once

#include "core/keys/deploy_key.h"
#include "core/keys/owner_key.h"
#include "core/keys/webhook_secret.h"
#include "core/ports.h"
#include "core/seal/context.h"
#include "core/seal/proof.h"

#include <optional>

namespace tau::seal {

/// One sealed value: the public statement, its proof and, for a deploy key, the seed's envelope.
struct Sealed {
    Context context;
    Point point{};     ///< Y
    Point vault_key{}; ///< V
    Proof proof{};
    Bytes envelope; ///< 72 bytes or none
};

/// A repository's two sealed values, deploy key first (TVE1 3.11).
struct Bundle {
    Sealed deploy_key;
    Sealed webhook;
    std::array<std::uint8_t, 64> owner_signature{};
};

/// What a verifier already knows and holds every field against; it never believes the context.
struct Expected {
    std::string project_id;
    std::string repository_url;
    std::string node_id;
    Point owner_key{};
    Point vault_key{};
    std::int64_t now = 0;
};

/// Makes and self-verifies a bundle; both proofs run on two threads.
Result<Bundle> seal_bundle(const keys::DeployKey& deploy_key, const keys::WebhookSecret& webhook,
                           const keys::OwnerKey& owner, const Expected& expected, Entropy& entropy);

Bytes encode(const Bundle& bundle);
/// Strict: exact length, count 2, order, no trailing byte. Checks no signature and no proof.
Result<Bundle> decode_bundle(ByteView bytes);

/// Everything of TVE1 3.13 that needs no secret, cheap first: context, keys, envelope hash, owner
/// signature (all `untrusted` with a sentence that names the reason). Not the proofs, nor what
/// verifying and opening them checks first: that the points are valid and differ.
Result<void> check_bundle(const Bundle& bundle, const Expected& expected);
/// The proof of one sealed value.
Result<void> verify_proof(const Sealed& sealed);

/// What the vault gets out of a bundle.
struct Opened {
    Secret deploy_scalar;              ///< a, 32 bytes, canonical
    std::optional<Secret> deploy_seed; ///< absent: the envelope was junk (`seed_unavailable`)
    Secret webhook_scalar;             ///< s
};
/// Verifies both proofs and opens them with the vault's Ed25519 secret key (64 bytes).
Result<Opened> open_bundle(const Bundle& bundle, const Secret& vault_secret_key);

} // namespace tau::seal
