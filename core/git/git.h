// core/git: git without libgit2's types: local repositories in this process, everything that talks
// to a remote in a child process.
// git.h         this file: what all of them share
// repository.h  a local repository: make, read and write commits
// work_tree.h   what was changed since the last commit
// commit.h      committing some of it
// ignored.h     which files of a folder git leaves out
// configuration.h  what a person set for all repositories, who commits among it
// branches.h    branches of a clone: list, make, switch without losing work
// diff.h        the lines of one file that changed
// discard.h     changed files back to what was committed, and that taken back
// history.h     commits, page by page, and the files of each
// merge.h       bringing together what two sides changed, file by file
// clone.h       a copy of a remote repository, and news from it
// ancestry.h    whether a commit is in the history of a branch
// remote.h      push, fetch and list a remote, through the tau-git helper
// url.h         the one canonical form of a repository's address
// The helper (app/git) exists because libgit2 offers no deadline and no cancel on a stalled peer,
// reads the user's HOME, and keeps secrets in its own memory: a child can be killed, gets a HOME of
// its own, and takes the secrets with it when it ends.
#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"
#include "core/base/secret.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tau::git {

/// Full hexadecimal commit id, 40 lower-case digits.
using CommitId = std::string;

struct Author {
    std::string name;
    std::string email;
};

/// What became of a file between two states of its tree.
enum class FileState { added, changed, removed, untracked };
std::string_view to_string(FileState state); ///< "added" …

struct FileChange {
    std::string path; ///< bytes as git has them: slashes between, mostly UTF-8
    FileState state = FileState::changed;
    friend bool operator==(const FileChange&, const FileChange&) = default;
};

/// Path inside the tree ("functions/ping/main.go") -> content.
using Files = std::map<std::string, std::string>;

} // namespace tau::git
