// What sealing costs: prove, verify and recover beside the libsodium calls that each cannot do
// without, beside two other proof systems for the same statement, and a whole project's seals.
#include "core/seal/bundle.h"
#include "core/seal/proof_steps.h"
#include "tests/bench/other_schemes.h"
#include "tests/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sodium.h>
#include <string_view>
#include <thread>

using namespace tau;
using namespace tau::seal;

namespace {

/// A measurement of something that fails would be a lie.
void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "bench_seal: %s\n", what);
        std::exit(2);
    }
}

struct Setting {
    SystemEntropy entropy;
    keys::DeployKey key = keys::DeployKey::generate(entropy);
    Secret x = key.scalar();
    Point Y = key.public_key();
    Point V{};
    Secret vault_secret_key{crypto_sign_SECRETKEYBYTES};
    Secret v{32};
    Hash32 context{};
    bench::Statement other{};

    Setting() {
        crypto_sign_keypair(V.data(), vault_secret_key.data());
        crypto_sign_ed25519_sk_to_curve25519(v.data(), vault_secret_key.data());
        std::copy_n(x.data(), x.size(), other.x.begin());
        other.Y = Y;
        require(crypto_sign_ed25519_pk_to_curve25519(other.vault_u.data(), V.data()) == 0,
                "the vault key has no Montgomery form");
    }
};

/// How often each primitive occurs.
struct Counts {
    std::size_t base = 0, x25519 = 0, point_sum = 0, point_check = 0, point_times = 0, to_u = 0;
    std::size_t hashes = 0, reductions = 0, challenge_bytes = 0;

    Counts operator+(const Counts& o) const {
        return {base + o.base,
                x25519 + o.x25519,
                point_sum + o.point_sum,
                point_check + o.point_check,
                point_times + o.point_times,
                to_u + o.to_u,
                hashes + o.hashes,
                reductions + o.reductions,
                challenge_bytes + o.challenge_bytes};
    }
};

constexpr Counts of_executions(std::size_t count) {
    return {count, count, 0, 0, 0, 0, 2 * count, 2 * count, 0};
}
/// Both keys valid, in the two ways of TVE1 3.2.
constexpr Counts of_key_check{0, 0, 2, 2, 2, 0, 0, 0, 0};
/// u(V), sid, the challenge and the subset's first blocks.
constexpr Counts of_session{0, 0, 0, 0, 0, 1, 6, 0, 48 * executions};

Counts of_verify() {
    return of_key_check + of_session + of_executions(executions - hidden_executions) +
           Counts{hidden_executions, 0, hidden_executions, 0, 0, 0, 0, 0, 0};
}
Counts of_prove_alone() {
    return of_session + of_executions(executions);
}
Counts of_prove() {
    return of_key_check + Counts{1, 0, 0, 0, 0, 0, 0, 0, 0} + of_prove_alone() + of_verify();
}
Counts of_recover() {
    return of_verify() + Counts{1, 0, 0, 0, 0, 1, 1, 0, 0} + // v·B, u(V), sid
           Counts{3, 1, 1, 0, 0, 1, 2, 2, 0};                // one hidden execution
}

/// Calls libsodium just as often, on data of the same size.
void run_primitives(const Setting& setting, const Counts& counts) {
    Point point = setting.Y;
    std::array<std::uint8_t, 32> scalar{};
    std::array<std::uint8_t, 64> wide{};
    wide[0] = 9;
    std::copy_n(setting.x.data(), 32, scalar.begin());
    int failures = 0;
    for (std::size_t i = 0; i < counts.base; ++i) {
        failures += crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data());
    }
    for (std::size_t i = 0; i < counts.x25519; ++i) {
        failures +=
            crypto_scalarmult_curve25519(point.data(), scalar.data(), setting.other.vault_u.data());
    }
    for (std::size_t i = 0; i < counts.point_sum; ++i) {
        failures += crypto_core_ed25519_sub(point.data(), setting.Y.data(), setting.V.data());
    }
    for (std::size_t i = 0; i < counts.point_check; ++i) {
        failures += 1 - crypto_core_ed25519_is_valid_point(setting.Y.data());
    }
    for (std::size_t i = 0; i < counts.point_times; ++i) {
        failures +=
            crypto_scalarmult_ed25519_noclamp(point.data(), scalar.data(), setting.Y.data());
    }
    for (std::size_t i = 0; i < counts.to_u; ++i) {
        failures += crypto_sign_ed25519_pk_to_curve25519(point.data(), setting.V.data());
    }
    for (std::size_t i = 0; i < counts.hashes; ++i) {
        tagged_hash("bench", wide, std::span(wide).first(32));
    }
    for (std::size_t i = 0; i < counts.reductions; ++i) {
        crypto_core_ed25519_scalar_reduce(scalar.data(), wide.data());
    }
    const Bytes long_input(counts.challenge_bytes);
    tagged_hash("bench", long_input, point);
    require(failures == 0, "a primitive failed");
}

void check_other_schemes(const Setting& setting, Bytes plain, Bytes dkg) {
    require(bench::verify_cut_and_choose(setting.other, plain), "cut-and-choose does not verify");
    require(bench::verify_dkg_in_the_head(setting.other, dkg), "DKGitH does not verify");
    plain.back() ^= 1;
    dkg.back() ^= 1;
    require(!bench::verify_cut_and_choose(setting.other, plain) &&
                !bench::verify_dkg_in_the_head(setting.other, dkg),
            "a changed proof verifies");
}

