#pragma once

#include "core/seal/points.h"
#include "core/seal/tagged_hash.h"

#include <vector>

// The derivations of TVE1 3.5 in one place: session, mask, execution, challenge, subset. Internal
// to core/seal and its tests. The numbers M and u are arguments, so that tests can look at odds
// that are too small to meet at full size.
namespace tau::seal {

/// M executions of which u stay hidden; u < M <= 256.
struct Parameters {
    std::size_t executions;
    std::size_t hidden;
    constexpr std::size_t opened() const { return executions - hidden; }
};

using Seed = std::array<std::uint8_t, 16>;

/// What one execution shows of itself: A = r·B and the encrypted seed e.
struct Commitment {
    Point point;
    Seed sealed_seed;
};

/// Secret intermediates of an execution; lives in Locked memory.
struct Workspace {
    HashState hash;
    std::array<std::uint8_t, 64> wide;
    std::array<std::uint8_t, scalar_size> t;
    std::array<std::uint8_t, scalar_size> mask;     ///< r = 8t mod L
    std::array<std::uint8_t, scalar_size> exponent; ///< n = 8·max(t, L-t): ±r, already clamped
    std::array<std::uint8_t, 32> shared;            ///< K
    Seed seed;
};

/// The public values that every execution of one proof shares.
struct Session {
    Parameters parameters;
    Hash32 id;                            ///< sid
    std::array<std::uint8_t, 32> vault_u; ///< u(V)
};

/// Nothing when V has no Montgomery form of full order.
std::optional<Session> make_session(Parameters parameters, const Point& Y, const Point& V,
                                    const Hash32& context, ByteView salt);

/// Fills `mask` and `exponent` from `t`; false when t is 0 or n does not fit in 255 bits.
/// Constant time.
bool mask_from_t(Workspace& work);
/// Mask(j, seed).
bool derive_mask(const Session& session, std::size_t index, ByteView seed, Workspace& work);

/// `work.shared` = K = X25519(scalar, u); false when that is zero.
bool shared_with(ByteView scalar, const std::array<std::uint8_t, 32>& u, Workspace& work);

/// Exec(j, seed). `work.mask` holds r afterwards.
bool execute(const Session& session, std::size_t index, ByteView seed, Workspace& work,
             Commitment& out);

/// The seed (or its encryption, xor is its own inverse) under the pad of `work.shared` = K.
void apply_pad(const Session& session, std::size_t index, const Point& A, ByteView in,
               Workspace& work, Seed& out);

/// Chal(A, e).
Hash32 challenge(const Session& session, const std::vector<Commitment>& commitments);

/// Subset(h): hidden[j] says whether j is in U. h is public.
std::vector<bool> subset(Parameters parameters, const Hash32& h);

} // namespace tau::seal
