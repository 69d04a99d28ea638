#include "core/vault/directory/sample.h"
#include "app/directory/arguments.h"
#include "app/directory/commands.h"
#include "app/directory/signing.h"
#include "core/vault/node_record.h"

#include <algorithm>
#include <sodium.h>

namespace tau::directory {

namespace {

constexpr std::uint64_t most_nodes = 4000000;

Secret key_for(const vault::Summary& summary, const char* purpose) {
    const Hash32 seed = tagged_hash32(purpose, as_bytes(std::to_string(summary.key)));
    seal::Point ignored{};
    Secret secret(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(ignored.data(), secret.data(), seed.data());
    return secret;
}

/// A record whose node has the keys that its number gives: anybody can make them, so nobody may
/// ever seal to them. The endpoint is in a domain that never exists.
Result<vault::PagedRecord> sign_sample(vault::Summary summary, std::int64_t now) {
    vault::NodeRecord record;
    record.seq = 1;
    record.not_before = static_cast<std::uint32_t>(now);
    record.expires = static_cast<std::uint32_t>(now + 7LL * 24 * 3600);
    record.latitude = summary.latitude;
    record.longitude = summary.longitude;
    const auto& city = vault::nearest_sample_city(summary.latitude, summary.longitude);
    record.region = vault::region_from_name(city.region).value_or(0);
    record.slots_per_hour = static_cast<std::uint16_t>(std::clamp(
        1.2F * vault::slots_of(std::max<std::uint8_t>(summary.slots, 1)), 1.0F, 65535.0F));
    record.name = vault::sample_name(summary);
    record.endpoint = "https://" + record.name + ".example.invalid";
    if (auto done = vault::sign_record(record, key_for(summary, "sample-sign"),
                                       key_for(summary, "sample-seal"));
        !done) {
        return fail(done.error());
    }
    summary.key = vault::summary_key(tagged_hash32("", record.sign_key));
    return vault::PagedRecord{summary, vault::encode(record)};
}

Result<vault::Edition> make_up(std::size_t count, std::uint64_t seed, bool with_records,
                               std::int64_t now) {
    vault::Edition edition;
    edition.with_records = with_records;
    edition.nodes.reserve(count);
    for (const vault::Summary& summary : vault::sample_summaries(count, seed)) {
        auto node = with_records ? sign_sample(summary, now)
                                 : Result<vault::PagedRecord>(vault::PagedRecord{summary, {}});
        if (!node) {
            return fail(node.error());
        }
        edition.nodes.push_back(std::move(*node));
    }
    const auto by_key = [](const auto& a, const auto& b) { return a.summary.key < b.summary.key; };
    std::sort(edition.nodes.begin(), edition.nodes.end(), by_key);
    const auto same = [](const auto& a, const auto& b) { return a.summary.key == b.summary.key; };
    edition.nodes.erase(std::unique(edition.nodes.begin(), edition.nodes.end(), same),
                        edition.nodes.end());
    return edition;
}

} // namespace

Result<void> sample_command(Words words) {
    constexpr std::array<Option, 6> options{{{"--nodes", Takes::one, true},
                                             {"--out", Takes::one, true},
                                             {"--seed"},
                                             {"--records", Takes::nothing},
                                             {"--keys", Takes::many},
                                             {"--root"}}};
    const auto arguments = Arguments::parse(words, options);
    if (!arguments) {
        return fail(arguments.error());
    }
    const auto count = arguments->number("--nodes", most_nodes, 0);
    const auto seed = arguments->number("--seed", ~std::uint64_t{0}, 1);
    if (!count || !seed) {
        return fail(count ? seed.error() : count.error());
    }
    SystemEntropy entropy;
    const auto signers =
        arguments->has("--keys") ? load_signers(*arguments) : vault::make_signers(entropy, 5, 3);
    if (!signers) {
        return fail(signers.error());
    }
    const std::int64_t now = SystemClock().now();
    const auto edition = make_up(*count, *seed, arguments->has("--records"), now);
    if (!edition) {
        return fail(edition.error());
    }
    return publish_and_tell(*edition, *signers, arguments->path("--out"), now);
}

} // namespace tau::directory