/// Both repositories' bundles at once: four proofs on up to four threads.
bench::Figure project_figure(Setting& setting, int rounds) {
    const std::array<keys::DeployKey, 2> deploy_keys = {keys::DeployKey::generate(setting.entropy),
                                                        keys::DeployKey::generate(setting.entropy)};
    const std::array<keys::WebhookSecret, 2> webhooks = {
        keys::WebhookSecret::generate(setting.entropy),
        keys::WebhookSecret::generate(setting.entropy)};
    const keys::OwnerKey owner = keys::OwnerKey::generate(setting.entropy);
    const Expected expected{"project", "ssh://git@example.org/me/repository.git",
                            "node",    owner.public_key(),
                            setting.V, 1};
    const auto seal_one = [&](std::size_t i) {
        SystemEntropy entropy;
        require(seal_bundle(deploy_keys[i], webhooks[i], owner, expected, entropy).has_value(),
                "a bundle was not sealed");
    };
    const std::vector<double> times = bench::medians(
        rounds,
        {[&] {
             std::jthread second([&] { seal_one(1); });
             seal_one(0);
         },
         [&] {
             for (int i = 0; i < 4; ++i) {
                 prove(setting.x, setting.Y, setting.V, setting.context, setting.entropy).value();
             }
         }});
    const std::string cores = std::to_string(std::thread::hardware_concurrency()) + " cores";
    return {"a project's four seals, " + cores,
            times[0],
            "ms",
            "one after the other",
            times[1],
            {},
            {}};
}

/// Prove, verify and recover beside what they cannot do without; goal: a tenth more at most.
std::vector<bench::Figure> own_figures(Setting& setting, const Proof& proof, int rounds) {
    const auto& [entropy, key, x, Y, V, vault_secret_key, v, context, other] = setting;
    const std::vector<double> times = bench::medians(
        rounds,
        {[&] { require(prove(x, Y, V, context, setting.entropy).has_value(), "prove"); },
         [&] { run_primitives(setting, of_prove()); },
         [&] { require(verify(Y, V, context, proof).has_value(), "verify"); },
         [&] { run_primitives(setting, of_verify()); },
         [&] { require(recover(v, Y, V, context, proof).has_value(), "recover"); },
         [&] { run_primitives(setting, of_recover()); }},
        bench::thread_cpu_ms);
    const std::string primitives = "the same libsodium calls alone";
    return {{"prove, self-verified", times[0], "ms", primitives, times[1], 1.10, {}},
            {"verify", times[2], "ms", primitives, times[3], 1.10, {}},
            {"recover, with verification", times[4], "ms", primitives, times[5], 1.10, {}}};
}

/// The same statement proven in other ways. None of the provers verifies its own proof here.
std::vector<bench::Figure> other_figures(const Setting& setting, const Proof& proof, int rounds) {
    const auto& [entropy, key, x, Y, V, vault_secret_key, v, context, other] = setting;
    const Bytes plain = bench::prove_cut_and_choose(other);
    const Bytes dkg = bench::prove_dkg_in_the_head(other);
    check_other_schemes(setting, plain, dkg);
    const Secret randomness = Secret::random(32);
    const std::vector<double> times = bench::medians(
        rounds,
        {[&] { require(prove_once(suite1, x, Y, V, context, randomness).has_value(), "prove"); },
         [&] { bench::prove_cut_and_choose(other); }, [&] { bench::prove_dkg_in_the_head(other); },
         [&] { require(verify(Y, V, context, proof).has_value(), "verify"); },
         [&] { require(bench::verify_cut_and_choose(other, plain), "cut-and-choose"); },
         [&] { require(bench::verify_dkg_in_the_head(other, dkg), "DKGitH"); }},
        bench::thread_cpu_ms);
    const auto size = [](std::size_t bytes) { return static_cast<double>(bytes); };
    const std::string cut_and_choose = "plain cut-and-choose (132, 64)";
    const std::string dkgith = "DKGitH (N=16, tau=32)";
    return {{"prove, not self-verified", times[0], "ms", cut_and_choose, times[1], {}, {}},
            {"prove, not self-verified", times[0], "ms", dkgith, times[2], {}, {}},
            {"verify", times[3], "ms", cut_and_choose, times[4], {}, {}},
            {"verify", times[3], "ms", dkgith, times[5], {}, {}},
            {"proof size", size(proof_size), "bytes", cut_and_choose, size(plain.size()), {}, {}},
            {"proof size", size(proof_size), "bytes", dkgith, size(dkg.size()), {}, {}}};
}

} // namespace

/// With --quick only a few rounds, to see that it works.
int main(int argc, char** argv) {
    require(protect_process() && self_test().has_value(), "the self-test failed");
    const bool quick =
        std::any_of(argv + 1, argv + argc, [](std::string_view a) { return a == "--quick"; });
    Setting setting;
    const Proof proof =
        prove(setting.x, setting.Y, setting.V, setting.context, setting.entropy).value();
    std::vector<bench::Figure> figures = own_figures(setting, proof, quick ? 5 : 200);
    for (bench::Figure& figure : other_figures(setting, proof, quick ? 2 : 50)) {
        figures.push_back(std::move(figure));
    }
    figures.push_back(project_figure(setting, quick ? 2 : 50));
    return bench::report(figures, argc, argv);
}
