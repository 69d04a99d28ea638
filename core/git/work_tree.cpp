#include "core/git/work_tree.h"

#include "core/base/text.h"
#include "core/git/checkout.h"

#include <algorithm>
#include <map>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_yaml = 4U << 20U;

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
    if ((flags & GIT_STATUS_INDEX_DELETED) != 0 && (flags & GIT_STATUS_WT_NEW) == 0) {
        return FileState::removed;
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

/// Not by libgit2's own look at them: it fails as a whole at a .gitmodules that is being edited,
/// and 1.5 leaks 20 KB each time.
Result<void> add_submodules(git_repository* repository, const git_commit* head, Status& status) {
    IndexPtr index;
    TreePtr tree;
    int result = git_repository_index(Out(index), repository);
    result = result == 0 && head != nullptr ? git_commit_tree(Out(tree), head) : result;
    if (result < 0) {
        return fail(local_failure("look for submodules", result));
    }
    const fs::path root = git_repository_workdir(repository);
    const std::size_t count = git_index_entrycount(index.get());
    for (std::size_t i = 0; i < count; ++i) {
        const git_index_entry& entry = *git_index_get_byindex(index.get(), i);
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

Result<void> check_order(const Status& status, const std::vector<std::string>& files,
                         const std::string& message) {
    if (files.empty()) {
        return fail(ErrorCode::invalid_argument, "There is nothing to commit.",
                    "Choose at least one file.");
    }
    if (trim(message).empty() || message.size() > longest_message || !is_utf8(message)) {
        return fail(ErrorCode::invalid_argument, "A commit needs a message of at most 16 KB.",
                    "Say in a sentence what was changed.");
    }
    if (status.branch.empty()) {
        return fail(ErrorCode::invalid_argument, "The clone is on no branch.",
                    "Switch to a branch first.");
    }
    for (const std::string& file : files) {
        if (std::none_of(status.files.begin(), status.files.end(),
                         [&](const FileChange& change) { return change.path == file; })) {
            return fail(ErrorCode::conflict,
                        "The file " + bounded_text(file, 200) + " has no changes any more.",
                        "Look at the changes again.");
        }
    }
    return {};
}

/// A merge by hand that was not finished must not reach a cloud, which could not read it.
Result<void> check_yaml(const fs::path& file, const std::string& path) {
    const auto text = read_file(file, largest_yaml);
    if (text && has_conflict_markers(*text)) {
        return fail(ErrorCode::invalid_argument,
                    "The file " + bounded_text(path, 200) + " has conflict markers in it.",
                    "Decide for one of the sides and remove the lines that begin with <<<<<<<, "
                    "======= and >>>>>>>.");
    }
    return {};
}

/// What a file is now; a folder in its place means that there is no such file any more.
fs::file_type type_now(git_repository* repository, const std::string& path) {
    std::error_code code;
    const fs::path file = fs::path(git_repository_workdir(repository)) / path;
    const fs::file_type type = fs::symlink_status(file, code).type();
    return type == fs::file_type::directory || has_lost_its_folder(repository, path)
               ? fs::file_type::not_found
               : type;
}

/// One file as it is now, in both indexes: the next commit's, and the clone's own.
Result<void> stage(git_repository* repository, git_index* next, git_index* own,
                   const std::string& path) {
    const fs::file_type type = type_now(repository, path);
    int result = 0;
    if (type == fs::file_type::not_found) {
        result = git_index_remove(next, path.c_str(), 0);
        const int other = git_index_remove(own, path.c_str(), 0);
        result = result == GIT_ENOTFOUND ? 0 : result;
        result = result == 0 && other != GIT_ENOTFOUND ? other : result;
    } else {
        if (is_yaml_name(path) && type == fs::file_type::regular) {
            const fs::path file = fs::path(git_repository_workdir(repository)) / path;
            if (auto sound = check_yaml(file, path); !sound) {
                return sound;
            }
        }
        result = git_index_add_bypath(own, path.c_str());
        const git_index_entry* entry =
            result == 0 ? git_index_get_bypath(own, path.c_str(), 0) : nullptr;
        result = entry == nullptr ? (result == 0 ? -1 : result) : git_index_add(next, entry);
    }
    return result < 0 ? fail(local_failure("add " + bounded_text(path, 200), result))
                      : Result<void>();
}

/// What is gone comes first: an index holds no file and a folder of the same name.
Result<void> stage_all(git_repository* repository, git_index* next, git_index* own,
                       std::vector<std::string> files) {
    std::stable_partition(files.begin(), files.end(), [&](const std::string& file) {
        return type_now(repository, file) == fs::file_type::not_found;
    });
    for (const std::string& file : files) {
        if (auto staged = stage(repository, next, own, file); !staged) {
            return staged;
        }
    }
    return {};
}

/// An index in memory with the files of a commit (none: empty).
Result<IndexPtr> index_of(const git_commit* commit) {
    IndexPtr index;
    int result = git_index_new(Out(index));
    if (result == 0 && commit != nullptr) {
        const auto tree = tree_of(commit);
        if (!tree) {
            return fail(tree.error());
        }
        result = git_index_read_tree(index.get(), tree->get());
    }
    if (result < 0) {
        return fail(local_failure("read the files of the last commit", result));
    }
    return index;
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

bool is_yaml_name(const std::string& path) {
    const std::string lower = to_lower_ascii(path);
    return lower.ends_with(".yaml") || lower.ends_with(".yml");
}

bool has_conflict_markers(std::string_view text) {
    bool begun = false;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        begun = begun || line.starts_with("<<<<<<< ") || line == "<<<<<<<";
        if (begun && (line.starts_with(">>>>>>> ") || line == ">>>>>>>")) {
            return true;
        }
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return false;
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
    const auto submodules = add_submodules(repository, head->commit.get(), status);
    const auto list = read_changes(repository);
    if (!submodules || !list) {
        return fail(submodules ? list.error() : submodules.error());
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
        if (delta->old_file.mode == GIT_FILEMODE_COMMIT ||
            delta->new_file.mode == GIT_FILEMODE_COMMIT) {
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

Result<CommitId> commit_files(const fs::path& path, const std::vector<std::string>& files,
                              const Author& author, const std::string& message) {
    const auto opened = open_local(path);
    if (!opened) {
        return fail(opened.error());
    }
    git_repository* const repository = opened->get();
    const auto change = Change::begin(repository);
    if (!change) {
        return fail(change.error());
    }
    const auto now = read_status(repository);
    const auto head = read_head(repository);
    if (!now || !head) {
        return fail(now ? head.error() : now.error());
    }
    if (auto sensible = check_order(*now, files, message); !sensible) {
        return fail(sensible.error());
    }
    // Before anything is staged, which a commit that comes to nothing would leave so.
    const auto by = sign_now(author);
    if (!by) {
        return fail(by.error());
    }
    const auto next = index_of(head->commit.get());
    if (!next) {
        return fail(next.error());
    }
    IndexPtr own;
    if (const int result = git_repository_index(Out(own), repository); result < 0) {
        return fail(local_failure("read the index", result));
    }
    if (auto staged = stage_all(repository, next->get(), own.get(), files); !staged) {
        return fail(staged.error());
    }
    git_oid tree;
    int result = git_index_write_tree_to(&tree, next->get(), repository);
    // Before the branch: a crash between the two leaves a staged change, which is where it began.
    result = result < 0 ? result : git_index_write(own.get());
    if (result < 0) {
        return fail(local_failure("write the commit's files", result));
    }
    std::vector<const git_commit*> parents;
    if (head->commit) {
        parents.push_back(head->commit.get());
    }
    const auto id = write_commit(repository, tree, by->get(), message, parents);
    if (!id) {
        return fail(id.error());
    }
    if (auto moved = move_branch(repository, head->branch, head->commit.get(), *id, "commit");
        !moved) {
        return fail(moved.error());
    }
    return to_text(*id);
}

} // namespace tau::git
