#pragma once

#include "core/vault/directory/head.h"
#include "core/vault/directory/summary.h"

namespace tau::vault {

// The files that a head commits to. A file's address never changes its meaning: it may be kept for
// ever. Integers are little-endian; everything below is in a folder named by the head's epoch.
//
//   shard/<s>            s: two hex digits. Summaries (16 bytes each), keys ascending.
//   delta/<s>-from-<e>   from the shard of epoch e to this one, for each e in deltas_from:
//                          number u32 | keys to remove, 6 each, ascending
//                          | number u32 | summaries to add or replace, keys ascending
//                        There is none for a shard that is the same, or when a delta is no shorter.
//   rec/<s>/<p>          page p (decimal, from 0) of the shard's records, in the order of its
//                        summaries, 8 a page, the last one shorter:
//                          number u8 | each: summary 16, length u16, record
//                          | number u8 | hashes of the proof, 32 each
//                        A record's leaf is summary | record. The root over a page's leaves is a
//                        node of the tree over all of them: a tree whose leaves are pages has the
//                        same root. So the proof is one of inclusion of leaf p among
//                        ceil(count / 8), and one proof does for eight records.

inline constexpr std::size_t max_shard_file = max_shard_nodes * summary_size;
inline constexpr std::size_t max_delta_file = max_shard_file;
inline constexpr std::size_t page_records = 8;
inline constexpr std::size_t max_record = 1024;
inline constexpr std::size_t max_page_file = 10U << 10U;

/// Two hex digits, as in the addresses of a shard's files.
std::string shard_name(std::size_t shard);

/// Keys have to be ascending.
Bytes shard_file(std::span<const Summary> summaries);
/// `untrusted` when it is not the file that the head names, `corrupt` when that one is malformed.
Result<std::vector<Summary>> read_shard_file(ByteView file, const ShardEntry& entry);

Bytes delta_file(std::span<const Summary> from, std::span<const Summary> to);
/// The new shard's file, checked as by read_shard_file. `from` is a file that passed it before.
Result<Bytes> apply_delta(ByteView from, ByteView delta, const ShardEntry& entry);

struct PagedRecord {
    Summary summary;
    Bytes record; ///< as its node signed it; not yet looked into
};

/// All pages of a shard, and the root over its records.
struct RecordPages {
    std::vector<Bytes> files;
    Hash32 root{};
};
RecordPages record_pages(std::span<const PagedRecord> shard);
/// `untrusted` unless the head's entry commits to all of it. The records' own signatures are for
/// decode_record, and that a record is the one of its summary's key for the caller.
Result<std::vector<PagedRecord>> read_page_file(ByteView file, std::size_t page,
                                                const ShardEntry& entry);

} // namespace tau::vault
