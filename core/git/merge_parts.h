#pragma once

// For .cpp files of this folder: what planning a merge and making it share.

#include "core/git/libgit2.h"
#include "core/git/merge.h"

#include <map>

namespace tau::git {

struct EntryValue {
    git_oid id;
    std::uint16_t mode;
};
/// A file in one of the three trees; none: not there.
using Entry = std::optional<EntryValue>;
struct MergeEntry {
    Entry base, ours, theirs;
};
/// By path, the files that differ from the base on one side at least.
using MergeEntries = std::map<std::string, MergeEntry>;

inline bool same(const Entry& a, const Entry& b) {
    return a.has_value() == b.has_value() &&
           (!a || (git_oid_equal(&a->id, &b->id) != 0 && a->mode == b->mode));
}

/// The two commits to merge, and the one they have in common.
struct MergeSides {
    std::string branch;
    CommitPtr ours, theirs, base;
};
/// `conflict` when there is nothing to merge.
Result<MergeSides> read_sides(git_repository* repository);

Result<MergeEntries> read_entries(git_repository* repository, const git_commit* base,
                                  const git_commit* ours, const git_commit* theirs);
Result<MergeFile> plan_file(git_repository* repository, const std::string& path,
                            const MergeEntry& entry, const TextCheck& sound);

} // namespace tau::git
