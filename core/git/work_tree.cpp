#include "core/git/work_tree.h"

#include "core/git/checkout.h"

#include <algorithm>
#include <sys/stat.h>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

/// Both steps from HEAD to the file in one: what a person sees is HEAD against the file.
std::optional<FileState> state_of_entry(git_repository* repository, const git_status_entry& entry) {
    const unsigned flags = entry.status;
    const bool staged = (flags & (GIT_STATUS_INDEX_NEW | GIT_STATUS_INDEX_MODIFIED |
                                  GIT_STATUS_INDEX_DELETED | GIT_STATUS_INDEX_TYPECHANGE)) != 0;
    const bool in_tree = (flags & (GIT_STATUS_WT_DELETED | GIT_STATUS_WT_NEW |
                                   GIT_STATUS_WT_MODIFIED | GIT_STATUS_WT_TYPECHANGE)) != 0;
    if (!staged && flags == GIT_STATUS_WT_NEW) {
        return FileState::untracked;
    }
    if ((flags & GIT_STATUS_WT_DELETED) != 0) {
        return (flags & GIT_STATUS_INDEX_NEW) != 0 ? std::nullopt
                                                   : std::optional(FileState::removed);
    }
    if ((flags & GIT_STATUS_INDEX_NEW) != 0) {
        return FileState::added;
    }
    if ((flags & GIT_STATUS_INDEX_DELETED) != 0) {
        return FileState::removed; // also when something is there again, which is new to git
    }
    if (staged && in_tree && entry.head_to_index != nullptr) {
        git_oid now;
        if (entry.index_to_workdir->new_file.mode == entry.head_to_index->old_file.mode &&
            git_repository_hashfile(&now, repository, entry.head_to_index->old_file.path,
                                    GIT_OBJECT_BLOB, nullptr) == 0 &&
            git_oid_equal(&now, &entry.head_to_index->old_file.id) != 0) {
            return std::nullopt; // changed, staged, and changed back
        }
    }
    return FileState::changed;
}

Result<StatusListPtr> read_changes(git_repository* repository) {
    git_status_options options = GIT_STATUS_OPTIONS_INIT;
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                    GIT_STATUS_OPT_EXCLUDE_SUBMODULES | GIT_STATUS_OPT_SORT_CASE_SENSITIVELY;
    StatusListPtr list;
    if (const int result = git_status_list_new(Out(list), repository, &options); result < 0) {
        return fail(local_failure("look for changes", result));
    }
    return list;
}

/// Whether a submodule is at another commit than HEAD has, in the index or in its folder.
bool has_moved(git_repository* repository, const git_tree* head, const git_index_entry& entry) {
    TreeEntryPtr known;
    const int result =
        head == nullptr ? GIT_ENOTFOUND : git_tree_entry_bypath(Out(known), head, entry.path);
    if (result != 0 || git_oid_equal(git_tree_entry_id(known.get()), &entry.id) == 0) {
        return true;
    }
    const auto inside = open_local(fs::path(git_repository_workdir(repository)) / entry.path);
    git_oid now;
    return inside && git_reference_name_to_id(&now, inside->get(), "HEAD") == 0 &&
           git_oid_equal(&now, &entry.id) == 0;
}

