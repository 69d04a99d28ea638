#pragma once

#include "core/git/git.h"

namespace tau::git {

/// Commits that are in this repository only.
struct Unpushed {
    std::string where;       ///< a branch, "HEAD" when it is on none, or "stash"
    std::size_t commits = 0; ///< at most most_unpushed
};
inline constexpr std::size_t most_unpushed = 1000;

/// What no branch of the remote had when it was last fetched, by branch; the stash comes last.
Result<std::vector<Unpushed>> unpushed(const std::filesystem::path& repository);

} // namespace tau::git
