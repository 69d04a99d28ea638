#include "core/git/merge.h"

#include "core/base/text.h"
#include "core/git/checkout.h"
#include "core/git/commit.h"
#include "core/git/distance.h"
#include "core/git/merge_parts.h"
#include "core/git/work_tree.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

Result<Comparison> compare(git_repository* repository) {
    const auto head = read_head(repository);
    if (!head) {
        return fail(head.error());
    }
    Comparison comparison;
    comparison.branch = head->branch;
    if (head->commit) {
        comparison.ours = to_text(*git_commit_id(head->commit.get()));
    }
    if (head->branch.empty()) {
        return comparison;
    }
    const auto remote = commit_at(repository, tracking + head->branch);
    if (!remote && remote.error().code != ErrorCode::not_found) {
        return fail(remote.error());
    }
    if (!remote) {
        comparison.state = head->commit ? Comparison::State::ahead : Comparison::State::same;
        return comparison;
    }
    comparison.theirs = to_text(*git_commit_id(remote->get()));
    if (!head->commit) { // cloned before anybody had committed
        comparison.state = Comparison::State::fast_forward;
        return comparison;
    }
    const auto apart =
        distance(repository, *git_commit_id(head->commit.get()), *git_commit_id(remote->get()));
    if (!apart) {
        return fail(apart.error());
    }
    comparison.ahead = apart->ahead;
    comparison.behind = apart->behind;
    using State = Comparison::State;
    comparison.state = !apart->related                                 ? State::unrelated
                       : comparison.ahead > 0 && comparison.behind > 0 ? State::both_changed
                       : comparison.ahead > 0                          ? State::ahead
                       : comparison.behind > 0                         ? State::fast_forward
                                                                       : State::same;
    return comparison;
}

const MergeChoice* choice_for(const std::vector<MergeChoice>& choices, const std::string& path) {
    const auto found = std::find_if(choices.begin(), choices.end(),
                                    [&](const MergeChoice& c) { return c.path == path; });
    return found == choices.end() ? nullptr : &*found;
}

/// Text that becomes a file of the merge commit.
Result<Entry> write_text(git_repository* repository, const std::string& path,
                         const std::string& text, std::uint16_t mode, const TextCheck& sound) {
    if (has_conflict_markers(text)) {
        return fail(ErrorCode::invalid_argument,
                    "The text for " + bounded_text(path, 200) + " has conflict markers in it.",
                    "Remove the lines that begin with <<<<<<<, ======= and >>>>>>>.");
    }
    if (!sound(path, text)) {
        return fail(ErrorCode::invalid_argument,
                    "The text for " + bounded_text(path, 200) + " is no YAML that can be read.",
                    "Mend it, or take one of the two sides.");
    }
    EntryValue entry{{}, mode};
    const int result = git_blob_create_from_buffer(&entry.id, repository, text.data(), text.size());
    return result < 0 ? Result<Entry>(fail(local_failure("write " + path, result))) : Entry(entry);
}

std::uint16_t mode_of(const MergeEntry& entry) {
    if (entry.ours && entry.theirs) {
        const bool ours_changed = entry.base && entry.base->mode != entry.ours->mode;
        return ours_changed || !entry.base ? entry.ours->mode : entry.theirs->mode;
    }
    const Entry& there = entry.ours ? entry.ours : entry.theirs;
    return there && there->mode == GIT_FILEMODE_BLOB_EXECUTABLE ? there->mode
                                                                : std::uint16_t{GIT_FILEMODE_BLOB};
}