bool is_sparse(const git_index_entry& entry) {
    return (entry.flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}

/// Whether a sparse checkout has no such file on purpose.
bool is_left_out(git_repository* repository, const std::string& path) {
    IndexPtr index;
    if (git_repository_index(Out(index), repository) < 0) {
        return false;
    }
    const git_index_entry* entry = git_index_get_bypath(index.get(), path.c_str(), 0);
    return entry != nullptr && is_sparse(*entry);
}

/// Whether a file that git does not look at was changed in spite of that. Read only when it does
/// not look as it did.
bool is_overlooked(git_repository* repository, const git_index_entry& entry) {
    if (!is_sparse(entry) && (entry.flags & GIT_INDEX_ENTRY_VALID) == 0) {
        return false;
    }
    struct stat now {};
    const fs::path file = fs::path(git_repository_workdir(repository)) / entry.path;
    if (::lstat(file.c_str(), &now) != 0 || !S_ISREG(now.st_mode)) {
        return false;
    }
    const bool is_same = static_cast<std::uint32_t>(now.st_size) == entry.file_size &&
                         static_cast<std::int32_t>(now.st_mtim.tv_sec) == entry.mtime.seconds &&
                         static_cast<std::uint32_t>(now.st_mtim.tv_nsec) == entry.mtime.nanoseconds;
    git_oid id;
    return !is_same &&
           git_repository_hashfile(&id, repository, entry.path, GIT_OBJECT_BLOB, nullptr) == 0 &&
           git_oid_equal(&id, &entry.id) == 0;
}

/// Submodules not by libgit2's own look at them: it fails as a whole at a .gitmodules that is being
/// edited, and 1.5 leaks 20 KB each time.
Result<void> look_at_index(git_repository* repository, const git_commit* head, Status& status) {
    IndexPtr index;
    TreePtr tree;
    int result = git_repository_index(Out(index), repository);
    result = result == 0 && head != nullptr ? git_commit_tree(Out(tree), head) : result;
    if (result < 0) {
        return fail(local_failure("read the index", result));
    }
    const fs::path root = git_repository_workdir(repository);
    const std::size_t count = git_index_entrycount(index.get());
    for (std::size_t i = 0; i < count; ++i) {
        const git_index_entry& entry = *git_index_get_byindex(index.get(), i);
        if (is_overlooked(repository, entry)) {
            status.overlooked.emplace_back(entry.path);
        }
        if (entry.mode != GIT_FILEMODE_COMMIT) {
            continue;
        }
        std::error_code code;
        if (fs::exists(root / entry.path / ".git", code)) {
            status.repositories.emplace_back(entry.path);
        }
        if (has_moved(repository, tree.get(), entry)) {
            status.submodules.emplace_back(entry.path);
        }
    }
    return {};
}

} // namespace

std::string_view to_string(FileState state) {
    switch (state) {
    case FileState::added:
        return "added";
    case FileState::changed:
        return "changed";
    case FileState::removed:
        return "removed";
    case FileState::untracked:
        break;
    }
    return "untracked";
}

Result<Status> read_status(git_repository* repository) {
    const auto head = read_head(repository);
    if (!head) {
        return fail(head.error());
    }
    Status status;
    status.branch = head->branch;
    if (head->commit) {
        status.commit = to_text(*git_commit_id(head->commit.get()));
    }
    const auto indexed = look_at_index(repository, head->commit.get(), status);
    const auto list = read_changes(repository);
    if (!indexed || !list) {
        return fail(indexed ? list.error() : indexed.error());
    }
    const std::size_t count = git_status_list_entrycount(list->get());
    for (std::size_t i = 0; i < count; ++i) {
        const git_status_entry& entry = *git_status_byindex(list->get(), i);
        const git_diff_delta* delta =
            entry.index_to_workdir != nullptr ? entry.index_to_workdir : entry.head_to_index;
        const std::string path = delta->old_file.path;
        if (path.ends_with('/')) { // a repository inside this one is no file of it
            status.repositories.push_back(path.substr(0, path.size() - 1));
            continue;
        }
        const bool was_submodule = entry.head_to_index != nullptr &&
                                   entry.head_to_index->old_file.mode == GIT_FILEMODE_COMMIT;
        if (was_submodule || delta->old_file.mode == GIT_FILEMODE_COMMIT ||
            delta->new_file.mode == GIT_FILEMODE_COMMIT) {
            continue;
        }
        if ((entry.status & GIT_STATUS_WT_DELETED) != 0 && is_left_out(repository, path)) {
            continue;
        }
        if (status.files.size() == most_changes) {
            status.complete = false;
            break;
        }
        if (const auto state = state_of_entry(repository, entry)) {
            status.files.push_back({path, *state});
        }
    }
    std::sort(status.files.begin(), status.files.end(),
              [](const FileChange& a, const FileChange& b) { return a.path < b.path; });
    return status;
}

Result<Status> status_of(const fs::path& path) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    if (auto mended = recover(repository->get()); !mended) {
        return fail(mended.error());
    }
    return read_status(repository->get());
}

} // namespace tau::git
