#include "core/git/diff.h"

#include "core/base/text.h"
#include "core/git/libgit2.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_line = 4000;

git_diff_options options_for(const char** path) {
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
                    GIT_DIFF_SHOW_UNTRACKED_CONTENT | GIT_DIFF_DISABLE_PATHSPEC_MATCH |
                    GIT_DIFF_INDENT_HEURISTIC;
    options.max_size = static_cast<git_off_t>(largest_compared);
    if (path != nullptr) {
        // libgit2 takes char* and changes nothing.
        options.pathspec = {const_cast<char**>(path), 1};
    }
    return options;
}

/// What can be shown of a line; text of another encoding, or very long, is mended.
std::string shown(std::string_view line) {
    if (line.ends_with('\n')) {
        line.remove_suffix(1);
    }
    if (line.size() <= longest_line && is_utf8(line)) {
        return std::string(line);
    }
    return bounded_text(line, longest_line);
}

/// A diff while libgit2 tells of it.
struct Taking {
    FileDiff diff;
    std::size_t lines = 0;
};

/// Null for another file: one in a folder that took the wanted file's place.
Taking* taking_of(const git_diff_delta* delta, void* payload) {
    auto* taking = static_cast<Taking*>(payload);
    return delta->old_file.path == taking->diff.path ? taking : nullptr;
}

int take_hunk(const git_diff_delta* delta, const git_diff_hunk* hunk, void* payload) {
    Taking* taking = taking_of(delta, payload);
    if (taking == nullptr) {
        return 0;
    }
    const auto number = [](int value) { return static_cast<std::uint32_t>(std::max(value, 0)); };
    taking->diff.hunks.push_back({number(hunk->old_start),
                                  number(hunk->old_lines),
                                  number(hunk->new_start),
                                  number(hunk->new_lines),
                                  {}});
    return 0;
}

int take_line(const git_diff_delta* delta, const git_diff_hunk*, const git_diff_line* line,
              void* payload) {
    Taking* taking = taking_of(delta, payload);
    if (taking == nullptr) {
        return 0;
    }
    FileDiff& diff = taking->diff;
    std::vector<DiffLine>& lines = diff.hunks.back().lines;
    const bool no_end = line->origin == GIT_DIFF_LINE_CONTEXT_EOFNL ||
                        line->origin == GIT_DIFF_LINE_ADD_EOFNL ||
                        line->origin == GIT_DIFF_LINE_DEL_EOFNL;
    if (no_end) {
        if (!lines.empty()) {
            lines.back().ends_file = true;
        }
        return 0;
    }
    if (++taking->lines > most_lines) {
        diff.complete = false;
        return GIT_EUSER;
    }
    const auto number = [](int value) { return static_cast<std::uint32_t>(std::max(value, 0)); };
    DiffLine taken{DiffLine::Kind::context, number(line->old_lineno), number(line->new_lineno),
                   shown({line->content, line->content_len}), false};
    if (line->origin == GIT_DIFF_LINE_ADDITION) {
        taken.kind = DiffLine::Kind::added;
        ++diff.added;
    } else if (line->origin == GIT_DIFF_LINE_DELETION) {
        taken.kind = DiffLine::Kind::removed;
        ++diff.removed;
    }
    lines.push_back(std::move(taken));
    return 0;
}

int take_file(const git_diff_delta* delta, float, void* payload) {
    if (Taking* taking = taking_of(delta, payload)) {
        taking->diff.state = state_of_delta(delta->status);
        taking->diff.old_mode = delta->old_file.mode;
        taking->diff.new_mode = delta->new_file.mode;
        taking->diff.kind = FileDiff::Kind::text;
    }
    return 0;
}

int take_binary(const git_diff_delta* delta, const git_diff_binary*, void* payload) {
    if (Taking* taking = taking_of(delta, payload)) {
        taking->diff.kind = FileDiff::Kind::binary;
    }
    return 0;
}

/// The only file of a comparison.
Result<FileDiff> read_diff(git_diff* found, const std::string& path) {
    Taking taking;
    FileDiff& diff = taking.diff;
    diff.path = path;
    diff.kind = FileDiff::Kind::none;
    const int result =
        git_diff_foreach(found, take_file, take_binary, take_hunk, take_line, &taking);
    if (result < 0 && diff.complete) {
        return fail(local_failure("compare " + bounded_text(path, 200), result));
    }
    if (git_diff_num_deltas(found) > 0 && diff.kind != FileDiff::Kind::none) {
        const git_diff_delta& delta = *git_diff_get_delta(found, 0); // before those inside of it
        const auto limit = static_cast<std::uint64_t>(largest_compared);
        if (delta.old_file.size > limit || delta.new_file.size > limit) {
            diff.kind = FileDiff::Kind::too_large;
        } else if ((delta.flags & GIT_DIFF_FLAG_BINARY) != 0) {
            diff.kind = FileDiff::Kind::binary;
        }
    }
    return diff;
}

} // namespace

Result<FileDiff> diff_work_tree(const fs::path& path, const std::string& file) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto head = read_head(repository->get());
    if (!head) {
        return fail(head.error());
    }
    TreePtr tree;
    if (head->commit) {
        auto files = tree_of(head->commit.get());
        if (!files) {
            return fail(files.error());
        }
        tree = std::move(*files);
    }
    const char* name = file.c_str();
    const git_diff_options options = options_for(&name);
    DiffPtr found;
    if (const int result = git_diff_tree_to_workdir_with_index(Out(found), repository->get(),
                                                               tree.get(), &options);
        result < 0) {
        return fail(local_failure("compare " + bounded_text(file, 200), result));
    }
    return read_diff(found.get(), file);
}

Result<FileDiff> diff_commit(const fs::path& path, const CommitId& id, const std::string& file) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto trees = trees_of(repository->get(), id);
    if (!trees) {
        return fail(trees.error());
    }
    const char* name = file.c_str();
    const git_diff_options options = options_for(&name);
    DiffPtr found;
    if (const int result = git_diff_tree_to_tree(Out(found), repository->get(), trees->before.get(),
                                                 trees->after.get(), &options);
        result < 0) {
        return fail(local_failure("compare " + bounded_text(file, 200), result));
    }
    return read_diff(found.get(), file);
}

Result<FileDiff> diff_texts(const std::string& path, std::string_view old_text,
                            std::string_view new_text) {
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    Taking taking;
    FileDiff& diff = taking.diff;
    diff.path = path;
    diff.kind = FileDiff::Kind::none;
    if (old_text.size() > largest_compared || new_text.size() > largest_compared) {
        diff.kind = FileDiff::Kind::too_large;
        return diff;
    }
    const git_diff_options options = options_for(nullptr);
    const int result = git_diff_buffers(old_text.data(), old_text.size(), path.c_str(),
                                        new_text.data(), new_text.size(), path.c_str(), &options,
                                        take_file, take_binary, take_hunk, take_line, &taking);
    if (result < 0 && diff.complete) {
        return fail(local_failure("compare " + bounded_text(path, 200), result));
    }
    return diff;
}

} // namespace tau::git
