// Whether time tells a secret: Welch's t-test between runs with one fixed secret and runs with many
// random ones, in random order (the method of dudect, Reparaz, Balasch and Verbauwhede 2017). Above
// 10 the two are told apart; a comparison that stops early stands beside every figure, and must be.
//
// It measures this machine, this compiler and the day's noise: evidence beside tests/secrecy, which
// is the proof that no branch and no index depends on a secret.
#include "core/keys/scalar_signer.h"
#include "core/keys/webhook_secret.h"
#include "core/seal/proof_steps.h"
#include "tests/bench/report.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sodium.h>

using namespace tau;
using namespace tau::seal;

namespace {

constexpr double told_apart = 10; ///< dudect's bound
constexpr std::size_t pool = 64;  ///< inputs of a class, each in memory of its own

volatile int sink = 0;

enum Class : std::size_t { fixed, random_ones };

/// Something to measure: input `i` of a class, done `repeat` times in one measurement.
struct Candidate {
    const char* name;
    std::size_t measurements;
    int repeat;
    std::function<void(Class, std::size_t)> run;
};

struct Sample {
    double ns;
    Class of;
};

std::vector<Sample> measure(const Candidate& candidate) {
    std::vector<Sample> samples;
    samples.reserve(candidate.measurements);
    for (std::size_t i = 0; i < candidate.measurements; ++i) {
        const Class of = randombytes_uniform(2) == 0 ? fixed : random_ones;
        const std::size_t input = randombytes_uniform(pool);
        candidate.run(of, input); // so that both classes find their input in the cache
        const auto start = std::chrono::steady_clock::now();
        for (int n = 0; n < candidate.repeat; ++n) {
            candidate.run(of, input);
        }
        const std::chrono::duration<double, std::nano> time =
            std::chrono::steady_clock::now() - start;
        samples.push_back({time.count(), of});
    }
    return samples;
}

/// |t| of Welch's test over the samples below `limit`.
double welch(const std::vector<Sample>& samples, double limit) {
    std::array<double, 2> count{}, mean{}, squares{};
    for (const Sample& sample : samples) {
        if (sample.ns > limit) {
            continue;
        }
        const double delta = sample.ns - mean[sample.of];
        mean[sample.of] += delta / ++count[sample.of];
        squares[sample.of] += delta * (sample.ns - mean[sample.of]);
    }
    if (count[fixed] < 100 || count[random_ones] < 100) {
        return 0;
    }
    const auto variance = [&](Class of) { return squares[of] / (count[of] - 1) / count[of]; };
    const double spread = variance(fixed) + variance(random_ones);
    return spread > 0 ? std::abs(mean[fixed] - mean[random_ones]) / std::sqrt(spread) : 0;
}

/// The largest over several ways to cut off what an interrupt has slowed down.
double largest_t(std::vector<Sample> samples) {
    std::sort(samples.begin(), samples.end(),
              [](const Sample& a, const Sample& b) { return a.ns < b.ns; });
    double largest = 0;
    for (const double share : {0.5, 0.7, 0.8, 0.9, 0.95, 0.99}) {
        const auto last = static_cast<std::size_t>(share * static_cast<double>(samples.size()));
        largest = std::max(largest, welch(samples, samples[last].ns));
    }
    return largest;
}

template <typename T>
using Pools = std::array<std::vector<T>, 2>;

Secret scalar_of(Class of) {
    SystemEntropy entropy;
    static const Secret one = keys::WebhookSecret::generate(entropy).scalar().clone();
    return of == fixed ? one.clone() : keys::WebhookSecret::generate(entropy).scalar().clone();
}

template <typename Make>
auto make_pools(Make make) {
    Pools<decltype(make(fixed))> pools;
    for (std::size_t i = 0; i < pool; ++i) {
        pools[fixed].push_back(make(fixed));
        pools[random_ones].push_back(make(random_ones));
    }
    return pools;
}

Candidate signing() {
    auto signers = std::make_shared<Pools<keys::ScalarSigner>>(
        make_pools([](Class of) { return keys::ScalarSigner::create(scalar_of(of)).value(); }));
    return {"signing with the bare scalar", 6000, 1, [signers](Class of, std::size_t i) {
                SystemEntropy entropy;
                const auto signature = (*signers)[of][i].sign(as_bytes("message"), entropy);
                sink = signature ? 1 : 0;
            }};
}

/// A vault's secret scalar with a seal that it opens.
struct Opening {
    Secret v;
    Point V;
    Bytes proof;
};

Candidate opening() {
    SystemEntropy entropy;
    const auto sealed =
        std::make_shared<keys::WebhookSecret>(keys::WebhookSecret::generate(entropy));
    auto inputs = std::make_shared<Pools<Opening>>(make_pools([&sealed](Class of) {
        Opening made{scalar_of(of), {}, {}};
        made.v.data()[0] &= 248U; // as X25519 takes it; below 2^252 it is the same number
        made.v.data()[31] = static_cast<std::uint8_t>((made.v.data()[31] & 63U) | 64U);
        made.V = base_times(made.v.bytes()).value();
        made.proof = prove_once(suite1, sealed->scalar(), sealed->commitment(), made.V, Hash32{},
                                Secret::random(32))
                         .value();
        return made;
    }));
    return {"opening a share", 6000, 1, [sealed, inputs](Class of, std::size_t i) {
                const Opening& input = (*inputs)[of][i];
                sink = recover_unverified(suite1, input.v, sealed->commitment(), input.V, Hash32{},
                                          input.proof)
                           ? 1
                           : 0;
            }};
}

Candidate masking() {
    auto inputs = std::make_shared<Pools<Secret>>(make_pools(&scalar_of));
    auto work = std::make_shared<Workspace>();
    return {"deriving a mask", 40000, 16, [inputs, work](Class of, std::size_t i) {
                std::copy_n((*inputs)[of][i].data(), work->t.size(), work->t.begin());
                sink = mask_from_t(*work) ? 1 : 0;
            }};
}

/// Guesses at a MAC: one that is right but for its last byte, and ones that are all wrong.
Pools<Bytes> guesses(const Hash32& mac) {
    return make_pools([&mac](Class of) {
        Bytes guess(mac.begin(), mac.end());
        if (of == random_ones) {
            randombytes_buf(guess.data(), guess.size());
        }
        guess.back() ^= 1U;
        return guess;
    });
}

Candidate webhook_check() {
    const auto secret = std::make_shared<Secret>(Secret::random(64));
    const std::string good = keys::sign_webhook(*secret, "body");
    const Bytes digits = from_hex(std::string_view(good).substr(7)).value();
    auto headers = std::make_shared<Pools<std::string>>();
    const Pools<Bytes> tries = guesses(to_array<32>(digits, "A MAC").value());
    for (const Class of : {fixed, random_ones}) {
        for (const Bytes& guess : tries[of]) {
            (*headers)[of].push_back("sha256=" + to_hex(guess));
        }
    }
    return {"checking a webhook's MAC", 40000, 4, [secret, headers](Class of, std::size_t i) {
                sink = keys::verify_webhook(*secret, "body", (*headers)[of][i]) ? 1 : 0;
            }};
}

using Compare = int (*)(const std::uint8_t*, const std::uint8_t*);

Candidate comparing(const char* name, Compare compare) {
    const auto mac = std::make_shared<Hash32>();
    randombytes_buf(mac->data(), mac->size());
    auto tries = std::make_shared<Pools<Bytes>>(guesses(*mac));
    return {name, 40000, 64, [mac, tries, compare](Class of, std::size_t i) {
                sink = compare((*tries)[of][i].data(), mac->data());
            }};
}

int stop_early(const std::uint8_t* a, const std::uint8_t* b) {
    for (std::size_t i = 0; i < 32; ++i) {
        if (a[i] != b[i]) {
            return 1;
        }
    }
    return 0;
}

int with_memcmp(const std::uint8_t* a, const std::uint8_t* b) {
    return std::memcmp(a, b, 32);
}

int with_sodium(const std::uint8_t* a, const std::uint8_t* b) {
    return sodium_memcmp(a, b, 32);
}

} // namespace

int main(int argc, char** argv) {
    if (sodium_init() < 0) {
        return 2;
    }
    const char* planted_name = "a comparison that stops early";
    const double planted = largest_t(measure(comparing(planted_name, &stop_early)));
    if (planted <= told_apart) {
        std::fprintf(stderr,
                     "bench_leak: the planted leak was not found (t = %.1f): this machine "
                     "is too noisy to say anything.\n",
                     planted);
        return 2;
    }
    std::vector<bench::Figure> figures;
    const auto add = [&](const Candidate& candidate, std::optional<double> goal) {
        figures.push_back({std::string(candidate.name) + ", fixed against random",
                           largest_t(measure(candidate)),
                           "|t|",
                           planted_name,
                           planted,
                           {},
                           goal});
    };
    add(signing(), told_apart);
    add(opening(), told_apart);
    add(masking(), told_apart);
    add(webhook_check(), told_apart);
    add(comparing("sodium_memcmp", &with_sodium), told_apart);
    add(comparing("memcmp", &with_memcmp), {}); // may leak, and may not: as glibc has it today
    return bench::report(figures, argc, argv);
}
