#pragma once

#include "core/vault/directory/head.h"
#include "core/vault/directory/merkle.h"
#include "tests/support/entropy.h"

#include <doctest/doctest.h>

namespace tau::test {

inline constexpr std::int64_t now = 1790000000;

/// A directory's keys, the same in every run.
struct DirectoryKeys {
    std::vector<keys::OwnerKey> keys;
    vault::DirectoryRoot root;

    explicit DirectoryKeys(std::uint8_t seed = 1, std::size_t count = 5,
                           std::uint8_t threshold = 3) {
        root.threshold = threshold;
        for (std::size_t i = 0; i < count; ++i) {
            CountingEntropy entropy(static_cast<std::uint8_t>(seed + 40 * i));
            keys.push_back(keys::OwnerKey::generate(entropy));
            root.keys.push_back(keys.back().public_key());
        }
    }

    vault::SignedHead signed_head(const vault::DirectoryHead& head,
                                  std::vector<std::size_t> by = {0, 2, 4}) const {
        vault::SignedHead out{head, vault::encode(head), {}};
        for (const std::size_t key : by) {
            out.signatures.push_back(vault::sign(head, root, keys[key]).value());
        }
        return out;
    }
};

inline vault::DirectoryHead make_head(std::uint64_t epoch = now) {
    vault::DirectoryHead head;
    head.epoch = epoch;
    head.fresh_until = static_cast<std::uint32_t>(epoch + 3600);
    head.valid_until = static_cast<std::uint32_t>(epoch + 86400);
    head.history_root = vault::merkle::root({});
    head.revoked = {5, 7, 0xFFFFFFFFFFFF};
    head.deltas_from = {epoch - 7200, epoch - 3600};
    head.shards[3].count = 8;
    return head;
}

inline Hash32 numbered_hash(std::size_t number) {
    return vault::merkle::leaf_hash(as_bytes(std::to_string(number)));
}

} // namespace tau::test
