#pragma once

#include "core/git/git.h"

namespace tau::git {

/// How the branch that is checked out stands to what was fetched of it.
struct Comparison {
    enum class State {
        same,
        ahead,        ///< only this side has new commits
        fast_forward, ///< only the remote has
        both_changed, ///< a merge is needed
        unrelated     ///< the two have no commit in common
    };
    State state = State::same;
    std::string branch;
    std::optional<CommitId> ours, theirs; ///< no `theirs`: the remote has no such branch
    std::size_t ahead = 0, behind = 0;
};
/// Looks at nothing but this repository: as of the last fetch. On no branch there is no `theirs`
/// and the state is `same`; before the first commit there is no `ours`, and it is `fast_forward`
/// when the remote has commits.
Result<Comparison> compare_with_remote(const std::filesystem::path& repository);

/// Takes the remote's commits when this side has none of its own; `conflict` otherwise, or when
/// uncommitted changes stand in the way (named). Returns the commit that is checked out now.
Result<CommitId> fast_forward(const std::filesystem::path& repository);

/// Says whether the text of a file can stand as it is; for YAML, whether it can still be read.
using TextCheck = std::function<bool(const std::string& path, const std::string& text)>;

/// One file that differs from the last common commit on at least one side.
struct MergeFile {
    enum class Verdict {
        ours,   ///< only this side changed it, or both alike
        theirs, ///< only the remote changed it
        merged, ///< both did, in different places; `merged` is the outcome
        choose  ///< both did, and a person has to decide; `why` says why
    };
    std::string path;
    Verdict verdict = Verdict::ours;
    /// The three texts, where the verdict is `merged` or `choose`; none: the file is not there,
    /// or is no text of at most 1 MB (`is_text` is false then).
    std::optional<std::string> base, ours, theirs;
    bool in_ours = true, in_theirs = true; ///< false: removed, or never there
    bool is_text = true;
    std::string merged;
    std::string why; ///< a sentence
};

struct MergePlan {
    std::string branch;
    CommitId ours, theirs, base;
    std::vector<MergeFile> files; ///< by path
};

/// What bringing both sides together would mean; nothing is changed. `conflict` when there is
/// nothing to merge, `limit_exceeded` beyond 10,000 files.
Result<MergePlan> plan_merge(const std::filesystem::path& repository, const TextCheck& sound);

/// A person's decision for one file.
struct MergeChoice {
    enum class Take { ours, theirs, text };
    std::string path;
    Take take = Take::ours;
    std::string text; ///< for Take::text
};

/// Makes the merge commit (two parents: ours, theirs), shows it and moves the branch, in this
/// order. Every file of verdict `choose` needs a choice; a `merged` one may have one. Never writes
/// conflict markers, nor text that the check refuses. `conflict` when a branch moved since the plan
/// or uncommitted changes stand in the way.
Result<CommitId> merge(const std::filesystem::path& repository, const MergePlan& plan,
                       const std::vector<MergeChoice>& choices, const Author& author,
                       const std::string& message, const TextCheck& sound);

} // namespace tau::git
