#include "core/git/history.h"

#include "core/base/text.h"
#include "core/git/distance.h"
#include "core/git/libgit2.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_name = 200;
constexpr std::size_t most_listed_files = 10000;
constexpr std::size_t most_in_a_page = 1000;

std::string text_of(const char* text, std::size_t limit) {
    return text == nullptr ? std::string() : bounded_text(text, limit);
}

/// Lines stay lines; what is no text is mended.
std::string message_of(const git_commit* commit) {
    const char* text = git_commit_message(commit);
    std::string_view all = text == nullptr ? "" : text;
    all = trim(all);
    std::string mended;
    while (!all.empty() && mended.size() < longest_message) {
        const std::string_view line = all.substr(0, all.find('\n'));
        mended +=
            (mended.empty() ? "" : "\n") + bounded_text(line, longest_message - mended.size());
        all.remove_prefix(std::min(all.size(), line.size() + 1));
    }
    return mended;
}

Result<Commit> describe(git_repository* repository, const git_oid& id) {
    const auto found = find_commit(repository, to_text(id));
    if (!found) {
        return fail(found.error());
    }
    git_commit* const commit = found->get();
    Commit described;
    described.id = to_text(id);
    for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
        described.parents.push_back(to_text(*git_commit_parent_id(commit, i)));
    }
    if (const git_signature* author = git_commit_author(commit)) {
        described.author = {text_of(author->name, longest_name),
                            text_of(author->email, longest_name)};
    }
    described.time = git_commit_time(commit);
    described.subject = text_of(git_commit_summary(commit), longest_name);
    described.message = message_of(commit);
    return described;
}

/// The first `most` commits that lead to this one.
Result<std::vector<git_oid>> walk_from(git_repository* repository, const git_commit* commit,
                                       std::size_t most) {
    if (git_repository_is_shallow(repository) == 1) {
        return shallow_history(repository, {*git_commit_id(commit)});
    }
    std::vector<git_oid> found;
    RevwalkPtr walk;
    int result = git_revwalk_new(Out(walk), repository);
    if (result == 0) {
        // By time alone, commits of one second may stand before those that they are made from.
        git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
        result = git_revwalk_push(walk.get(), git_commit_id(commit));
    }
    git_oid id;
    while (result == 0 && found.size() < most &&
           (result = git_revwalk_next(&id, walk.get())) == 0) {
        found.push_back(id);
    }
    if (result < 0 && result != GIT_ITEROVER) {
        return fail(local_failure("read the history", result));
    }
    return found;
}

} // namespace

Result<HistoryPage> history(const fs::path& path, const std::string& commit_or_branch,
                            std::size_t skip, std::size_t count) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto from = find_commit(repository->get(), commit_or_branch);
    if (!from) {
        return fail(from.error());
    }
    const std::size_t end = skip + std::clamp<std::size_t>(count, 1, most_in_a_page);
    const auto ids = walk_from(repository->get(), from->get(), end + 1);
    if (!ids) {
        return fail(ids.error());
    }
    HistoryPage page;
    page.more = ids->size() > end;
    for (std::size_t i = skip; i < std::min(end, ids->size()); ++i) {
        auto commit = describe(repository->get(), (*ids)[i]);
        if (!commit) {
            return fail(commit.error());
        }
        page.commits.push_back(std::move(*commit));
    }
    return page;
}

Result<CommitFiles> files_of(const fs::path& path, const CommitId& id) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto trees = trees_of(repository->get(), id);
    if (!trees) {
        return fail(trees.error());
    }
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    DiffPtr diff;
    if (const int result = git_diff_tree_to_tree(Out(diff), repository->get(), trees->before.get(),
                                                 trees->after.get(), &options);
        result < 0) {
        return fail(local_failure("read what the commit changed", result));
    }
    CommitFiles files;
    const std::size_t count = git_diff_num_deltas(diff.get());
    files.complete = count <= most_listed_files;
    for (std::size_t i = 0; i < std::min(count, most_listed_files); ++i) {
        const git_diff_delta& delta = *git_diff_get_delta(diff.get(), i);
        files.files.push_back({delta.new_file.path, state_of_delta(delta.status)});
    }
    return files;
}

} // namespace tau::git
