#pragma once

#include "core/seal/seal.h"

#include <string>

namespace tau::seal {

enum class Purpose : std::uint8_t { deploy_key = 1, webhook = 2 };

/// Everything a proof is bound to (TVE1 3.4). Each text is 1..1024 bytes.
struct Context {
    Purpose purpose = Purpose::deploy_key;
    Hash32 nonce{};               ///< random per bundle, equal in both proofs of a bundle
    std::uint64_t created_at = 0; ///< unix seconds
    std::uint64_t expires_at = 0; ///< 0: never
    Hash32 aux_hash{};            ///< H("TauVE1-envelope", envelope); zero without envelope
    std::string project_id;
    std::string repository_url; ///< canonical ssh://git@host/path.git, see canonical_ssh_url
    std::string node_id;        ///< base58
    Bytes owner_key;            ///< key type (1 = Ed25519) || key
    bool operator==(const Context&) const = default;
};

Result<Bytes> encode(const Context& context);
/// Refuses unknown versions and purposes, short and trailing bytes.
Result<Context> decode_context(ByteView bytes);
/// ctx = H("TauVE1-context", 32, encoded).
Hash32 context_hash(ByteView encoded);

/// `0x01 || key`, the form of an Ed25519 owner key inside a context.
Bytes context_owner_key(const Point& ed25519_public_key);

} // namespace tau::seal