/// What becomes of one file.
Result<Entry> decide(git_repository* repository, const MergeFile& file, const MergeEntry& entry,
                     const MergeChoice* choice, const TextCheck& sound) {
    using Verdict = MergeFile::Verdict;
    const bool open = file.verdict == Verdict::choose || file.verdict == Verdict::merged;
    if (choice != nullptr && open) {
        switch (choice->take) {
        case MergeChoice::Take::ours:
            return entry.ours;
        case MergeChoice::Take::theirs:
            return entry.theirs;
        case MergeChoice::Take::text:
            return write_text(repository, file.path, choice->text, mode_of(entry), sound);
        }
    }
    switch (file.verdict) {
    case Verdict::ours:
        return entry.ours;
    case Verdict::theirs:
        return entry.theirs;
    case Verdict::merged:
        return write_text(repository, file.path, file.merged, mode_of(entry), sound);
    case Verdict::choose:
        break;
    }
    return fail(ErrorCode::invalid_argument,
                "Both sides changed " + bounded_text(file.path, 200) + ".",
                "Choose one of the sides for it, or edit the text.");
}

/// The tree of the merge: ours, with what was decided.
Result<git_oid> write_tree(git_repository* repository, const MergeSides& sides,
                           const std::vector<MergeChoice>& choices, const TextCheck& sound) {
    const auto entries =
        read_entries(repository, sides.base.get(), sides.ours.get(), sides.theirs.get());
    const auto ours = tree_of(sides.ours.get());
    if (!entries || !ours) {
        return fail(entries ? ours.error() : entries.error());
    }
    IndexPtr index;
    int result = git_index_new(Out(index));
    result = result < 0 ? result : git_index_read_tree(index.get(), ours->get());
    if (result < 0) {
        return fail(local_failure("read this side's files", result));
    }
    std::vector<std::string> present;
    for (const auto& [path, entry] : *entries) {
        const auto file = plan_file(repository, path, entry, sound);
        if (!file) {
            return fail(file.error());
        }
        const auto decided = decide(repository, *file, entry, choice_for(choices, path), sound);
        if (!decided) {
            return fail(decided.error());
        }
        if (*decided) {
            git_index_entry added{};
            added.id = (*decided)->id;
            added.mode = (*decided)->mode;
            added.path = path.c_str();
            result = git_index_add(index.get(), &added);
            present.push_back(path);
        } else {
            result = git_index_remove(index.get(), path.c_str(), 0);
            result = result == GIT_ENOTFOUND ? 0 : result;
        }
        if (result < 0) {
            return fail(local_failure("merge " + bounded_text(path, 200), result));
        }
    }
    // A file of one side where the other has a folder: the index drops one of them silently.
    for (const std::string& path : present) {
        if (git_index_get_bypath(index.get(), path.c_str(), 0) == nullptr) {
            return fail(ErrorCode::conflict,
                        bounded_text(path, 200) +
                            " is a file on one side and a folder on the other.",
                        "Rename one of them, commit, and pull again.");
        }
    }
    git_oid tree;
    result = git_index_write_tree_to(&tree, index.get(), repository);
    return result < 0 ? Result<git_oid>(fail(local_failure("write the merged files", result)))
                      : tree;
}

Error cut_off() {
    return {ErrorCode::unavailable,
            "This clone is shallow: it does not reach back to what the two sides have in common.",
            "Get the whole history with: git fetch --unshallow",
            {}};
}

} // namespace

Result<MergeSides> read_sides(git_repository* repository) {
    const auto comparison = compare(repository);
    if (!comparison) {
        return fail(comparison.error());
    }
    const bool is_shallow = git_repository_is_shallow(repository) == 1;
    if (comparison->state == Comparison::State::unrelated && is_shallow) {
        return fail(cut_off());
    }
    if (comparison->state == Comparison::State::unrelated) {
        return fail(ErrorCode::conflict,
                    "The two sides have no commit in common: they are different projects.",
                    "Check that the clone belongs to this repository.");
    }
    if (comparison->state != Comparison::State::both_changed) {
        return fail(ErrorCode::conflict, "There is nothing to merge.",
                    "Pull again to see how things stand.");
    }
    MergeSides sides;
    sides.branch = comparison->branch;
    git_oid ours;
    git_oid theirs;
    git_oid base;
    (void)git_oid_fromstr(&ours, comparison->ours->c_str());
    (void)git_oid_fromstr(&theirs, comparison->theirs->c_str());
    if (is_shallow) { // libgit2 1.5 fails where a history is cut, though the base is there
        const auto found = shallow_base(repository, ours, theirs);
        if (!found) {
            return fail(cut_off());
        }
        base = *found;
    } else if (const int result = git_merge_base(&base, repository, &ours, &theirs); result < 0) {
        return fail(local_failure("find what the two sides have in common", result));
    }
    for (const auto& [id, commit] :
         {std::pair(&ours, &sides.ours), {&theirs, &sides.theirs}, {&base, &sides.base}}) {
        auto found = find_commit(repository, to_text(*id));
        if (!found) {
            return fail(found.error());
        }
        *commit = std::move(*found);
    }
    return sides;
}

