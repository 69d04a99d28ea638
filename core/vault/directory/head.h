// core/vault/directory: a signed list of a million vault nodes that any static web server can hold.
// merkle.h    RFC 6962 trees and proofs
// summary.h   what the list says of a node, in 16 bytes
// shard_map.h which of the 256 shards a place on earth belongs to
// head.h      this file: the root of trust and the signed head
// shard.h     the files that the head commits to: shards, deltas, pages of records
// history.h   that one head follows from another
// sample.h    a made-up list of any size
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
    std::vector<std::uint64_t> revoked;     ///< node keys (Summary::key), at most 4096, ascending
    std::vector<std::uint64_t> deltas_from; ///< epochs that there are deltas from; as above, 16
    std::uint16_t report_count = 0;         ///< of auditors; they are published, see audit.h
    Hash32 reports_root{};                  ///< Merkle root over the report files

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
inline constexpr std::size_t max_revoked = 4096;
inline constexpr std::size_t max_deltas = 16;
inline constexpr std::size_t max_reports = 64;
/// Of one shard: its summaries are then 1 MB.
inline constexpr std::uint32_t max_shard_nodes = 65536;
inline constexpr std::uint32_t longest_head_life = 7 * 24 * 3600; ///< seconds

/// The head's bytes, in this order, integers little-endian:
///   "TVD1" | root_version u32 | epoch u64 | fresh_until u32 | valid_until u32
///   | history_size u64 | history_root 32 | report_count u16 | reports_root 32
///   | 255 splits i16 | 256 x (count u32, summaries 32, records 32)
///   | number of revoked u16 | each 6 | number of deltas u8 | each u64
/// Signatures are over H("tau-vault-dir-v1", 64, these bytes). The file is the bytes, then
///   number of signatures u8 | each: key u8, signature 64    (keys ascending)
/// The root's: "TVR1" | version u32 | threshold u8 | number of keys u8 | each 32; signatures over
/// H("tau-dir-root-v1", 64, these bytes). The file is the bytes, then the signatures by the root
/// before, then those by itself, both as above.
Bytes encode(const DirectoryHead& head);
Bytes head_file(const SignedHead& head);
/// `corrupt` for a wrong shape (names the field), `untrusted` unless `threshold` different keys of
/// `root` signed it, the root version is that of `root`, epoch <= now + 5 min, and
/// epoch < fresh_until <= valid_until <= epoch + 7 days. An outdated head is a value, not an error:
/// the cache may have nothing newer; the caller looks at valid_until.
/// Every signature in the file has to be good, not only enough of them.
Result<SignedHead> read_head_file(ByteView file, const DirectoryRoot& root, std::int64_t now);
/// The root version that a head file claims, before anything of it is believed: which root to ask
/// for. `corrupt` when it is not a head.
Result<std::uint32_t> claimed_root_version(ByteView head_file);
Result<KeySignature> sign(const DirectoryHead& head, const DirectoryRoot& root,
                          const keys::OwnerKey& key);

Bytes encode(const DirectoryRoot& root);
/// `corrupt` unless it has 1..16 different keys and 1 <= threshold <= keys.
Result<DirectoryRoot> decode_root(ByteView bytes);
Bytes root_file(const SignedRoot& root);
/// The publisher's own root file: read, its signatures by itself checked, nothing held against an
/// earlier one.
Result<SignedRoot> read_own_root(ByteView file);
/// The next root after `trusted`: its version and one, signed by threshold of both. `untrusted`
/// otherwise.
Result<DirectoryRoot> read_root_file(ByteView file, const DirectoryRoot& trusted);

/// By a key of `root`, for `next`: itself (by_itself) or the one after it (by_previous).
Result<KeySignature> sign(const DirectoryRoot& next, const DirectoryRoot& root,
                          const keys::OwnerKey& key);

} // namespace tau::vault
