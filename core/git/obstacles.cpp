#include "core/git/obstacles.h"

#include "core/base/text.h"
#include "core/git/branches.h"

#include <algorithm>
#include <array>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_named = 8;
constexpr std::size_t most_found = 1000;
constexpr std::array filter_settings{"clean", "smudge", "process"};

int remember_path(git_checkout_notify_t, const char* path, const git_diff_file*,
                  const git_diff_file*, const git_diff_file*, void* payload) {
    static_cast<std::vector<std::string>*>(payload)->emplace_back(path);
    return 0;
}

bool is_content(std::uint16_t mode) {
    return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE ||
           mode == GIT_FILEMODE_LINK;
}

/// From HEAD to a tree.
struct Way {
    fs::path root;
    TreePtr from; ///< null before the first commit
    IndexPtr index;
    DiffPtr diff;
    std::vector<const git_diff_delta*> deltas;

    static Result<Way> of(git_repository* repository, git_tree* target) {
        const auto head = read_head(repository);
        if (!head) {
            return fail(head.error());
        }
        Way way{git_repository_workdir(repository), {}, {}, {}, {}};
        int result = head->commit ? git_commit_tree(Out(way.from), head->commit.get()) : 0;
        result = result < 0 ? result : git_repository_index(Out(way.index), repository);
        result = result < 0 ? result
                            : git_diff_tree_to_tree(Out(way.diff), repository, way.from.get(),
                                                    target, nullptr);
        if (result < 0) {
            return fail(local_failure("compare the files", result));
        }
        for (std::size_t i = 0; i < git_diff_num_deltas(way.diff.get()); ++i) {
            way.deltas.push_back(git_diff_get_delta(way.diff.get(), i));
        }
        return way;
    }

    bool has_in_head(const std::string& path) const {
        TreeEntryPtr entry;
        return from && git_tree_entry_bypath(Out(entry), from.get(), path.c_str()) == 0;
    }
};

/// Submodules that go, with what is in their folders: libgit2 would remove those whole, with
/// branches that were never pushed.
void add_repositories(const Way& way, std::vector<std::string>& found) {
    for (const git_diff_delta* delta : way.deltas) {
        std::error_code code;
        if (delta->old_file.mode == GIT_FILEMODE_COMMIT &&
            delta->new_file.mode != GIT_FILEMODE_COMMIT &&
            fs::is_directory(way.root / delta->old_file.path, code) &&
            !fs::is_empty(way.root / delta->old_file.path, code)) {
            found.emplace_back(delta->old_file.path);
        }
    }
}

/// What is in a folder and not in HEAD.
void add_own(const Way& way, const fs::path& folder, std::vector<std::string>& found) {
    std::error_code code;
    fs::recursive_directory_iterator entry(way.root / folder, code);
    for (const fs::recursive_directory_iterator end; !code && entry != end; entry.increment(code)) {
        const std::string path = entry->path().lexically_relative(way.root).string();
        std::error_code unknown;
        const bool is_folder = entry->symlink_status(unknown).type() == fs::file_type::directory;
        const bool is_repository = is_folder && fs::exists(entry->path() / ".git", unknown);
        if (is_repository) {
            entry.disable_recursion_pending();
        }
        if (is_repository || (!is_folder && !way.has_in_head(path))) {
            found.push_back(path);
        }
        if (found.size() >= most_found) {
            return;
        }
    }
    if (code) { // what cannot be looked at may be somebody's
        found.push_back(folder.string());
    }
}

/// A folder whose place a file or a link takes: libgit2 would remove it with all that is in it.
void add_replaced_folders(const Way& way, std::vector<std::string>& found) {
    for (const git_diff_delta* delta : way.deltas) {
        std::error_code code;
        const fs::path place = way.root / delta->new_file.path;
        if (delta->status != GIT_DELTA_DELETED && is_content(delta->new_file.mode) &&
            fs::symlink_status(place, code).type() == fs::file_type::directory) {
            add_own(way, delta->new_file.path, found);
        }
    }
}

/// What git does with a file between its folder and its storage.
struct FileChangeByGit {
    std::string what;   ///< "the filter lfs"; empty: nothing that libgit2 does not do, too
    std::string filter; ///< its name; empty: it is no program
};

Result<FileChangeByGit> change_of(git_repository* repository, const std::string& path,
                                  const git_oid* commit) {
    git_attr_options options = GIT_ATTR_OPTIONS_INIT;
    if (commit != nullptr) {
        options.flags = GIT_ATTR_CHECK_INCLUDE_COMMIT;
        options.attr_commit_id = *commit;
    }
    std::array<const char*, 2> names{"filter", "working-tree-encoding"};
    std::array<const char*, 2> values{};
    if (const int result = git_attr_get_many_ext(values.data(), repository, &options, path.c_str(),
                                                 names.size(), names.data());
        result < 0) {
        return fail(local_failure("read the attributes of " + bounded_text(path, 200), result));
    }
    FileChangeByGit change;
    if (git_attr_value(values[0]) == GIT_ATTR_VALUE_STRING) {
        change = {"the filter " + bounded_text(values[0], 60), values[0]};
    } else if (git_attr_value(values[1]) == GIT_ATTR_VALUE_STRING) {
        change.what = "a change of encoding to " + bounded_text(values[1], 60);
    }
    return change;
}

