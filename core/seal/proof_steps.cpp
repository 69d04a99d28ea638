#include "core/seal/proof_steps.h"

#include "core/base/declassify.h"
#include "core/seal/locked.h"

#include <algorithm>

namespace tau::seal {

namespace {

/// What the prover must forget.
struct ProverSecrets {
    Workspace work;
    std::array<std::uint8_t, 64> root;
    std::array<Seed, executions> seeds;
    std::array<std::array<std::uint8_t, scalar_size>, executions> masks;
    std::array<std::uint8_t, scalar_size> response; ///< public once it is written out
};
static_assert(sizeof(std::array<Seed, executions>) == executions * sizeof(Seed));

/// A proof of the right length, cut into its parts.
struct ProofView {
    ByteView header, salt;
    Hash32 h;
    ByteView opened, hidden;

    ProofView(Parameters parameters, ByteView proof) {
        ByteReader reader(proof);
        header = reader.raw(proof_header.size());
        salt = reader.raw(32);
        h = reader.array<32>();
        opened = reader.raw(parameters.opened() * sizeof(Seed));
        hidden = reader.raw(parameters.hidden * (scalar_size + sizeof(Seed)));
    }
    ByteView opened_seed(std::size_t rank) const {
        return opened.subspan(rank * sizeof(Seed), sizeof(Seed));
    }
    ByteView response(std::size_t rank) const {
        return hidden.subspan(rank * (scalar_size + sizeof(Seed)), scalar_size);
    }
    ByteView sealed_seed(std::size_t rank) const {
        return hidden.subspan(rank * (scalar_size + sizeof(Seed)) + scalar_size, sizeof(Seed));
    }
};

/// A_j = Y - w·B and e_j of a hidden execution; false when w or A_j is not allowed.
bool hidden_commitment(const Point& Y, ByteView response, ByteView sealed_seed, Commitment& out) {
    if (!is_canonical_scalar(response)) {
        return false;
    }
    const std::optional<Point> shown = base_times(response);
    if (!shown || crypto_core_ed25519_sub(out.point.data(), Y.data(), shown->data()) != 0) {
        return false;
    }
    std::copy(sealed_seed.begin(), sealed_seed.end(), out.sealed_seed.begin());
    return out.point != identity;
}

void derive_seeds(Parameters parameters, const Secret& x, const Point& Y, const Point& V,
                  const Hash32& context, const Secret& randomness, ProverSecrets& secrets) {
    // Hedged: even a broken generator gives other seeds for another statement.
    hash_parts(secrets.work.hash, "TauVE1-root", randomness.bytes(), {x.bytes(), Y, V, context},
               secrets.root);
    constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
    crypto_stream_chacha20(secrets.seeds.front().data(), parameters.executions * sizeof(Seed),
                           nonce.data(), secrets.root.data() + 32);
}

} // namespace

bool are_valid_keys(const Point& Y, const Point& V) {
    return is_valid_point(Y) && is_valid_point(V) && Y != V;
}

std::optional<Bytes> prove_once(Parameters parameters, const Secret& x, const Point& Y,
                                const Point& V, const Hash32& context, const Secret& randomness) {
    Locked<ProverSecrets> secrets;
    derive_seeds(parameters, x, Y, V, context, randomness, *secrets);
    const ByteView salt(secrets->root.data(), 32);
    declassify(salt.data(), salt.size()); // published, as A_j and e_j are below
    const std::optional<Session> session = make_session(parameters, Y, V, context, salt);
    if (!session) {
        return std::nullopt;
    }
    std::vector<Commitment> commitments(parameters.executions);
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (!execute(*session, j, secrets->seeds[j], secrets->work, commitments[j])) {
            return std::nullopt;
        }
        declassify(&commitments[j], sizeof commitments[j]);
        secrets->masks[j] = secrets->work.mask;
    }
    const Hash32 h = challenge(*session, commitments);
    const std::vector<bool> hidden = subset(parameters, h);

    ByteWriter proof;
    proof.raw(proof_header).raw(salt).raw(h);
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (!hidden[j]) {
            declassify(&secrets->seeds[j], sizeof(Seed)); // opened
            proof.raw(secrets->seeds[j]);
        }
    }
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (hidden[j]) {
            crypto_core_ed25519_scalar_sub(secrets->response.data(), x.data(),
                                           secrets->masks[j].data());
            declassify(&secrets->response, sizeof secrets->response); // published, or not used
            if (sodium_is_zero(secrets->response.data(), scalar_size) != 0) {
                return std::nullopt;
            }
            proof.raw(secrets->response).raw(commitments[j].sealed_seed);
        }
    }
    return proof.take();
}

bool accepts(Parameters parameters, const Point& Y, const Point& V, const Hash32& context,
             ByteView proof) {
    if (proof.size() != size_of_proof(parameters)) {
        return false;
    }
    const ProofView view(parameters, proof);
    if (!std::equal(view.header.begin(), view.header.end(), proof_header.begin()) ||
        !are_valid_keys(Y, V)) {
        return false;
    }
    const std::optional<Session> session = make_session(parameters, Y, V, context, view.salt);
    if (!session) {
        return false;
    }
    const std::vector<bool> hidden = subset(parameters, view.h);
    std::vector<Commitment> commitments(parameters.executions);
    Workspace work; // of opened executions only: nothing in it is secret
    bool good = true;
    std::size_t opened_rank = 0;
    std::size_t hidden_rank = 0;
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (hidden[j]) {
            good &= hidden_commitment(Y, view.response(hidden_rank), view.sealed_seed(hidden_rank),
                                      commitments[j]);
            ++hidden_rank;
        } else {
            good &= execute(*session, j, view.opened_seed(opened_rank), work, commitments[j]);
            ++opened_rank;
        }
    }
    const Hash32 h = challenge(*session, commitments);
    return good && sodium_memcmp(h.data(), view.h.data(), h.size()) == 0;
}

std::optional<Secret> recover_unverified(Parameters parameters, const Secret& v, const Point& Y,
                                         const Point& V, const Hash32& context, ByteView proof) {
    const ProofView view(parameters, proof);
    const std::optional<Session> session = make_session(parameters, Y, V, context, view.salt);
    if (!session) {
        return std::nullopt;
    }
    const std::vector<bool> hidden = subset(parameters, view.h);
    Locked<Workspace> work;
    Secret x(scalar_size);
    Commitment commitment;
    std::array<std::uint8_t, 32> u;
    std::size_t rank = 0;
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (!hidden[j]) {
            continue;
        }
        const ByteView response = view.response(rank);
        const ByteView sealed_seed = view.sealed_seed(rank);
        ++rank;
        if (!hidden_commitment(Y, response, sealed_seed, commitment) ||
            crypto_sign_ed25519_pk_to_curve25519(u.data(), commitment.point.data()) != 0 ||
            !shared_with(v.bytes(), u, *work)) {
            continue;
        }
        apply_pad(*session, j, commitment.point, sealed_seed, *work, work->seed);
        // The check that makes a wrong seed harmless (Fujisaki-Okamoto): it must give A_j again.
        if (!derive_mask(*session, j, work->seed, *work) ||
            !gives_point(work->mask, commitment.point)) {
            continue;
        }
        crypto_core_ed25519_scalar_add(x.data(), work->mask.data(), response.data());
        if (gives_point(x.bytes(), Y)) {
            return x;
        }
    }
    return std::nullopt;
}

} // namespace tau::seal
