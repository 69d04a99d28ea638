// core/seal: TVE1, sealing a key to a vault with a proof that anyone can check.
// context.h   what a proof is bound to, as exact bytes
// proof.h     prove, verify, recover: the zero-knowledge part
// envelope.h  the SSH seed, encrypted under the proven scalar
// bundle.h    a repository's two sealed values with the owner's signature
// seal.h      this file: points and the types all of them share
#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"
#include "core/base/secret.h"

#include <array>
#include <cstdint>

namespace tau::seal {

/// A point of edwards25519, encoded as in RFC 8032 (32 bytes).
using Point = std::array<std::uint8_t, 32>;

/// TVE1 3.2: canonical, on the curve, in the prime-order subgroup, not the identity. Both checks
/// of the specification, so that a libsodium without the fix of CVE-2025-69277 does no harm.
bool is_valid_point(const Point& point);

/// Known answers and the torsion check of TVE1 3.2, run once at start-up by every program that
/// seals, verifies or opens. An error means this build or its libsodium must not be used.
Result<void> self_test();

} // namespace tau::seal
