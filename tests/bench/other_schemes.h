#pragma once

#include "core/seal/seal.h"

namespace tau::bench {

// Two other ways to prove the same statement at the same soundness, over the same primitives.
// Only for comparison: no locked memory, no hedging, no opening.

/// One share that only the vault can read: E = k·B, c = share xor pad(X25519(k, V)).
struct EncryptedShare {
    std::array<std::uint8_t, 32> ephemeral;
    std::array<std::uint8_t, 32> ciphertext;
};

using Scalar = std::array<std::uint8_t, 32>;

struct Statement {
    Scalar x; ///< only the prover uses it
    seal::Point Y;
    std::array<std::uint8_t, 32> vault_u; ///< Montgomery form of V
};

/// Plain cut-and-choose (J. Camenisch, I. Damgard, 2000): M = 132 executions, 64 hidden, the
/// opened ones shown with all their randomness.
Bytes prove_cut_and_choose(const Statement& statement);
bool verify_cut_and_choose(const Statement& statement, ByteView proof);

/// MPC in the head with a distributed key generation of 16 parties, 32 times (A. Takahashi,
/// G. Zaverucha, ePrint 2021/1704, DKGitH).
Bytes prove_dkg_in_the_head(const Statement& statement);
bool verify_dkg_in_the_head(const Statement& statement, ByteView proof);

} // namespace tau::bench
