#pragma once

#include "core/ports.h"
#include "core/seal/seal.h"

#include <optional>

namespace tau::seal {

/// nonce 24 || XChaCha20-Poly1305 of the 32-byte SSH seed (TVE1 3.10).
inline constexpr std::size_t envelope_size = 72;

/// What an envelope is bound to besides the scalar.
struct EnvelopeBinding {
    Point point{};     ///< Y
    Point vault_key{}; ///< V
    Hash32 nonce{};    ///< of the bundle
};

/// Encrypts the seed under a key that only the scalar `a` gives. Both are 32 bytes.
Bytes seal_seed(const Secret& seed, const Secret& a, const EnvelopeBinding& binding,
                Entropy& entropy);

/// The seed, or nothing when the envelope is junk or its seed belongs to another scalar: the
/// proof covers `a` alone, so this is no error (`seed_unavailable`).
std::optional<Secret> open_seed(ByteView envelope, const Secret& a, const EnvelopeBinding& binding);

/// aux_hash of a deploy key's context; all zero without an envelope.
Hash32 envelope_hash(ByteView envelope);

} // namespace tau::seal
