#pragma once

#include "core/vault/directory/audit.h"
#include "core/vault/directory/ledger.h"
#include "core/vault/directory/shard.h"

namespace tau::vault {

/// What becomes of the records that came in.
struct Selection {
    std::vector<PagedRecord> nodes;     ///< to be listed; keys ascending
    std::vector<std::uint64_t> revoked; ///< for the head: keys ascending
    Ledger ledger;                      ///< with this edition in it
    std::vector<RefusedRecord> left_out;
};

/// Lists each node once, under its newest record. Left out, each with a reason: records that do
/// not verify now, that are older than one seen before, whose node is revoked by us or has declared
/// its key dead (once and for all), or whose key (48 bits of the id) an older node already has.
/// The slots listed are what auditors measured, or what the record says when that is less: what a
/// node says of itself can only lower it. Dead keys stand in the head's list for 7 days, as long
/// as a record of theirs could live.
Selection select_nodes(std::span<const Bytes> records, const std::map<Hash32, Verdict>& verdicts,
                       Ledger ledger, std::span<const Hash32> revoked, std::int64_t now);

} // namespace tau::vault
