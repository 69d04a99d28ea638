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
    bool complete = true; ///< false: there are more than most_changes
};
/// Also puts back what a killed program of ours left half-way, unless somebody is at work.
/// `not_found` when there is no repository.
Result<Status> status_of(const std::filesystem::path& repository);

/// Commits these files as they are now on the branch that is checked out, and leaves all other
/// changes alone, as `git commit --only` does. Each must be in the status (`conflict` otherwise).
/// `invalid_argument` without a message or files, on no branch, or for YAML with conflict markers
/// in it. Objects are written first, the branch moves last.
Result<CommitId> commit_files(const std::filesystem::path& repository,
                              const std::vector<std::string>& files, const Author& author,
                              const std::string& message);

/// Whether a file is YAML by its name.
bool is_yaml_name(const std::string& path);
/// Whether a text has lines as a merge leaves them for people to mend ("<<<<<<< ours").
bool has_conflict_markers(std::string_view text);

} // namespace tau::git
