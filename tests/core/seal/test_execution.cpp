#include "tests/core/seal/reference_verifier.h"

#include <algorithm>

using namespace tau;
using namespace tau::seal;
using namespace tau::seal::test;

namespace {

using Scalar = std::array<std::uint8_t, 32>;

Scalar scalar_from(std::string_view hex) {
    return to_array<32>(from_hex(hex).value(), "scalar").value();
}

/// r·V by way of v, which is faster than the multiplication of an arbitrary point.
Point times_vault(const Scalar& r, const Scalar& v) {
    Scalar product;
    crypto_core_ed25519_scalar_mul(product.data(), r.data(), v.data());
    return base_times(product).value();
}

} // namespace

TEST_CASE("mask: the ends of the range and the middle, where t and L - t change places") {
    struct Edge {
        const char* name;
        const char* t;
        bool accepted;
        const char* exponent; ///< n, when accepted
    };
    // (L+1)/2 is the larger one for both values in the middle; 8·(L+1)/2 = 4L + 4.
    const Edge edges[] = {
        {"0", "0000000000000000000000000000000000000000000000000000000000000000", false, ""},
        {"1", "0100000000000000000000000000000000000000000000000000000000000000", false, ""},
        {"(L-1)/2", "f6e97a2e8d31092c6bce7b51ef7c6f0a00000000000000000000000000000008", true,
         "b84fd773698c49605973de8b7ae77b5300000000000000000000000000000040"},
        {"(L+1)/2", "f7e97a2e8d31092c6bce7b51ef7c6f0a00000000000000000000000000000008", true,
         "b84fd773698c49605973de8b7ae77b5300000000000000000000000000000040"},
        {"L-1", "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", false, ""},
        {"2^252 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0f", true,
         "f8ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"2^252", "0000000000000000000000000000000000000000000000000000000000000010", false, ""},
    };
    for (const Edge& edge : edges) {
        CAPTURE(edge.name);
        Workspace work{};
        work.t = scalar_from(edge.t);
        const Scalar t = work.t;
        REQUIRE(mask_from_t(work) == edge.accepted);
        if (!edge.accepted) {
            continue;
        }
        CHECK(to_hex(work.exponent) == edge.exponent);
        Scalar eight{8};
        Scalar r;
        crypto_core_ed25519_scalar_mul(r.data(), t.data(), eight.data());
        CHECK(work.mask == r);
    }
}

TEST_CASE("mask: X25519 with n is r·V on the Edwards curve, for 100,000 random t") {
    const Statement kat;
    std::array<std::uint8_t, 64> wide{};
    std::copy_n(kat.v.data(), 32, wide.begin());
    Scalar v;
    crypto_core_ed25519_scalar_reduce(v.data(), wide.data());
    const Session session = make_session(suite1, kat.Y, kat.V, kat.context, Hash32{}).value();
    Workspace work{};
    for (std::uint64_t i = 0; i < 100000; ++i) {
        const Hash64 random = tagged_hash64("test-t", ByteWriter().u64(i).bytes());
        crypto_core_ed25519_scalar_reduce(work.t.data(), random.data());
        REQUIRE(mask_from_t(work));
        Scalar clamped = work.exponent;
        clamped[0] &= 248;
        clamped[31] = static_cast<std::uint8_t>((clamped[31] & 127) | 64);
        REQUIRE(clamped == work.exponent);
        REQUIRE(crypto_scalarmult_curve25519(work.shared.data(), work.exponent.data(),
                                             session.vault_u.data()) == 0);
        REQUIRE(is_montgomery_form(work.shared, times_vault(work.mask, v)));
    }
}

TEST_CASE("mask: the same with libsodium's own multiplication and map") {
    const Statement kat;
    const Session session = make_session(suite1, kat.Y, kat.V, kat.context, Hash32{}).value();
    Workspace work{};
    for (std::size_t i = 0; i < 500; ++i) {
        Seed seed{};
        seed[0] = static_cast<std::uint8_t>(i & 0xffU);
        Commitment commitment;
        REQUIRE(execute(session, i % 144, seed, work, commitment));
        Point multiple;
        std::array<std::uint8_t, 32> u;
        REQUIRE(crypto_scalarmult_ed25519_noclamp(multiple.data(), work.mask.data(),
                                                  kat.V.data()) == 0);
        REQUIRE(crypto_sign_ed25519_pk_to_curve25519(u.data(), multiple.data()) == 0);
        CHECK(work.shared == u);
        CHECK(session.vault_u ==
              session_for_any_key(suite1, kat.Y, kat.V, kat.context, Hash32{}).vault_u);
    }
}

TEST_CASE("subset: exactly u of M, by rejection, without a bias") {
    std::vector<int> counts(suite1.executions);
    constexpr int draws = 3000;
    for (std::uint32_t i = 0; i < draws; ++i) {
        const std::vector<bool> hidden =
            subset(suite1, tagged_hash32("test-h", ByteWriter().u32(i).bytes()));
        REQUIRE(std::count(hidden.begin(), hidden.end(), true) ==
                static_cast<std::ptrdiff_t>(suite1.hidden));
        for (std::size_t j = 0; j < hidden.size(); ++j) {
            counts[j] += hidden[j] ? 1 : 0;
        }
    }
    // Each is in a third of the draws: mean 1000, deviation 26. A remainder of 256 mod 144 would
    // favour the first 112 by half.
    for (const int count : counts) {
        CHECK(count > 1000 - 5 * 26);
        CHECK(count < 1000 + 5 * 26);
    }
}
