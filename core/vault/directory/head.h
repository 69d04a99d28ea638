// core/vault/directory: a signed list of a million vault nodes that any static web server can hold.
// merkle.h    RFC 6962 trees and proofs
// summary.h   what the list says of a node, in 16 bytes
// shard_map.h which of the 256 shards a place on earth belongs to
// head.h      this file: the root of trust and the signed head
// audit.h     what auditors report of nodes, and what follows from it
// builder.h   from records and reports to a folder of files
// client.h    fetching, verifying, keeping
#pragma once

#include "core/keys/owner_key.h"
#include "core/vault/directory/shard_map.h"

#include <array>
#include <cstdint>
#include <vector>

namespace tau::vault {

/// Who may sign heads. A network's file names version 1 (or a later one); each next version is
/// signed by `threshold` keys of the one before it and of its own.
struct DirectoryRoot {
    std::uint32_t version = 1;
    std::uint8_t threshold = 3;
    std::vector<seal::Point> keys; ///< Ed25519, 1..16, no two the same; usually 5
    bool operator==(const DirectoryRoot&) const = default;
};

struct KeySignature {
    std::uint8_t key = 0; ///< index into DirectoryRoot::keys
    keys::Signature signature{};
};

struct SignedRoot {
    DirectoryRoot root;
    std::vector<KeySignature> by_previous; ///< empty for the version that the network's file pins
    std::vector<KeySignature> by_itself;
};

struct ShardEntry {
    std::uint32_t count = 0; ///< nodes
    Hash32 summaries{};      ///< SHA-256 of the shard's file
    Hash32 records{};        ///< Merkle root over its records, leaf = summary (16 bytes) | record
    bool operator==(const ShardEntry&) const = default;
};

/// The one file that changes in place. Its epoch is the unix second it becomes valid at: no key,
/// stolen or not, can sign its way far ahead of the clock (fast-forward).
struct DirectoryHead {
    std::uint32_t root_version = 1;
    std::uint64_t epoch = 0;        ///< unix seconds, also "valid after"
    std::uint32_t fresh_until = 0;  ///< unix seconds; ask again after it
    std::uint32_t valid_until = 0;  ///< unix seconds; show as outdated after it
    std::uint64_t history_size = 0; ///< heads before this one
    Hash32 history_root{};          ///< Merkle root over their bytes: no second, hidden history
    ShardMap map;
    std::array<ShardEntry, shard_count> shards{};
    std::vector<std::uint64_t> revoked; ///< node keys (Summary::key), at most 4096, ascending

    std::uint64_t node_count() const;
};

struct SignedHead {
    DirectoryHead head;
    Bytes encoded; ///< what was signed
    std::vector<KeySignature> signatures;
};

/// At most this many bytes of head file and of root file.
inline constexpr std::size_t max_head_file = 64U << 10U;
inline constexpr std::size_t max_root_file = 8U << 10U;

Bytes encode(const DirectoryHead& head);
/// Signatures are over H("tau-vault-dir-v1", 64, encoded head), and for roots over
/// H("tau-vault-root-v1", 64, encoded root).
Bytes head_file(const SignedHead& head);
/// `corrupt` for a wrong shape (names the field), `untrusted` unless `threshold` different keys of
/// `root` signed it, the root version is that of `root`, epoch <= now + 5 min, and
/// epoch < fresh_until <= valid_until <= epoch + 7 days. An outdated head is a value, not an error:
/// the cache may have nothing newer; the caller looks at valid_until.
Result<SignedHead> read_head_file(ByteView file, const DirectoryRoot& root, std::int64_t now);

Bytes encode(const DirectoryRoot& root);
Result<DirectoryRoot> decode_root(ByteView bytes);
Bytes root_file(const SignedRoot& root);
/// The next root after `trusted`: its version, signed by threshold of both. `untrusted` otherwise.
Result<DirectoryRoot> read_root_file(ByteView file, const DirectoryRoot& trusted);

} // namespace tau::vault
