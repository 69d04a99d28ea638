#pragma once

#include "core/git/git.h"

namespace tau::git {

/// One name, here and as it was fetched from the remote.
struct Branch {
    std::string name;               ///< "main"
    std::optional<CommitId> local;  ///< none: only the remote has it
    std::optional<CommitId> remote; ///< none: not pushed yet, or never fetched
    bool current = false;           ///< checked out
    std::size_t ahead = 0;          ///< commits here that the remote lacks
    std::size_t behind = 0;         ///< commits of the remote that are not here
};

/// By name; at most 1000.
Result<std::vector<Branch>> list_branches(const std::filesystem::path& repository);

/// A branch at the commit that is checked out; `already_exists`, here or at the remote.
Result<void> create_branch(const std::filesystem::path& repository, const std::string& name);

/// The files with uncommitted changes that switching to the branch would overwrite; empty when it
/// can be switched to.
Result<std::vector<std::string>> files_against_switch(const std::filesystem::path& repository,
                                                      const std::string& name);

/// The error for such files; `what` says what cannot be done ("switch to main").
Error in_the_way(const std::string& what, const std::vector<std::string>& files);

/// Checks a branch out; one that only the remote has is made here first. Changes that do not stand
/// in the way are taken along, as git does; otherwise `conflict` names the files and nothing is
/// changed. A crash on the way leaves the branch that was there, with its files.
Result<void> switch_branch(const std::filesystem::path& repository, const std::string& name);

} // namespace tau::git
