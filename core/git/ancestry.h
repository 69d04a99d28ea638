#pragma once

#include "core/git/git.h"

namespace tau::git {

/// Whether the commit is the tip of one of these branches of a local repository ("main",
/// "origin/main") or in its history; false when the repository does not have it at all.
/// `not_found` when it has none of the branches.
Result<bool> is_in_history(const std::filesystem::path& repository, const CommitId& commit,
                           const std::vector<std::string>& branches);

} // namespace tau::git
