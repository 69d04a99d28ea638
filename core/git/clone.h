#pragma once

#include "core/git/remote.h"

namespace tau::git {

/// Fetches every branch of the remote into refs/remotes/origin/ and forgets those that are gone
/// there. At most 1000 branches. Errors as of fetch().
Result<void> fetch_all(const std::filesystem::path& repository, const Remote& remote,
                       std::stop_token stop, const ProgressCallback& progress = {});

/// Makes `folder` (which must not exist, or be empty) a clone with the remote's default branch
/// checked out. The folder appears when everything is there; a crash or cancel leaves none.
Result<void> clone(const std::filesystem::path& folder, const Remote& remote, std::stop_token stop,
                   const ProgressCallback& progress = {});

/// Sends a branch to the remote's branch of the same name, and remembers that it is there.
/// `conflict` when the remote has commits that this side lacks.
Result<void> push_branch(const std::filesystem::path& repository, const Remote& remote,
                         const std::string& branch, std::stop_token stop,
                         const ProgressCallback& progress = {});

/// After push(): the remote's branch stands where the one here does.
Result<void> remember_pushed(const std::filesystem::path& repository, const std::string& branch);

} // namespace tau::git
