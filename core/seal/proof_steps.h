#pragma once

#include "core/seal/execution.h"
#include "core/seal/proof.h"

// Prove, verify and recover for any (M, u). Internal to core/seal, its tests and its benchmark;
// everybody else uses proof.h, which fixes the numbers of suite 0x01 and adds self-verification.
namespace tau::seal {

inline constexpr Parameters suite1{executions, hidden_executions};

inline constexpr std::array<std::uint8_t, 8> proof_header = {'T', 'V', 'E', '1', 1, 1, 0, 0};

/// Header, salt, h, the opened seeds, then w and e of each hidden execution.
constexpr std::size_t size_of_proof(Parameters parameters) {
    return proof_header.size() + 32 + 32 + parameters.opened() * sizeof(Seed) +
           parameters.hidden * (scalar_size + sizeof(Seed));
}
static_assert(size_of_proof(suite1) == proof_size);

/// ValidPoint of both keys, which must differ.
bool are_valid_keys(const Point& Y, const Point& V);

/// Steps 2 to 6 of TVE1 3.6 for keys already checked, with 32 random bytes. Nothing when a step
/// asks for other random bytes (chance about 2^-120). The result is not verified yet.
std::optional<Bytes> prove_once(Parameters parameters, const Secret& x, const Point& Y,
                                const Point& V, const Hash32& context, const Secret& randomness);

/// TVE1 3.8; looks at every execution before it decides.
bool accepts(Parameters parameters, const Point& Y, const Point& V, const Hash32& context,
             ByteView proof);

/// Step 1 of TVE1 3.9 for a proof of the right length that need not verify.
std::optional<Secret> recover_unverified(Parameters parameters, const Secret& v, const Point& Y,
                                         const Point& V, const Hash32& context, ByteView proof);

/// prove() with its 32 random bytes drawn by the caller.
Result<Proof> prove_with(const Secret& x, const Point& Y, const Point& V, const Hash32& context,
                         const Secret& randomness);

} // namespace tau::seal
