#include "core/seal/proof.h"
#include "tests/core/seal/reference_verifier.h"

#include <algorithm>
#include <set>

using namespace tau;
using namespace tau::seal;
using namespace tau::seal::test;

namespace {

constexpr std::size_t seeds_at = 72;
constexpr std::size_t responses_at = 1608;
constexpr std::size_t row = 48; ///< w 32 || e 16

Point point_from(std::string_view hex) {
    return to_array<32>(from_hex(hex).value(), "point").value();
}

/// A point of order eight; its multiples are the whole torsion subgroup.
Point order_eight() {
    return point_from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
}

Point sum(const Point& a, const Point& b) {
    Point out;
    REQUIRE(crypto_core_ed25519_add(out.data(), a.data(), b.data()) == 0);
    return out;
}

struct BadPoint {
    std::string name;
    Point point;
};

std::vector<BadPoint> bad_points(const Point& good) {
    std::vector<BadPoint> out = {
        {"all zero (order 4)", Point{}},
        {"identity", Point{1}},
        {"order 2", point_from("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
        {"y = p", point_from("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
        {"y = p + 1",
         point_from("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
        {"y = p + 3, not canonical",
         point_from("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
        {"off the curve",
         point_from("0200000000000000000000000000000000000000000000000000000000000000")},
        {"all ones",
         point_from("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")}};
    Point torsion = order_eight();
    for (int i = 1; i < 8; ++i) {
        out.push_back({"small, torsion " + std::to_string(i), torsion});
        out.push_back({"torsioned by " + std::to_string(i), sum(good, torsion)});
        torsion = sum(torsion, order_eight());
    }
    return out;
}

struct BadProof {
    std::string name;
    Check caught_by;
    Parameters parameters;
    Point Y;
    Point V;
    Bytes proof;
};

/// A bad proof for every check of the verifier, correct in all other respects.
std::vector<BadProof> bad_proofs(const Statement& kat) {
    std::vector<BadProof> out;
    const Bytes good = known_proof();
    const auto add = [&](std::string name, Check check, Bytes proof) {
        out.push_back({std::move(name), check, suite1, kat.Y, kat.V, std::move(proof)});
    };
    Bytes longer = good;
    longer.push_back(0);
    add("a byte too long", Check::length, longer);
    const std::vector<std::string> header_fields = {"magic",   "magic", "magic",    "magic",
                                                    "version", "suite", "reserved", "reserved"};
    for (std::size_t i = 0; i < header_fields.size(); ++i) {
        Bytes changed = good;
        changed[i] ^= 1;
        add("header: " + header_fields[i], Check::header, changed);
    }
    Bytes other_challenge = good;
    other_challenge[responses_at + scalar_size] ^= 1;
    add("h does not fit", Check::challenge_equal, other_challenge);

    Bytes wide_response = good;
    sodium_add(wide_response.data() + responses_at, group_order.data(), scalar_size);
    add("w + L", Check::response_canonical, wide_response);

    Cheater zero(suite1, kat.Y, kat.V, kat.context, 1);
    zero.answer_with(kat.x);
    zero.plant(7, kat.Y, {});
    add("w = 0", Check::response_not_zero, zero.grind(7, [](const auto& u) { return u[7]; }));

    Cheater identity(suite1, kat.Y, kat.V, kat.context, 2);
    identity.answer_with(kat.x);
    identity.plant(7, Point{1}, known("a"));
    add("A is the identity", Check::commitment_not_identity,
        identity.grind(7, [](const auto& u) { return u[7]; }));

    const Secret v_reduced = [&] {
        Secret wide(64);
        std::copy_n(kat.v.data(), 32, wide.data());
        Secret reduced(32);
        crypto_core_ed25519_scalar_reduce(reduced.data(), wide.data());
        return reduced;
    }();
    out.push_back(
        {"Y = V", Check::keys_differ, suite1, kat.V, kat.V,
         prove_once(suite1, v_reduced, kat.V, kat.V, kat.context, tau::test::counting_secret(0, 32))
             .value()});

    const Point torsioned_vault = sum(kat.V, order_eight());
    Cheater for_torsioned(suite1, kat.Y, torsioned_vault, kat.context, 3);
    for_torsioned.answer_with(kat.x);
    out.push_back({"V torsioned", Check::vault_key_valid, suite1, kat.Y, torsioned_vault,
                   for_torsioned.grind(0, [](const auto& u) { return u[0]; })});

    // With Y torsioned each hidden A is, too: the cheater must guess the subset, so few odds.
    constexpr Parameters small{8, 3};
    const Point torsioned = sum(kat.Y, order_eight());
    Cheater guesser(small, torsioned, kat.V, kat.context, 4);
    guesser.answer_with(kat.x);
    for (std::size_t j = 0; j < small.hidden; ++j) {
        guesser.plant(j, sum(guesser.commitments[j].point, order_eight()), guesser.responses[j]);
    }
    out.push_back({"Y torsioned", Check::point_valid, small, torsioned, kat.V,
                   guesser.grind(0, [](const auto& u) { return u[0] && u[1] && u[2]; })});
    return out;
}

} // namespace

TEST_CASE("every check of the verifier refuses a bad proof that all others let pass") {
    const Statement kat;
    REQUIRE(reference_accepts(suite1, kat.Y, kat.V, kat.context, known_proof(), Check::none));
    std::set<Check> covered;
    for (const BadProof& bad : bad_proofs(kat)) {
        CAPTURE(bad.name);
        CHECK_FALSE(accepts(bad.parameters, bad.Y, bad.V, kat.context, bad.proof));
        CHECK_FALSE(
            reference_accepts(bad.parameters, bad.Y, bad.V, kat.context, bad.proof, Check::none));
        CHECK(
            reference_accepts(bad.parameters, bad.Y, bad.V, kat.context, bad.proof, bad.caught_by));
        covered.insert(bad.caught_by);
    }
    CHECK(covered.size() == static_cast<std::size_t>(Check::challenge_equal));
}

TEST_CASE("a rejected proof gives one code and one sentence, whatever the reason") {
    const Statement kat;
    std::set<std::string> messages;
    for (const BadProof& bad : bad_proofs(kat)) {
        const auto verdict = verify(bad.Y, bad.V, kat.context, bad.proof);
        REQUIRE_FALSE(verdict.has_value());
        CHECK(verdict.error().code == ErrorCode::untrusted);
        messages.insert(verdict.error().message + verdict.error().detail);
    }
    CHECK(messages.size() == 1);
}

TEST_CASE("points that are not canonical, off the curve, small or torsioned are refused") {
    const Statement kat;
    const Bytes good = known_proof();
    SystemEntropy entropy;
    for (const BadPoint& bad : bad_points(kat.Y)) {
        CAPTURE(bad.name);
        CHECK_FALSE(is_valid_point(bad.point));
        CHECK_FALSE(verify(bad.point, kat.V, kat.context, good).has_value());
        CHECK_FALSE(verify(kat.Y, bad.point, kat.context, good).has_value());
        const auto sealed = prove(kat.x, kat.Y, bad.point, kat.context, entropy);
        REQUIRE_FALSE(sealed.has_value());
        CHECK(sealed.error().code == ErrorCode::invalid_argument);
    }
    CHECK(is_valid_point(kat.Y));
    CHECK(is_valid_point(kat.V));
}

TEST_CASE("the prover refuses a scalar that is zero, not canonical or of another key") {
    const Statement kat;
    SystemEntropy entropy;
    Secret zero(32);
    Secret wide = kat.x.clone();
    sodium_add(wide.data(), group_order.data(), 32);
    Secret order = Secret::copy_of(group_order);
    Secret other = kat.x.clone();
    other.data()[0] ^= 1;
    const Secret short_one(31);
    for (const Secret* x :
         std::initializer_list<const Secret*>{&zero, &wide, &order, &other, &short_one}) {
        const auto proof = prove(*x, kat.Y, kat.V, kat.context, entropy);
        REQUIRE_FALSE(proof.has_value());
        CHECK(proof.error().code == ErrorCode::invalid_argument);
    }
    CHECK_FALSE(prove(kat.x, kat.Y, kat.Y, kat.context, entropy).has_value());
}

TEST_CASE("every truncation is refused") {
    const Statement kat;
    const Bytes good = known_proof();
    for (std::size_t size = 0; size < good.size(); ++size) {
        REQUIRE_FALSE(verify(kat.Y, kat.V, kat.context, ByteView(good).first(size)).has_value());
    }
}

TEST_CASE("flipped bits are refused everywhere") {
    const Statement kat;
    const Bytes good = known_proof();
    // 157 is coprime to 8, so that every bit position and every field takes its turn.
    for (std::size_t bit = 0; bit < good.size() * 8; bit += 157) {
        Bytes changed = good;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
        CAPTURE(bit);
        REQUIRE_FALSE(verify(kat.Y, kat.V, kat.context, changed).has_value());
    }
}

TEST_CASE("parts that are swapped, or spliced from another proof, are refused") {
    const Statement kat;
    const Bytes good = known_proof();
    SystemEntropy entropy;
    const Proof other = prove(kat.x, kat.Y, kat.V, kat.context, entropy).value();
    const auto refuse = [&](const Bytes& proof) {
        CHECK_FALSE(verify(kat.Y, kat.V, kat.context, proof).has_value());
    };
    const auto at = [](Bytes& bytes, std::size_t offset) {
        return bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    };
    Bytes seeds = good;
    std::swap_ranges(at(seeds, seeds_at), at(seeds, seeds_at + 16), at(seeds, seeds_at + 16));
    refuse(seeds);
    Bytes rows = good;
    std::swap_ranges(at(rows, responses_at), at(rows, responses_at + row),
                     at(rows, responses_at + row));
    refuse(rows);
    for (const std::size_t cut : {std::size_t{40}, seeds_at, seeds_at + 16, responses_at,
                                  responses_at + row, proof_size - row}) {
        CAPTURE(cut);
        Bytes front = good;
        std::copy(other.begin() + static_cast<std::ptrdiff_t>(cut), other.end(), at(front, cut));
        refuse(front);
        Bytes back(other.begin(), other.end());
        std::copy(good.begin() + static_cast<std::ptrdiff_t>(cut), good.end(), at(back, cut));
        refuse(back);
    }
}

TEST_CASE("a proof is good for its context, key and vault only") {
    const Statement kat;
    const Bytes good = known_proof();
    const VaultKey other(0x11);
    Hash32 context = kat.context;
    context[31] ^= 0x80;
    CHECK_FALSE(verify(kat.Y, kat.V, context, good).has_value());
    CHECK_FALSE(verify(kat.Y, other.V, kat.context, good).has_value());
    CHECK_FALSE(verify(other.V, kat.V, kat.context, good).has_value());
    const auto opened = recover(other.v, kat.Y, kat.V, kat.context, good);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::invalid_argument);
    CHECK_FALSE(recover(kat.v, kat.Y, kat.V, context, good).has_value());
    CHECK_FALSE(recover(Secret(31), kat.Y, kat.V, kat.context, good).has_value());
}
