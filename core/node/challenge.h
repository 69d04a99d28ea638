#pragma once

#include "core/ports.h"
#include "core/seal/seal.h"

namespace tau::node {

inline constexpr std::int64_t challenge_life = 120; ///< seconds
inline constexpr std::size_t challenge_size = 16 + 8 + 32;

/// nonce 16 | expiry u64 | MAC 32 over both and the owner's key: a node recognises its own
/// challenges without having stored them.
Bytes make_challenge(const Secret& key, const seal::Point& owner_key, std::int64_t now,
                     Entropy& entropy);

struct Challenge {
    Bytes nonce;
    std::int64_t expires = 0;
};
/// `unauthenticated` unless this node made it for this owner. Does not look at the clock.
Result<Challenge> open_challenge(const Secret& key, const seal::Point& owner_key, ByteView bytes);

} // namespace tau::node