Result<Comparison> compare_with_remote(const fs::path& path) {
    const auto repository = open_local(path);
    return repository ? compare(repository->get()) : Result<Comparison>(fail(repository.error()));
}

Result<CommitId> fast_forward(const fs::path& path) {
    const auto opened = open_local(path);
    if (!opened) {
        return fail(opened.error());
    }
    git_repository* const repository = opened->get();
    auto change = Change::begin(repository); // so that nobody moves what is read from here on
    if (!change) {
        return fail(change.error());
    }
    const auto head = read_head(repository);
    const auto comparison = compare(repository);
    if (!head || !comparison) {
        return fail(head ? comparison.error() : head.error());
    }
    if (head->branch.empty()) {
        return fail(ErrorCode::invalid_argument, "The clone is on no branch.",
                    "Switch to a branch first.");
    }
    if (comparison->state != Comparison::State::fast_forward) {
        return fail(ErrorCode::conflict, "This side has commits of its own.",
                    "Merge both sides instead.");
    }
    const auto theirs = commit_at(repository, tracking + head->branch);
    if (!theirs) {
        return fail(theirs.error());
    }
    if (auto shown = change->show(theirs->get(), "take the other side's commits"); !shown) {
        return fail(shown.error());
    }
    if (auto moved = move_branch(repository, head->branch, head->commit.get(),
                                 *git_commit_id(theirs->get()), "pull: fast-forward");
        !moved) {
        return fail(moved.error());
    }
    change->done();
    return *comparison->theirs;
}

Result<CommitId> merge(const fs::path& path, const MergePlan& plan,
                       const std::vector<MergeChoice>& choices, const Author& author,
                       const std::string& message, const TextCheck& sound) {
    const auto opened = open_local(path);
    if (!opened) {
        return fail(opened.error());
    }
    git_repository* const repository = opened->get();
    auto change = Change::begin(repository);
    if (!change) {
        return fail(change.error());
    }
    const auto sides = read_sides(repository);
    if (!sides) {
        return fail(sides.error());
    }
    if (sides->branch != plan.branch || to_text(*git_commit_id(sides->ours.get())) != plan.ours ||
        to_text(*git_commit_id(sides->theirs.get())) != plan.theirs) {
        return fail(ErrorCode::conflict, "One of the two sides moved on meanwhile.",
                    "Look at the files again.");
    }
    if (trim(message).empty() || message.size() > longest_message || !is_utf8(message)) {
        return fail(ErrorCode::invalid_argument, "A commit needs a message of at most 16 KB.",
                    "Say in a sentence what was merged.");
    }
    const auto by = sign_now(author);
    const auto tree =
        by ? write_tree(repository, *sides, choices, sound) : Result<git_oid>(fail(by.error()));
    if (!tree) {
        return fail(tree.error());
    }
    const auto id = write_commit(repository, *tree, by->get(), message,
                                 {sides->ours.get(), sides->theirs.get()});
    if (!id) {
        return fail(id.error());
    }
    const auto made = find_commit(repository, to_text(*id));
    if (!made) {
        return fail(made.error());
    }
    if (auto shown = change->show(made->get(), "merge"); !shown) {
        return fail(shown.error());
    }
    if (auto moved =
            move_branch(repository, sides->branch, sides->ours.get(), *id, "merge: both sides");
        !moved) {
        return fail(moved.error());
    }
    change->done();
    return to_text(*id);
}

} // namespace tau::git
