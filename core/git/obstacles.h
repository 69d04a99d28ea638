#pragma once

// For .cpp files of this folder: what keeps files from being written or committed.

#include "core/git/libgit2.h"

#include <string>
#include <vector>

namespace tau::git {

/// The files that Change::show would have to overwrite or delete although they hold changes.
/// `unavailable` when only git itself can bring the files there: some go through a filter, or a
/// sparse checkout leaves them out. `conflict` while a merge in the index is not finished.
Result<std::vector<std::string>> files_in_the_way(git_repository* repository,
                                                  const git_commit* target);

/// A checkout that leaves changes and ignored files alone.
git_checkout_options safe_options();

/// `unavailable` for a file that git stores other than it lies in the folder, by a program that
/// .gitattributes names (git-crypt, LFS) or in another encoding: libgit2 would store it as it is.
Result<void> check_storable(git_repository* repository, const std::string& path);

/// The same for the way back. As to git, a program that is not configured does nothing then: a
/// fresh clone has such files as they are stored. `target`: also by what .gitattributes says there.
Result<void> check_showable(git_repository* repository, const std::string& path,
                            const git_oid* target = nullptr);

} // namespace tau::git
