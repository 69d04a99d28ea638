#pragma once

#include "core/git/git.h"

namespace tau::git {

/// Commits these files as they are now on the branch that is checked out, and leaves all other
/// changes alone, as `git commit --only` does. Each must be in the status (`conflict` otherwise),
/// and of no merge that was not finished (`conflict`). `unavailable` for what only git can store.
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
