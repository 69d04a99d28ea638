#pragma once

#include "core/ports.h"
#include "core/seal/seal.h"

namespace tau::seal {

inline constexpr std::size_t executions = 144;       ///< M
inline constexpr std::size_t hidden_executions = 48; ///< u
inline constexpr std::size_t proof_size = 3912;
using Proof = std::array<std::uint8_t, proof_size>;

/// Seals scalar x (32 bytes, canonical, not zero, x·B = Y) to vault key V and proves it, bound to
/// `context` (a context_hash). The proof has passed verify() before it is returned.
/// `invalid_argument` for keys that do not fit, `internal` if self-verification fails.
Result<Proof> prove(const Secret& x, const Point& Y, const Point& V, const Hash32& context,
                    Entropy& entropy);

/// Accepts (value) or rejects (`untrusted`, one code and sentence whatever the reason, TVE1 3.8).
/// Needs no secret; `proof` may be hostile and of any length.
Result<void> verify(const Point& Y, const Point& V, const Hash32& context, ByteView proof);

/// Opens: returns x (32 bytes). `v` is the vault's X25519 scalar (32 bytes) with v·B = V.
/// Verifies first.
Result<Secret> recover(const Secret& v, const Point& Y, const Point& V, const Hash32& context,
                       ByteView proof);

} // namespace tau::seal
