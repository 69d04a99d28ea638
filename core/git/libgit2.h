#pragma once

// For .cpp files only: libgit2's types end here.

#include "core/base/result.h"

#include <git2.h>
#include <memory>
#include <string>

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

/// Starts libgit2 once per process, deaf to the user's and the system's git configuration.
Result<void> start_libgit2();

/// What libgit2 says about the call that just failed, bounded; empty when it says nothing.
/// To be asked at once: the next call overwrites it.
std::string last_message();

/// That call as an Error: "Cannot <what>: …". For work on local repositories.
Error local_failure(const std::string& what, int code);

/// 40 lower-case digits.
std::string to_text(const git_oid& id);

/// "refs/heads/<branch>", or an error for a name that is none.
Result<std::string> branch_reference(const std::string& branch);

} // namespace tau::git
