#pragma once

#include "core/git/git.h"

namespace tau::git {

/// The most files that a status names.
inline constexpr std::size_t most_changes = 10000;

/// What differs between HEAD and the files, whether it was staged or not.
struct Status {
    std::string branch;             ///< empty: on no branch
    std::optional<CommitId> commit; ///< none before the first one
    std::vector<FileChange> files;  ///< by path; what .gitignore names is left out
    /// Those that are at another commit than HEAD has. Never committed here.
    std::vector<std::string> submodules;
    /// Repositories in it, submodules that are checked out among them: what they hold is their own.
    std::vector<std::string> repositories;
    /// Changed files that git was told not to look at (skip-worktree, assume-unchanged).
    std::vector<std::string> overlooked;
    bool complete = true; ///< false: there are more than most_changes
};
/// Also puts back what a killed program of ours left half-way, unless somebody is at work.
/// `not_found` when there is no repository.
Result<Status> status_of(const std::filesystem::path& repository);

} // namespace tau::git
