#include "tests/bench/other_schemes.h"

#include "core/seal/execution.h"

#include <algorithm>
#include <sodium.h>

namespace tau::bench {

namespace {

using Point = seal::Point;
using Key16 = std::array<std::uint8_t, 16>;

Scalar reduced(const Hash64& wide) {
    Scalar out;
    crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
    return out;
}

Scalar difference(const Scalar& a, const Scalar& b) {
    Scalar out;
    crypto_core_ed25519_scalar_sub(out.data(), a.data(), b.data());
    return out;
}

Point times_base(const Scalar& scalar) {
    Point out{};
    crypto_scalarmult_ed25519_base_noclamp(out.data(), scalar.data());
    return out;
}

/// Y - scalar·B.
Point rest_of(const Point& Y, const Scalar& scalar) {
    const Point part = times_base(scalar);
    Point out{};
    crypto_core_ed25519_sub(out.data(), Y.data(), part.data());
    return out;
}

EncryptedShare encrypt(const Statement& statement, ByteView label, const Scalar& share,
                       const Scalar& ephemeral) {
    EncryptedShare out{};
    std::array<std::uint8_t, 32> shared{};
    crypto_scalarmult_ed25519_base(out.ephemeral.data(),
                                   ephemeral.data()); // clamps, as X25519 does
    if (crypto_scalarmult_curve25519(shared.data(), ephemeral.data(), statement.vault_u.data()) !=
        0) {
        return out;
    }
    seal::HashState state;
    seal::hash_parts(state, "bench-pad", {}, {label, out.ephemeral, shared}, out.ciphertext);
    for (std::size_t i = 0; i < share.size(); ++i) {
        out.ciphertext[i] = static_cast<std::uint8_t>(out.ciphertext[i] ^ share[i]);
    }
    return out;
}

/// Collects what the challenge depends on.
class Transcript {
public:
    explicit Transcript(const Statement& statement, ByteView salt) {
        seal::start_hash(state_, "bench-chal", 32);
        seal::add_to_hash(state_, statement.Y);
        seal::add_to_hash(state_, statement.vault_u);
        seal::add_to_hash(state_, salt);
    }
    void add(ByteView bytes) { seal::add_to_hash(state_, bytes); }
    void add(const Point& point, const EncryptedShare& share) {
        add(point);
        add(share.ephemeral);
        add(share.ciphertext);
    }
    Hash32 finish() {
        Hash32 out;
        seal::finish_hash(state_, out);
        return out;
    }

private:
    seal::HashState state_;
};

// ---- plain cut-and-choose ----

constexpr seal::Parameters rows{132, 64};

EncryptedShare encrypt_row(const Statement& statement, ByteView salt, std::size_t j,
                           const Scalar& r, const Scalar& k) {
    return encrypt(statement, ByteWriter().raw(salt).u64(j).bytes(), r, k);
}

// ---- DKG in the head ----

constexpr std::size_t parties = 16;
constexpr std::size_t depth = 4;
constexpr std::size_t repetitions = 32;

Key16 child(ByteView salt, std::size_t repetition, std::size_t node, const Key16& parent) {
    Key16 out;
    seal::HashState state;
    seal::hash_parts(state, "bench-tree", {},
                     {salt, ByteWriter().u64(repetition).u64(node).bytes(), parent}, out);
    return out;
}

/// A binary tree of seeds with its root at 1 and leaf i at parties + i; a missing node has no
/// seed. Every known node gives those below it.
using Tree = std::array<std::optional<Key16>, 2 * parties>;

void grow(Tree& tree, ByteView salt, std::size_t repetition) {
    for (std::size_t node = 2; node < tree.size(); ++node) {
        if (tree[node / 2]) {
            tree[node] = child(salt, repetition, node, *tree[node / 2]);
        }
    }
}

struct Party {
    Scalar share{};
    Point point{};
    EncryptedShare encrypted{};
};

Party run_party(const Statement& statement, ByteView salt, std::size_t repetition, std::size_t i,
                const Key16& seed) {
    const Bytes label = ByteWriter().raw(salt).u64(repetition).u64(i).take();
    Party party;
    party.share = reduced(tagged_hash64("bench-share", ByteWriter().raw(label).raw(seed).bytes()));
    const Scalar k = tagged_hash32("bench-eph", ByteWriter().raw(label).raw(seed).bytes());
    party.point = times_base(party.share);
    party.encrypted = encrypt(statement, label, party.share, k);
    return party;
}

Scalar sum_of_shares(const std::array<Party, parties>& all, std::size_t left_out) {
    Scalar sum{};
    for (std::size_t i = 0; i < parties; ++i) {
        if (i != left_out) {
            crypto_core_ed25519_scalar_add(sum.data(), sum.data(), all[i].share.data());
        }
    }
    return sum;
}

void add_parties(Transcript& transcript, const std::array<Party, parties>& all,
                 const Scalar& delta) {
    for (const Party& party : all) {
        transcript.add(party.point, party.encrypted);
    }
    transcript.add(delta);
}

std::size_t hidden_party(const Hash32& h, std::size_t repetition) {
    const unsigned byte = h[repetition / 2];
    return repetition % 2 == 0 ? byte & 15U : byte >> 4;
}

} // namespace

Bytes prove_cut_and_choose(const Statement& statement) {
    Hash32 salt;
    randombytes_buf(salt.data(), salt.size());
    std::vector<Scalar> r(rows.executions);
    std::vector<Scalar> k(rows.executions);
    std::vector<EncryptedShare> encrypted(rows.executions);
    Transcript transcript(statement, salt);
    for (std::size_t j = 0; j < rows.executions; ++j) {
        crypto_core_ed25519_scalar_random(r[j].data());
        randombytes_buf(k[j].data(), k[j].size());
        encrypted[j] = encrypt_row(statement, salt, j, r[j], k[j]);
        transcript.add(times_base(r[j]), encrypted[j]);
    }
    const Hash32 h = transcript.finish();
    const std::vector<bool> hidden = seal::subset(rows, h);
    ByteWriter out;
    out.raw(salt).raw(h);
    for (std::size_t j = 0; j < rows.executions; ++j) {
        if (hidden[j]) {
            out.raw(difference(statement.x, r[j]));
            out.raw(encrypted[j].ephemeral).raw(encrypted[j].ciphertext);
        } else {
            out.raw(r[j]).raw(k[j]);
        }
    }
    return out.take();
}

bool verify_cut_and_choose(const Statement& statement, ByteView proof) {
    ByteReader in(proof);
    const Hash32 salt = in.array<32>();
    const Hash32 h = in.array<32>();
    const std::vector<bool> hidden = seal::subset(rows, h);
    Transcript transcript(statement, salt);
    for (std::size_t j = 0; j < rows.executions; ++j) {
        if (hidden[j]) {
            const Scalar w = in.array<32>();
            const EncryptedShare encrypted{in.array<32>(), in.array<32>()};
            transcript.add(rest_of(statement.Y, w), encrypted);
        } else {
            const Scalar r = in.array<32>();
            const Scalar k = in.array<32>();
            transcript.add(times_base(r), encrypt_row(statement, salt, j, r, k));
        }
    }
    return in.at_end() && transcript.finish() == h;
}

Bytes prove_dkg_in_the_head(const Statement& statement) {
    Hash32 salt;
    randombytes_buf(salt.data(), salt.size());
    std::vector<Tree> trees(repetitions);
    std::vector<std::array<Party, parties>> all(repetitions);
    std::vector<Scalar> deltas(repetitions);
    Transcript transcript(statement, salt);
    for (std::size_t e = 0; e < repetitions; ++e) {
        Key16 root;
        randombytes_buf(root.data(), root.size());
        trees[e][1] = root;
        grow(trees[e], salt, e);
        for (std::size_t i = 0; i < parties; ++i) {
            all[e][i] = run_party(statement, salt, e, i, *trees[e][parties + i]);
        }
        deltas[e] = difference(statement.x, sum_of_shares(all[e], parties));
        add_parties(transcript, all[e], deltas[e]);
    }
    const Hash32 h = transcript.finish();
    ByteWriter out;
    out.raw(salt).raw(h);
    for (std::size_t e = 0; e < repetitions; ++e) {
        const std::size_t hidden = hidden_party(h, e);
        for (std::size_t node = parties + hidden; node > 1; node /= 2) {
            out.raw(*trees[e][node ^ 1U]); // the sibling of each node on the hidden leaf's way
        }
        out.raw(deltas[e]);
        out.raw(all[e][hidden].encrypted.ephemeral).raw(all[e][hidden].encrypted.ciphertext);
    }
    return out.take();
}

bool verify_dkg_in_the_head(const Statement& statement, ByteView proof) {
    ByteReader in(proof);
    const Hash32 salt = in.array<32>();
    const Hash32 h = in.array<32>();
    Transcript transcript(statement, salt);
    for (std::size_t e = 0; e < repetitions; ++e) {
        const std::size_t hidden = hidden_party(h, e);
        Tree tree;
        for (std::size_t node = parties + hidden; node > 1; node /= 2) {
            tree[node ^ 1U] = in.array<16>();
        }
        grow(tree, salt, e);
        const Scalar delta = in.array<32>();
        std::array<Party, parties> all;
        for (std::size_t i = 0; i < parties; ++i) {
            if (i != hidden) {
                all[i] = run_party(statement, salt, e, i, *tree[parties + i]);
            }
        }
        Scalar known = sum_of_shares(all, hidden);
        crypto_core_ed25519_scalar_add(known.data(), known.data(), delta.data());
        all[hidden].point = rest_of(statement.Y, known);
        all[hidden].encrypted = {in.array<32>(), in.array<32>()};
        add_parties(transcript, all, delta);
    }
    return in.at_end() && transcript.finish() == h;
}

} // namespace tau::bench
