#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"

#include <map>

namespace tau::vault {

/// What a directory remembers of a node from edition to edition.
struct LedgerEntry {
    std::uint32_t first = 0; ///< unix seconds: when it was first listed
    std::uint32_t last = 0;  ///< … and last; of a dead key: when it was found dead
    std::uint64_t seq = 0;   ///< the highest seen; tombstone_seq stays for ever
    bool operator==(const LedgerEntry&) const = default;
};

/// By the hash of a node's id. A node that has not been listed for 90 days is forgotten, and is new
/// when it comes back; a dead one never.
using Ledger = std::map<Hash32, LedgerEntry>;

/// "TVL1" | each: id 32, first u32, last u32, seq u64 | SHA-256 of all before. It lies beside the
/// published folder, for the publisher alone; nobody needs to trust it.
Bytes encode(const Ledger& ledger);
/// `corrupt` when it is damaged.
Result<Ledger> decode_ledger(ByteView bytes);
inline constexpr std::size_t max_ledger = 1U << 30U;

} // namespace tau::vault
