#include "tests/core/seal/reference_verifier.h"

#include <algorithm>
#include <memory>
#include <openssl/bn.h>

namespace tau::seal::test {

namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

Number number(const std::array<std::uint8_t, 32>& little_endian) {
    return {BN_lebin2bn(little_endian.data(), 32, nullptr), &BN_free};
}

Number prime() {
    std::array<std::uint8_t, 32> p;
    p.fill(0xff);
    p.front() = 0xed;
    p.back() = 0x7f;
    return number(p);
}

Number y_of(Point point) {
    point.back() &= 0x7f; // without the sign of x
    return number(point);
}

/// 1 + y and 1 - y mod p.
struct Fraction {
    Number p = prime();
    Number above{BN_new(), &BN_free};
    Number below{BN_new(), &BN_free};
    std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context{BN_CTX_new(), &BN_CTX_free};

    explicit Fraction(const Point& point) {
        const Number y = y_of(point);
        BN_mod_add(above.get(), BN_value_one(), y.get(), p.get(), context.get());
        BN_mod_sub(below.get(), BN_value_one(), y.get(), p.get(), context.get());
    }
};

constexpr Point identity = {1};

} // namespace

Session session_for_any_key(Parameters parameters, const Point& Y, const Point& V,
                            const Hash32& context, ByteView salt) {
    Session session{parameters, {}, {}};
    const auto u16 = [](std::size_t n) { return static_cast<std::uint16_t>(n); };
    session.id = tagged_hash32("TauVE1-sid", ByteWriter()
                                                 .u16(u16(parameters.executions))
                                                 .u16(u16(parameters.hidden))
                                                 .raw(Y)
                                                 .raw(V)
                                                 .raw(context)
                                                 .raw(salt)
                                                 .bytes());
    const Fraction u(V);
    const Number inverse(BN_mod_inverse(nullptr, u.below.get(), u.p.get(), u.context.get()),
                         &BN_free);
    if (inverse) {
        const Number quotient(BN_new(), &BN_free);
        BN_mod_mul(quotient.get(), u.above.get(), inverse.get(), u.p.get(), u.context.get());
        BN_bn2lebinpad(quotient.get(), session.vault_u.data(), 32);
    }
    return session;
}

bool is_montgomery_form(const std::array<std::uint8_t, 32>& k, const Point& point) {
    const Fraction u(point);
    const Number product(BN_new(), &BN_free);
    BN_mod_mul(product.get(), number(k).get(), u.below.get(), u.p.get(), u.context.get());
    return BN_cmp(product.get(), u.above.get()) == 0;
}

bool reference_accepts(Parameters parameters, const Point& Y, const Point& V, const Hash32& context,
                       ByteView proof, Check left_out) {
    bool good = true;
    const auto require = [&](Check check, bool holds) { good &= holds || check == left_out; };
    require(Check::length, proof.size() == size_of_proof(parameters));
    ByteReader in(proof);
    require(Check::header, in.array<8>() == proof_header);
    require(Check::point_valid, is_valid_point(Y));
    require(Check::vault_key_valid, is_valid_point(V));
    require(Check::keys_differ, Y != V);
    const Hash32 salt = in.array<32>();
    const Hash32 h = in.array<32>();
    const Session session = session_for_any_key(parameters, Y, V, context, salt);
    const std::vector<bool> hidden = subset(parameters, h);
    std::vector<Commitment> commitments(parameters.executions);
    Workspace work;
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (!hidden[j]) {
            good &= execute(session, j, in.raw(sizeof(Seed)), work, commitments[j]);
        }
    }
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (!hidden[j]) {
            continue;
        }
        const auto w = in.array<32>();
        const bool zero = sodium_is_zero(w.data(), w.size()) != 0;
        require(Check::response_canonical,
                sodium_compare(w.data(), group_order.data(), w.size()) < 0);
        require(Check::response_not_zero, !zero);
        const Point shown = base_times(w).value_or(identity);
        crypto_core_ed25519_sub(commitments[j].point.data(), Y.data(), shown.data());
        require(Check::commitment_not_identity, commitments[j].point != identity);
        commitments[j].sealed_seed = in.array<sizeof(Seed)>();
    }
    require(Check::challenge_equal, challenge(session, commitments) == h);
    return good && in.ok();
}

Cheater::Cheater(Parameters numbers, const Point& point, const Point& vault_key,
                 const Hash32& bound_to, std::uint64_t start)
    : parameters(numbers), Y(point), V(vault_key), context(bound_to), seeds(numbers.executions),
      commitments(numbers.executions), masks(numbers.executions), responses(numbers.executions),
      salt(tagged_hash32("test-salt", ByteWriter().u64(start).bytes())) {
    session = session_for_any_key(parameters, Y, V, context, salt);
    Workspace work;
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        const Hash32 bytes = tagged_hash32("test-seed", ByteWriter().raw(salt).u64(j).bytes());
        std::copy_n(bytes.begin(), sizeof(Seed), seeds[j].begin());
        REQUIRE(execute(session, j, seeds[j], work, commitments[j]));
        masks[j] = work.mask;
    }
}

void Cheater::answer_with(const Secret& x) {
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        crypto_core_ed25519_scalar_sub(responses[j].data(), x.data(), masks[j].data());
    }
}

void Cheater::plant(std::size_t j, const Point& A, const std::array<std::uint8_t, 32>& w) {
    commitments[j].point = A;
    responses[j] = w;
}

Bytes Cheater::write(const Hash32& h, const std::vector<bool>& hidden) const {
    ByteWriter out;
    out.raw(proof_header).raw(salt).raw(h);
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (!hidden[j]) {
            out.raw(seeds[j]);
        }
    }
    for (std::size_t j = 0; j < parameters.executions; ++j) {
        if (hidden[j]) {
            out.raw(responses[j]).raw(commitments[j].sealed_seed);
        }
    }
    return out.take();
}

} // namespace tau::seal::test
