#pragma once

#include "core/git/git.h"

namespace tau::git {

/// One local repository. Not shared between threads. Branches are local ("main") or fetched ones
/// ("origin/main").
class Repository {
public:
    /// An empty repository with `branch` as HEAD; `bare` without a work tree. Folder must be absent
    /// or empty.
    static Result<Repository> init(const std::filesystem::path& path, const std::string& branch,
                                   bool bare);
    bool is_bare() const; ///< without a work tree
    static Result<Repository> open(const std::filesystem::path& path);

    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;
    ~Repository();

    /// Commits exactly `files` (no more, no less) on `branch`; the parent is the branch's commit,
    /// or none when the branch does not exist or `orphan` is set. Without changes the branch stays
    /// and its commit is returned. Writes the work tree too when `branch` is HEAD and not bare.
    Result<CommitId> commit(const std::string& branch, const Files& files, const Author& author,
                            const std::string& message, bool orphan = false);
    Result<std::optional<CommitId>> branch_commit(const std::string& branch) const;
    /// A file of a commit or branch, at most `limit` bytes; nullopt when it is not there.
    /// `limit_exceeded` also for a commit over 64 KB and a folder's listing over 1 MB: nothing
    /// larger is taken into memory, whatever the repository holds.
    Result<std::optional<std::string>> read_file(const std::string& commit_or_branch,
                                                 const std::string& path,
                                                 std::size_t limit = 1U << 20U) const;
    /// Where its remote "origin" is, as its own configuration says; `not_found` when it has none.
    Result<std::string> origin() const;
    const std::filesystem::path& path() const;

private:
    struct Impl;
    explicit Repository(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace tau::git
