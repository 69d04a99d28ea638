#include "core/seal/execution.h"

#include "core/base/declassify.h"
#include "core/seal/locked.h"

#include <algorithm>

namespace tau::seal {

namespace {

std::array<std::uint8_t, 2> u16le(std::size_t value) {
    return {static_cast<std::uint8_t>(value & 0xffU),
            static_cast<std::uint8_t>(value >> 8 & 0xffU)};
}

/// Times eight; the three bits shifted out on top are lost.
void times_eight(const std::array<std::uint8_t, scalar_size>& in, std::uint8_t* out) {
    unsigned carry = 0;
    for (std::size_t i = 0; i < scalar_size; ++i) {
        const unsigned shifted = static_cast<unsigned>(in[i]) << 3 | carry;
        out[i] = static_cast<std::uint8_t>(shifted & 0xffU);
        carry = shifted >> 8;
    }
}

} // namespace

std::optional<Session> make_session(Parameters parameters, const Point& Y, const Point& V,
                                    const Hash32& context, ByteView salt) {
    Session session{parameters, {}, {}};
    if (crypto_sign_ed25519_pk_to_curve25519(session.vault_u.data(), V.data()) != 0) {
        return std::nullopt;
    }
    HashState state;
    hash_parts(state, "TauVE1-sid", {},
               {u16le(parameters.executions), u16le(parameters.hidden), Y, V, context, salt},
               session.id);
    return session;
}

bool mask_from_t(Workspace& work) {
    // What refuses here and in execute() befalls one seed in 2^120, which is then not used.
    if (declassified(sodium_is_zero(work.t.data(), work.t.size())) != 0) {
        return false;
    }
    // t < L < 2^253, so 8t fits in 32 bytes.
    work.wide.fill(0);
    times_eight(work.t, work.wide.data());
    crypto_core_ed25519_scalar_reduce(work.mask.data(), work.wide.data());

    // The larger of t and L-t, times eight, is ±r and looks like a clamped X25519 scalar as it
    // is. Clamping r itself would change it, and would leak bits of x through w.
    auto& negative = work.exponent;
    negative = group_order;
    sodium_sub(negative.data(), work.t.data(), scalar_size);
    const int order = sodium_compare(work.t.data(), negative.data(), scalar_size); // never 0
    const auto take_t = static_cast<std::uint8_t>(-((order + 1) / 2));
    for (std::size_t i = 0; i < scalar_size; ++i) {
        work.wide[i] = static_cast<std::uint8_t>(
            (work.t[i] & take_t) | (negative[i] & static_cast<std::uint8_t>(~take_t)));
    }
    const bool too_large = work.wide[scalar_size - 1] >= 0x10; // p >= 2^252
    std::copy_n(work.wide.begin(), scalar_size, work.t.begin());
    times_eight(work.t, work.exponent.data());
    return !declassified(too_large);
}

bool derive_mask(const Session& session, std::size_t index, ByteView seed, Workspace& work) {
    hash_parts(work.hash, "TauVE1-mask", {}, {session.id, u16le(index), seed}, work.wide);
    crypto_core_ed25519_scalar_reduce(work.t.data(), work.wide.data());
    return mask_from_t(work);
}

void apply_pad(const Session& session, std::size_t index, const Point& A, ByteView in,
               Workspace& work, Seed& out) {
    const std::span<std::uint8_t> pad(work.wide.data(), out.size());
    hash_parts(work.hash, "TauVE1-pad", {}, {session.id, u16le(index), A, work.shared}, pad);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(in[i] ^ pad[i]);
    }
}

bool shared_with(ByteView scalar, const std::array<std::uint8_t, 32>& u, Workspace& work) {
    // It is zero for points of small order alone, and those are refused before.
    return declassified(
               crypto_scalarmult_curve25519(work.shared.data(), scalar.data(), u.data())) == 0;
}

bool execute(const Session& session, std::size_t index, ByteView seed, Workspace& work,
             Commitment& out) {
    if (!derive_mask(session, index, seed, work)) {
        return false;
    }
    const std::optional<Point> A = base_times(work.mask);
    if (!A || !shared_with(work.exponent, session.vault_u, work)) {
        return false;
    }
    out.point = *A;
    apply_pad(session, index, out.point, seed, work, out.sealed_seed);
    return true;
}

Hash32 challenge(const Session& session, const std::vector<Commitment>& commitments) {
    HashState state;
    start_hash(state, "TauVE1-chal", sizeof(Hash32));
    add_to_hash(state, session.id);
    for (const Commitment& commitment : commitments) {
        add_to_hash(state, commitment.point);
        add_to_hash(state, commitment.sealed_seed);
    }
    Hash32 h;
    finish_hash(state, h);
    return h;
}

std::vector<bool> subset(Parameters parameters, const Hash32& h) {
    std::vector<bool> hidden(parameters.executions);
    std::size_t found = 0;
    for (std::uint32_t counter = 0; found < parameters.hidden; ++counter) {
        const Hash64 stream =
            tagged_hash64("TauVE1-subset", ByteWriter().raw(h).u32(counter).bytes());
        for (const std::uint8_t j : stream) {
            // Rejection, because a remainder would favour some executions.
            if (j < parameters.executions && !hidden[j] && found < parameters.hidden) {
                hidden[j] = true;
                ++found;
            }
        }
    }
    return hidden;
}

} // namespace tau::seal