Error only_git(const std::string& path, const FileChangeByGit& change) {
    return {ErrorCode::unavailable,
            bounded_text(path, 200) + " goes through " + change.what +
                " on its way (.gitattributes).",
            "Only git itself does that: use it for this file.",
            {}};
}

bool is_configured(git_repository* repository, const std::string& filter) {
    ConfigPtr config;
    if (git_repository_config_snapshot(Out(config), repository) < 0) {
        return true;
    }
    return std::any_of(filter_settings.begin(), filter_settings.end(), [&](const char* setting) {
        const char* value = nullptr;
        const std::string key = "filter." + filter + "." + setting;
        return git_config_get_string(&value, config.get(), key.c_str()) == 0;
    });
}

/// That libgit2 brings these files where git would.
Result<void> check_kinds(git_repository* repository, const Way& way, const git_oid& target) {
    if (git_index_has_conflicts(way.index.get()) != 0) {
        return fail(ErrorCode::conflict, "A merge that git began is not finished.",
                    "Finish it with git, or discard the changed files.");
    }
    // To ask for the target's own takes a while for many files.
    const bool has_others =
        std::any_of(way.deltas.begin(), way.deltas.end(), [](const git_diff_delta* delta) {
            return fs::path(delta->new_file.path).filename() == ".gitattributes";
        });
    for (const git_diff_delta* delta : way.deltas) {
        const std::string path = delta->new_file.path;
        const git_index_entry* entry = git_index_get_bypath(way.index.get(), path.c_str(), 0);
        if (entry != nullptr && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0) {
            return fail(ErrorCode::unavailable,
                        "This clone leaves " + bounded_text(path, 200) +
                            " out (a sparse checkout), and it changes.",
                        "Do it with git itself; nothing was changed.");
        }
        if (delta->status != GIT_DELTA_DELETED && is_content(delta->new_file.mode)) {
            if (auto plain = check_showable(repository, path, has_others ? &target : nullptr);
                !plain) {
                return plain;
            }
        }
    }
    return {};
}

} // namespace

git_checkout_options safe_options() {
    git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
    options.checkout_strategy = GIT_CHECKOUT_SAFE | GIT_CHECKOUT_DONT_OVERWRITE_IGNORED;
    return options;
}

Result<void> check_storable(git_repository* repository, const std::string& path) {
    const auto change = change_of(repository, path, nullptr);
    return change ? (change->what.empty() ? Result<void>() : fail(only_git(path, *change)))
                  : fail(change.error());
}

Result<void> check_showable(git_repository* repository, const std::string& path,
                            const git_oid* target) {
    const std::size_t sources = target == nullptr ? 1 : 2;
    for (std::size_t i = 0; i < sources; ++i) {
        const auto change = change_of(repository, path, i == 0 ? nullptr : target);
        if (!change) {
            return fail(change.error());
        }
        if (!change->what.empty() &&
            (change->filter.empty() || is_configured(repository, change->filter))) {
            return fail(only_git(path, *change));
        }
    }
    return {};
}

Result<std::vector<std::string>> files_in_the_way(git_repository* repository,
                                                  const git_commit* target) {
    const auto tree = tree_of(target);
    const auto way = tree ? Way::of(repository, tree->get()) : Result<Way>(fail(tree.error()));
    if (!way) {
        return fail(way.error());
    }
    if (auto possible = check_kinds(repository, *way, *git_commit_id(target)); !possible) {
        return fail(possible.error());
    }
    std::vector<std::string> files;
    add_repositories(*way, files);
    add_replaced_folders(*way, files);
    git_checkout_options options = safe_options();
    options.checkout_strategy |= GIT_CHECKOUT_DRY_RUN;
    options.notify_flags = GIT_CHECKOUT_NOTIFY_CONFLICT;
    options.notify_cb = remember_path;
    options.notify_payload = &files;
    const int result =
        git_checkout_tree(repository, reinterpret_cast<const git_object*>(tree->get()), &options);
    if (result < 0 && result != GIT_ECONFLICT) {
        return fail(local_failure("compare the files", result));
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

Error in_the_way(const std::string& what, const std::vector<std::string>& files) {
    std::string list;
    std::string all;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string name = bounded_text(files[i], 200);
        if (i < most_named) {
            list += (i == 0 ? "" : ", ") + name;
        }
        if (all.size() < (64U << 10U)) {
            all += name + "\n";
        }
    }
    if (files.size() > most_named) {
        list += " and " + std::to_string(files.size() - most_named) + " more";
    }
    return {ErrorCode::conflict,
            "To " + what + " would lose changes that are not committed: " + list + ".",
            "Commit them, or move them away; nothing was changed.", all};
}

} // namespace tau::git
