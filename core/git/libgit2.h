#pragma once

// For .cpp files only: libgit2's types end here.

#include "core/base/result.h"
#include "core/git/git.h"

#include <filesystem>
#include <git2.h>
#include <memory>
#include <string>
#include <string_view>

namespace tau::git {

template <auto Free>
struct GitDeleter {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using RepositoryPtr = std::unique_ptr<git_repository, GitDeleter<git_repository_free>>;
using RemotePtr = std::unique_ptr<git_remote, GitDeleter<git_remote_free>>;
using IndexPtr = std::unique_ptr<git_index, GitDeleter<git_index_free>>;
using TreePtr = std::unique_ptr<git_tree, GitDeleter<git_tree_free>>;
using TreeEntryPtr = std::unique_ptr<git_tree_entry, GitDeleter<git_tree_entry_free>>;
using CommitPtr = std::unique_ptr<git_commit, GitDeleter<git_commit_free>>;
using BlobPtr = std::unique_ptr<git_blob, GitDeleter<git_blob_free>>;
using ReferencePtr = std::unique_ptr<git_reference, GitDeleter<git_reference_free>>;
using SignaturePtr = std::unique_ptr<git_signature, GitDeleter<git_signature_free>>;
using ConfigPtr = std::unique_ptr<git_config, GitDeleter<git_config_free>>;
using DiffPtr = std::unique_ptr<git_diff, GitDeleter<git_diff_free>>;
using PatchPtr = std::unique_ptr<git_patch, GitDeleter<git_patch_free>>;
using StatusListPtr = std::unique_ptr<git_status_list, GitDeleter<git_status_list_free>>;
using RevwalkPtr = std::unique_ptr<git_revwalk, GitDeleter<git_revwalk_free>>;
using BranchIteratorPtr =
    std::unique_ptr<git_branch_iterator, GitDeleter<git_branch_iterator_free>>;

/// For an out-parameter: `git_tree_lookup(Out(tree), …)` fills the pointer when the call is over.
template <typename Pointer>
class Out {
public:
    explicit Out(Pointer& pointer) : pointer_(pointer) {}
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;
    ~Out() { pointer_.reset(raw_); }
    operator typename Pointer::pointer *() { return &raw_; }

private:
    Pointer& pointer_;
    typename Pointer::pointer raw_ = nullptr;
};

/// Starts libgit2 once per process, deaf to the user's and the system's git configuration until it
/// is told to follow them.
Result<void> start_libgit2();

/// What libgit2 says about the call that just failed, bounded; empty when it says nothing.
/// To be asked at once: the next call overwrites it.
std::string last_message();

/// That call as an Error: "Cannot <what>: …". For work on local repositories.
Error local_failure(const std::string& what, int code);

/// What a fetched branch's name begins with.
inline constexpr std::string_view origin = "origin/";

/// What the references of this side's branches, and of the fetched ones, begin with.
inline const std::string heads = "refs/heads/";
inline const std::string tracking = "refs/remotes/origin/";

/// The most branches of one repository that are looked at.
inline constexpr std::size_t most_branches = 1000;

/// Of a commit's message, in bytes; a longer one is refused, or cut when it is shown.
inline constexpr std::size_t longest_message = 16U << 10U;

/// The largest commit that is read. A small pack can hold objects of gigabytes, and reading one
/// puts all of it into memory.
inline constexpr std::size_t commit_limit = 64U << 10U;

FileState state_of_delta(git_delta_t status);

/// 40 lower-case digits.
std::string to_text(const git_oid& id);

/// That its files are where they seem to be: libgit2, unlike git, takes core.worktree out of what a
/// person set for all repositories, too. `invalid_argument`.
Result<void> check_place(git_repository* repository);

/// The repository in this very folder, with files; no parent folder is searched.
Result<RepositoryPtr> open_local(const std::filesystem::path& path);

/// Where HEAD is. `branch` is empty when it is on no branch; `commit` null before the first one.
struct Head {
    std::string branch;
    CommitPtr commit;
};
Result<Head> read_head(git_repository* repository);

/// The commit of an id, a local branch ("main") or a fetched one ("origin/main"); `not_found`.
Result<CommitPtr> find_commit(git_repository* repository, const std::string& commit_or_branch);
/// The commit that this very reference ("refs/heads/main") is at; `not_found`. For what must not be
/// taken for another: a branch may be called "origin/main", or as a commit's id.
Result<CommitPtr> commit_at(git_repository* repository, const std::string& reference);
Result<TreePtr> tree_of(const git_commit* commit);

struct CommitTrees {
    TreePtr before; ///< of the first parent; null for a first commit
    TreePtr after;
};
Result<CommitTrees> trees_of(git_repository* repository, const CommitId& id);

/// "refs/heads/<branch>", or an error for a name that is none.
Result<std::string> branch_reference(const std::string& branch);

} // namespace tau::git
