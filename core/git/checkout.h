#pragma once

// For .cpp files of this folder: a change to a local repository, begun, and ended or taken back.

#include "core/base/file.h"
#include "core/git/git.h"
#include "core/git/libgit2.h"
#include "core/git/work_tree.h"

#include <optional>
#include <vector>

namespace tau::git {

/// One change at a time, among all windows and programs of ours. What is meant to be done is
/// written down before; a program that is killed half-way leaves that note, and the next change
/// (or status) removes git's stale lock files and puts back the files that were written.
class Change {
public:
    static Result<Change> begin(git_repository* repository);
    Change(Change&& other) noexcept;
    Change& operator=(Change&&) = delete;
    /// Takes back what show() wrote, unless done() was called.
    ~Change();

    /// Brings the work tree from HEAD to the commit; uncommitted changes elsewhere stay as they
    /// are, and in the way they are a `conflict`: `what` says what cannot be done. HEAD is not
    /// moved: that comes last.
    Result<void> show(const git_commit* target, const std::string& what);
    /// HEAD stands where show() brought the files.
    void done() { shown_ = false; }

private:
    Change(git_repository* repository, FileLock lock, std::filesystem::path note)
        : repository_(repository), lock_(std::move(lock)), note_(std::move(note)) {}
    git_repository* repository_;
    FileLock lock_;
    std::filesystem::path note_;
    bool shown_ = false; ///< files were, or may have been, written
};

/// Mends what a killed program left, if there is anything to mend and nobody is at work.
Result<void> recover(git_repository* repository);

/// Moves a branch from a commit (null: there is none yet) to another, or fails with `conflict`
/// when it is elsewhere by now.
Result<void> move_branch(git_repository* repository, const std::string& branch,
                         const git_commit* from, const git_oid& to, const std::string& why);

/// As status_of(), of an open repository.
Result<Status> read_status(git_repository* repository);

/// Whether a link or a file has taken the place of a folder above this file of the work tree. What
/// lies behind a link is not the repository's: nothing there is read or written.
bool has_lost_its_folder(git_repository* repository, const std::string& path);

/// Those above a file that was removed, `path` below `root`.
void remove_empty_folders(const std::filesystem::path& root, const std::filesystem::path& path);

/// These files as a tree has them, whatever they are now: libgit2's result.
int check_out(git_repository* repository, const git_tree* tree, std::vector<std::string> paths);

/// The author of a commit that is made now; `invalid_argument` without a name and an address.
Result<SignaturePtr> sign_now(const Author& author);

/// A commit on no branch yet.
Result<git_oid> write_commit(git_repository* repository, const git_oid& tree,
                             const git_signature* by, const std::string& message,
                             const std::vector<const git_commit*>& parents);

} // namespace tau::git
