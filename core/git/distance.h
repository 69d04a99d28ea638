#pragma once

#include "core/git/libgit2.h"

#include <optional>
#include <vector>

namespace tau::git {

/// How far apart two commits are.
struct Distance {
    std::size_t ahead = 0;  ///< commits that only `ours` has
    std::size_t behind = 0; ///< that only `theirs` has
    bool related = true;    ///< they have a commit in common
};
/// In a shallow clone only what is there counts.
Result<Distance> distance(git_repository* repository, const git_oid& ours, const git_oid& theirs);

/// The commits of a shallow clone that lead to these, newest before older; 10,000 for each at
/// most. libgit2
/// 1.5 cannot walk there.
std::vector<git_oid> shallow_history(git_repository* repository, const std::vector<git_oid>& tops);

/// The newest commit of both sides there; none when it is cut off, or they have none.
std::optional<git_oid> shallow_base(git_repository* repository, const git_oid& ours,
                                    const git_oid& theirs);

} // namespace tau::git
