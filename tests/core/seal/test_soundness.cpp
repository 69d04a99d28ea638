#include "tests/core/seal/reference_verifier.h"

#include <cmath>
#include <memory>
#include <openssl/bn.h>

using namespace tau;
using namespace tau::seal;
using namespace tau::seal::test;

namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

/// n over k, exactly.
Number choose(unsigned n, unsigned k) {
    Number out(BN_new(), &BN_free);
    BN_one(out.get());
    for (unsigned i = 1; i <= k; ++i) {
        BN_mul_word(out.get(), n - k + i);
        CHECK(BN_div_word(out.get(), i) == 0); // no remainder
    }
    return out;
}

} // namespace

TEST_CASE("the subsets are at least 2^128 many") {
    const Number subsets = choose(suite1.executions, suite1.hidden);
    const Number bound(BN_new(), &BN_free);
    BN_set_bit(bound.get(), 128);
    CHECK(BN_cmp(subsets.get(), bound.get()) >= 0);
    // A choice that looks close and is not enough, so the test can fail.
    CHECK(BN_cmp(choose(192, 35).get(), bound.get()) < 0);
    CHECK(BN_get_word(choose(8, 3).get()) == 56);
}

TEST_CASE("a prover without the secret needs as many tries as there are subsets") {
    const Statement kat;
    struct Odds {
        Parameters parameters;
        double subsets;
        std::uint64_t forgeries;
    };
    for (const Odds& odds : {Odds{{8, 3}, 56, 300}, Odds{{10, 5}, 252, 150}}) {
        CAPTURE(odds.subsets);
        const Parameters numbers = odds.parameters;
        std::size_t hashes = 0;
        for (std::uint64_t i = 0; i < odds.forgeries; ++i) {
            // It fixes which executions are bad: A = Y - w·B, without any seed behind it.
            Cheater cheater(numbers, kat.Y, kat.V, kat.context, i);
            for (std::size_t j = 0; j < numbers.hidden; ++j) {
                const auto w = known("a"); // any scalar, shifted by j to differ
                std::array<std::uint8_t, 32> response = w;
                response[0] = static_cast<std::uint8_t>(response[0] + 1 + j);
                Point A;
                crypto_core_ed25519_sub(A.data(), kat.Y.data(), base_times(response)->data());
                cheater.plant(j, A, response);
            }
            const Bytes forged = cheater.grind(0, [&](const std::vector<bool>& hidden) {
                return std::all_of(hidden.begin(),
                                   hidden.begin() + static_cast<std::ptrdiff_t>(numbers.hidden),
                                   [](bool in) { return in; });
            });
            hashes += cheater.hashes;
            REQUIRE(accepts(numbers, kat.Y, kat.V, kat.context, forged));
            REQUIRE_FALSE(
                recover_unverified(numbers, kat.v, kat.Y, kat.V, kat.context, forged).has_value());
        }
        // Tries follow a geometric distribution: mean C, deviation about C.
        const double forgeries = static_cast<double>(odds.forgeries);
        const double mean = static_cast<double>(hashes) / forgeries;
        CAPTURE(mean);
        CHECK(std::abs(mean - odds.subsets) < 4 * odds.subsets / std::sqrt(forgeries));
    }
}

TEST_CASE("one hidden execution that is intact opens the seal; without any, nothing is returned") {
    const Statement kat;
    const Bytes good = known_proof();
    constexpr std::size_t responses_at = 1608;
    constexpr std::size_t row = 48;
    const auto corrupt_all_but = [&](std::size_t first, std::size_t count) {
        Bytes proof = good;
        for (std::size_t j = 0; j < suite1.hidden; ++j) {
            if (j < first || j >= first + count) {
                proof[responses_at + j * row + scalar_size] ^= 1;
            }
        }
        return recover_unverified(suite1, kat.v, kat.Y, kat.V, kat.context, proof);
    };
    for (std::size_t j = 0; j < suite1.hidden; ++j) {
        CAPTURE(j);
        const auto alone = corrupt_all_but(j, 1);
        REQUIRE(alone.has_value());
        CHECK(alone->equals(kat.x));
        const auto some = corrupt_all_but(j, suite1.hidden - j);
        REQUIRE(some.has_value());
        CHECK(some->equals(kat.x));
    }
    CHECK_FALSE(corrupt_all_but(0, 0).has_value());
    // A wrong answer w gives another A, which no seed fits.
    Bytes wrong_answers = good;
    for (std::size_t j = 0; j < suite1.hidden; ++j) {
        wrong_answers[responses_at + j * row] ^= 1;
    }
    CHECK_FALSE(
        recover_unverified(suite1, kat.v, kat.Y, kat.V, kat.context, wrong_answers).has_value());
}

TEST_CASE("a generator that is stuck repeats a proof but never a seed for another statement") {
    const Statement kat;
    const VaultKey other(0x22);
    tau::test::CountingEntropy stuck(0);
    Hash32 other_context = kat.context;
    other_context[0] ^= 1;
    const auto opened_seeds = [](const Proof& proof) {
        std::vector<Seed> seeds(suite1.opened());
        ByteReader in(ByteView(proof).subspan(72));
        for (Seed& seed : seeds) {
            seed = in.array<sizeof(Seed)>();
        }
        return seeds;
    };
    const Proof first = prove(kat.x, kat.Y, kat.V, kat.context, stuck).value();
    CHECK(first == prove(kat.x, kat.Y, kat.V, kat.context, stuck).value());
    std::vector<Seed> all = opened_seeds(first);
    for (const Proof& proof : {prove(kat.x, kat.Y, kat.V, other_context, stuck).value(),
                               prove(kat.x, kat.Y, other.V, kat.context, stuck).value()}) {
        const std::vector<Seed> more = opened_seeds(proof);
        all.insert(all.end(), more.begin(), more.end());
    }
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());

    SystemEntropy entropy;
    CHECK(prove(kat.x, kat.Y, kat.V, kat.context, entropy).value() !=
          prove(kat.x, kat.Y, kat.V, kat.context, entropy).value());
}
