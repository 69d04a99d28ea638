#pragma once

#include "tests/core/seal/known_answers.h"

// A second, plain verifier in which each check can be left out, and provers that cheat. A check
// is proven necessary when leaving it out alone makes a bad proof pass.
namespace tau::seal::test {

enum class Check : unsigned {
    none = 0,
    length,
    header,
    point_valid,
    vault_key_valid,
    keys_differ,
    response_canonical,
    response_not_zero,
    commitment_not_identity,
    challenge_equal
};

/// As make_session, for vault keys that it refuses too: u = (1 + y) / (1 - y).
Session session_for_any_key(Parameters parameters, const Point& Y, const Point& V,
                            const Hash32& context, ByteView salt);

/// Whether k·(1 - y) = 1 + y mod p: k is the Montgomery form of the point.
bool is_montgomery_form(const std::array<std::uint8_t, 32>& k, const Point& point);

bool reference_accepts(Parameters parameters, const Point& Y, const Point& V, const Hash32& context,
                       ByteView proof, Check left_out);

/// A prover that may put whatever it likes into some executions.
struct Cheater {
    Parameters parameters;
    Point Y;
    Point V;
    Hash32 context;
    Session session;
    std::vector<Seed> seeds;
    std::vector<Commitment> commitments;
    std::vector<std::array<std::uint8_t, 32>> masks;     ///< r of the honest executions
    std::vector<std::array<std::uint8_t, 32>> responses; ///< w, for executions that end up hidden
    Hash32 salt;
    std::size_t hashes = 0; ///< challenges tried so far

    /// Honest executions from a counter, so that every run is the same.
    Cheater(Parameters parameters, const Point& Y, const Point& V, const Hash32& context,
            std::uint64_t start);
    /// Answers for all honest executions, which only who knows x can give.
    void answer_with(const Secret& x);
    /// Execution j shows A and would be answered with w.
    void plant(std::size_t j, const Point& A, const std::array<std::uint8_t, 32>& w);
    /// Changes e of execution `free` until `wanted(hidden)`, then writes the proof.
    template <typename Wanted>
    Bytes grind(std::size_t free, Wanted&& wanted) {
        for (;;) {
            ++hashes;
            sodium_increment(commitments[free].sealed_seed.data(), sizeof(Seed));
            const Hash32 h = challenge(session, commitments);
            const std::vector<bool> hidden = subset(parameters, h);
            if (wanted(hidden)) {
                return write(h, hidden);
            }
        }
    }
    Bytes write(const Hash32& h, const std::vector<bool>& hidden) const;
};

} // namespace tau::seal::test
