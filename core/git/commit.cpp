#include "core/git/commit.h"

#include "core/base/text.h"
#include "core/git/checkout.h"
#include "core/git/obstacles.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_yaml = 4U << 20U;

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
    return {};
}

/// What each of them is to the status.
Result<std::vector<FileChange>> find_changes(const Status& status,
                                             const std::vector<std::string>& files) {
    std::vector<FileChange> changes;
    for (const std::string& file : files) {
        const auto change = std::lower_bound(
            status.files.begin(), status.files.end(), file,
            [](const FileChange& one, const std::string& path) { return one.path < path; });
        if (change == status.files.end() || change->path != file) {
            return fail(ErrorCode::conflict,
                        "The file " + bounded_text(file, 200) + " has no changes any more.",
                        "Look at the changes again.");
        }
        changes.push_back(*change);
    }
    return changes;
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

/// Gone, or git was told to forget it: then what lies there is a person's own.
bool goes(git_repository* repository, const FileChange& change) {
    return change.state == FileState::removed ||
           type_now(repository, change.path) == fs::file_type::not_found;
}

/// A merge, stash or patch by git left more than one version of it.
bool has_versions(git_index* index, const std::string& path) {
    const git_index_entry* base = nullptr;
    const git_index_entry* ours = nullptr;
    const git_index_entry* theirs = nullptr;
    return git_index_conflict_get(&base, &ours, &theirs, index, path.c_str()) == 0;
}

Result<void> check_stageable(git_repository* repository, git_index* own, const std::string& path,
                             bool is_gone) {
    if (has_versions(own, path)) {
        return fail(ErrorCode::conflict,
                    bounded_text(path, 200) + " is of a merge that git began and that was not "
                                              "finished.",
                    "Mend the file, then say so with: git add FILE");
    }
    if (is_gone) {
        return {};
    }
    if (auto plain = check_storable(repository, path); !plain) {
        return plain;
    }
    const fs::path file = fs::path(git_repository_workdir(repository)) / path;
    std::error_code code;
    const bool is_yaml = is_yaml_name(path) && fs::is_regular_file(fs::symlink_status(file, code));
    return is_yaml ? check_yaml(file, path) : Result<void>();
}

/// One file as it is now, in both indexes: the next commit's, and the clone's own.
Result<void> stage(git_repository* repository, git_index* next, git_index* own,
                   const FileChange& change) {
    const std::string& path = change.path;
    const bool is_gone = goes(repository, change);
    if (auto sound = check_stageable(repository, own, path, is_gone); !sound) {
        return sound;
    }
    int result = 0;
    if (is_gone) {
        result = git_index_remove(next, path.c_str(), 0);
        const int other = git_index_remove(own, path.c_str(), 0);
        result = result == GIT_ENOTFOUND ? 0 : result;
        result = result == 0 && other != GIT_ENOTFOUND ? other : result;
    } else {
        // libgit2 keeps what was below a folder that is a file now.
        result = git_index_remove_directory(own, path.c_str(), 0);
        result = result < 0 ? result : git_index_remove_directory(next, path.c_str(), 0);
        result = result < 0 ? result : git_index_add_bypath(own, path.c_str());
        const git_index_entry* entry =
            result == 0 ? git_index_get_bypath(own, path.c_str(), 0) : nullptr;
        result = entry == nullptr ? (result == 0 ? -1 : result) : git_index_add(next, entry);
    }
    return result < 0 ? fail(local_failure("add " + bounded_text(path, 200), result))
                      : Result<void>();
}

/// What is gone comes first: an index holds no file and a folder of the same name.
Result<void> stage_all(git_repository* repository, git_index* next, git_index* own,
                       std::vector<FileChange> changes) {
    std::stable_partition(changes.begin(), changes.end(),
                          [&](const FileChange& change) { return goes(repository, change); });
    for (const FileChange& change : changes) {
        if (auto staged = stage(repository, next, own, change); !staged) {
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
    const auto sensible = check_order(*now, files, message);
    const auto changes = sensible ? find_changes(*now, files)
                                  : Result<std::vector<FileChange>>(fail(sensible.error()));
    if (!changes) {
        return fail(changes.error());
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
    if (auto staged = stage_all(repository, next->get(), own.get(), *changes); !staged) {
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
