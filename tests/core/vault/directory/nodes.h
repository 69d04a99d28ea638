#pragma once

#include "core/vault/directory/audit.h"
#include "core/vault/node_record.h"
#include "core/vault/ranking/node_table.h"
#include "fixture.h"

#include <sodium.h>

namespace tau::test {

/// A vault node whose keys come from a number.
struct TestNode {
    Secret sign{crypto_sign_SECRETKEYBYTES};
    Secret seal{crypto_sign_SECRETKEYBYTES};
    vault::NodeRecord record;
    Hash32 id{};

    explicit TestNode(std::uint32_t number, std::int64_t at = now) {
        const auto seed = [number](const char* purpose) {
            return tagged_hash32("", as_bytes(purpose + std::to_string(number)));
        };
        seal::Point ignored{};
        crypto_sign_seed_keypair(ignored.data(), sign.data(), seed("sign").data());
        crypto_sign_seed_keypair(ignored.data(), seal.data(), seed("seal").data());
        record.seq = 7;
        record.not_before = static_cast<std::uint32_t>(at - 10);
        record.expires = static_cast<std::uint32_t>(at + 6 * 86400);
        record.latitude = static_cast<std::int16_t>(number * 37 % 9000);
        record.longitude = static_cast<std::int16_t>(number * 1009 % 18000);
        record.slots_per_hour = 120;
        record.name = "node-" + std::to_string(number);
        record.endpoint = "https://node-" + std::to_string(number) + ".example.org";
        (void)bytes();
        id = tagged_hash32("", record.sign_key);
    }

    Bytes bytes() {
        REQUIRE(vault::sign_record(record, sign, seal));
        return vault::encode(record);
    }
};

inline vault::Finding good_finding(const Hash32& node) {
    vault::Finding finding;
    finding.node = node;
    finding.passed = 240 * 1000;
    finding.failed = 1000;
    finding.slots = 100;
    finding.up = 719;
    finding.down = 1;
    finding.flags = vault::capacity_audited;
    finding.prefix = {4, {192, 0, 2, 0, 0, 0}};
    return finding;
}

/// The auditors of these tests, the same in every run.
inline keys::OwnerKey auditor(std::uint8_t number) {
    CountingEntropy entropy(static_cast<std::uint8_t>(7 + 31 * number));
    return keys::OwnerKey::generate(entropy);
}

inline Bytes report_of(std::uint8_t number, std::vector<vault::Finding> findings,
                       std::int64_t made = now) {
    std::sort(findings.begin(), findings.end(),
              [](const auto& a, const auto& b) { return a.node < b.node; });
    return vault::report_file({{}, static_cast<std::uint64_t>(made), std::move(findings)},
                              auditor(number));
}

inline std::vector<seal::Point> auditor_keys(std::uint8_t count) {
    std::vector<seal::Point> keys;
    for (std::uint8_t i = 0; i < count; ++i) {
        keys.push_back(auditor(i).public_key());
    }
    return keys;
}

} // namespace tau::test
