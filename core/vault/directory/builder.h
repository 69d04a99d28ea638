#pragma once

#include "core/vault/directory/ledger.h"
#include "core/vault/directory/shard.h"

#include <filesystem>

namespace tau::vault {

// The published folder, as a web server gives it out below the directory's address. All but v1/head
// keeps its meaning for ever and may be cached so; v1/head is to be asked for again (ETag).
//
//   v1/head                        the newest head and its signatures    (head.h)
//   v1/root/<n>                    root of version n (decimal)           (head.h)
//   v1/<epoch>/shard/<s>           summaries of shard s                  (shard.h)
//   v1/<epoch>/delta/<s>-from-<e>  from epoch e to this one              (shard.h)
//   v1/<epoch>/rec/<s>/<p>         records, 8 a page, with their proof   (shard.h)
//   v1/<epoch>/history/<e>, …/all  that this head follows from that one  (history.h)
//   v1/<epoch>/report/<n>          auditors' reports, from 0, by key     (audit.h)
//
// A shard without nodes has no file. <epoch> and <e> are decimal unix seconds, <s> two lower-case
// hex digits. Leaves of reports_root are the report files. Beside v1 lies `ledger` (ledger.h),
// which need not be served.

struct Signers {
    SignedRoot root;
    std::vector<keys::OwnerKey> keys; ///< of the root; at least its threshold
};

/// What is published at one time.
struct Edition {
    std::vector<PagedRecord> nodes; ///< keys ascending
    /// A made-up list may have none: its records cannot be had, their root is zeros.
    bool with_records = true;
    std::vector<Bytes> reports; ///< files, by auditor's key; at most max_reports
    std::vector<std::uint64_t> revoked;
    std::uint32_t fresh_for = 3600;      ///< seconds
    std::uint32_t valid_for = 24 * 3600; ///< seconds, at least fresh_for
    bool durable = true; ///< whole even after a power cut; not needed for what is made anew
};

/// The folder's newest head, believed for being in our own folder; nullopt for an empty one.
Result<std::optional<SignedHead>> newest_head(const std::filesystem::path& folder,
                                              std::int64_t now);

/// Writes the edition into the folder beside those before it, the head last: who reads meanwhile
/// sees the old edition or the new one whole. The map of shards stays as it was unless one of them
/// has outgrown twice the mean. Deltas lead here from the editions of the folder that are kept (the
/// last 4; older ones are removed). `limit_exceeded` when a shard or list outgrows the format.
Result<SignedHead> publish(const Edition& edition, const Signers& signers,
                           const std::filesystem::path& folder, std::int64_t now);

} // namespace tau::vault
