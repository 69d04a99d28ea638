#pragma once

#include "core/git/git.h"

#include <unordered_set>

namespace tau::git {

/// Those of the commits that are the tip of one of these branches of a local repository ("main",
/// "origin/main") or in its history, found in one walk. `not_found` when it has none of the
/// branches.
Result<std::unordered_set<CommitId>> those_in_history(const std::filesystem::path& repository,
                                                      const std::unordered_set<CommitId>& commits,
                                                      const std::vector<std::string>& branches);

} // namespace tau::git
