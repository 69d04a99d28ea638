#pragma once

#include "core/git/git.h"

namespace tau::git {

struct Commit {
    CommitId id;
    std::vector<CommitId> parents;
    Author author;
    std::int64_t time = 0; ///< unix seconds, when it was made
    std::string subject;   ///< the message's first paragraph, in one line
    std::string message;   ///< all of it, at most 16 KB
};

struct HistoryPage {
    std::vector<Commit> commits; ///< newest first, as `git log`
    bool more = false;
};

/// At most `count` (1..1000) commits that lead to a commit or branch, after the first `skip`.
Result<HistoryPage> history(const std::filesystem::path& repository,
                            const std::string& commit_or_branch, std::size_t skip,
                            std::size_t count);

/// At most 10,000 files.
struct CommitFiles {
    std::vector<FileChange> files; ///< by path
    bool complete = true;
};
/// What a commit changed against its first parent, or against nothing for the first commit;
/// `not_found` when there is no such commit.
Result<CommitFiles> files_of(const std::filesystem::path& repository, const CommitId& commit);

} // namespace tau::git
