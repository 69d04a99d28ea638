#include "core/git/libgit2.h"

#include "core/base/text.h"

#include <array>

namespace tau::git {

namespace {

int start() {
    const int started = git_libgit2_init();
    if (started < 0) {
        return started;
    }
    // A ~/.gitconfig must not change what a node or the helper does: url.insteadOf, http.proxy.
    for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                            GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
        if (git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "") < 0) {
            return -1;
        }
    }
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
}

} // namespace

Result<void> start_libgit2() {
    static const int started = start();
    if (started < 0) {
        return fail(ErrorCode::internal, "The git library does not start.");
    }
    return {};
}

std::string last_message() {
    const git_error* error = git_error_last();
    return error == nullptr || error->message == nullptr ? std::string()
                                                         : bounded_text(error->message);
}

Error local_failure(const std::string& what, int code) {
    std::string said = last_message();
    // Without any gitconfig, libgit2 1.5 tells of a foreign owner by the missing setting.
    if (code == GIT_EOWNER || said.find("safe.directory") != std::string::npos) {
        return {ErrorCode::permission_denied,
                "Cannot " + what + ": the folder belongs to another user.",
                "Use a folder of your own, or trust it: git config --global --add safe.directory "
                "FOLDER",
                said};
    }
    const ErrorCode kind = code == GIT_ENOTFOUND ? ErrorCode::not_found
                           : code == GIT_EEXISTS ? ErrorCode::already_exists
                           : code == GIT_ELOCKED || code == GIT_EMODIFIED ? ErrorCode::conflict
                           : code == GIT_EINVALIDSPEC ? ErrorCode::invalid_argument
                                                      : ErrorCode::io;
    return {kind, "Cannot " + what + (said.empty() ? "." : ": " + said + "."), {}, said};
}

Result<void> check_place(git_repository* repository) {
    ConfigPtr config;
    int result = git_repository_config_snapshot(Out(config), repository);
    git_config_entry* entry = nullptr;
    if (result == 0) {
        result = git_config_get_entry(&entry, config.get(), "core.worktree");
    }
    const bool is_own = result < 0 || entry->level >= GIT_CONFIG_LEVEL_LOCAL;
    git_config_entry_free(entry);
    if (result < 0 && result != GIT_ENOTFOUND) {
        return fail(local_failure("read the repository's configuration", result));
    }
    return is_own ? Result<void>()
                  : fail(ErrorCode::invalid_argument,
                         "git's configuration sets core.worktree for all repositories.",
                         "Take it out: git config --global --unset core.worktree");
}

Result<RepositoryPtr> open_local(const std::filesystem::path& path) {
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    RepositoryPtr repository;
    const int result = git_repository_open_ext(Out(repository), path.c_str(),
                                               GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
    if (result < 0) {
        return fail(local_failure("open the repository " + path.string(), result));
    }
    if (auto placed = check_place(repository.get()); !placed) {
        return fail(placed.error());
    }
    if (git_repository_workdir(repository.get()) == nullptr) {
        return fail(ErrorCode::invalid_argument,
                    "The repository " + path.string() + " is bare: it has no files to work on.",
                    "Clone it, and use the clone.");
    }
    return repository;
}

namespace {

Result<CommitPtr> commit_of_id(git_repository* repository, const git_oid& id) {
    std::size_t size = 0;
    git_object_t kind = GIT_OBJECT_INVALID;
    git_odb* database = nullptr;
    int result = git_repository_odb(&database, repository);
    if (result == 0) {
        result = git_odb_read_header(&size, &kind, database, &id);
        git_odb_free(database);
    }
    const std::string name = "the commit " + to_text(id);
    if (result == 0 && size > commit_limit) {
        return fail(ErrorCode::limit_exceeded,
                    "Cannot read " + name + ": it is larger than any commit should be.");
    }
    CommitPtr commit;
    if (result == 0) {
        result = git_commit_lookup(Out(commit), repository, &id);
    }
    if (result < 0) {
        return fail(local_failure("read " + name, result));
    }
    return commit;
}

} // namespace

Result<Head> read_head(git_repository* repository) {
    Head head;
    ReferencePtr reference;
    if (const int result = git_reference_lookup(Out(reference), repository, "HEAD"); result < 0) {
        return fail(local_failure("read HEAD", result));
    }
    const char* target = git_reference_symbolic_target(reference.get());
    if (target != nullptr && std::string(target).starts_with(heads)) {
        head.branch = std::string(target).substr(heads.size());
    }
    git_oid id;
    const int result = git_reference_name_to_id(&id, repository, "HEAD");
    if (result == GIT_ENOTFOUND) {
        return head;
    }
    if (result < 0) {
        return fail(local_failure("read HEAD", result));
    }
    auto commit = commit_of_id(repository, id);
    if (!commit) {
        return fail(commit.error());
    }
    head.commit = std::move(*commit);
    return head;
}

Result<CommitPtr> find_commit(git_repository* repository, const std::string& commit_or_branch) {
    git_oid id;
    if (commit_or_branch.size() == GIT_OID_HEXSZ &&
        git_oid_fromstr(&id, commit_or_branch.c_str()) == 0) {
        return commit_of_id(repository, id);
    }
    if (const auto valid = branch_reference(commit_or_branch); !valid) {
        return fail(valid.error());
    }
    auto found = commit_at(repository, heads + commit_or_branch);
    return found || found.error().code != ErrorCode::not_found
               ? std::move(found)
               : commit_at(repository, "refs/remotes/" + commit_or_branch);
}

Result<CommitPtr> commit_at(git_repository* repository, const std::string& reference) {
    git_oid id;
    const int result = git_reference_name_to_id(&id, repository, reference.c_str());
    if (result == GIT_ENOTFOUND) {
        return fail(ErrorCode::not_found, "There is no " + bounded_text(reference, 100) + " here.",
                    "Fetch it first, or choose another one.");
    }
    return result < 0 ? fail(local_failure("read " + bounded_text(reference, 100), result))
                      : commit_of_id(repository, id);
}

Result<TreePtr> tree_of(const git_commit* commit) {
    TreePtr tree;
    if (const int result = git_commit_tree(Out(tree), commit); result < 0) {
        return fail(local_failure("read the files of " + to_text(*git_commit_id(commit)), result));
    }
    return tree;
}

Result<CommitTrees> trees_of(git_repository* repository, const CommitId& id) {
    const auto commit = find_commit(repository, id);
    if (!commit) {
        return fail(commit.error());
    }
    auto after = tree_of(commit->get());
    if (!after) {
        return fail(after.error());
    }
    CommitTrees trees{nullptr, std::move(*after)};
    if (git_commit_parentcount(commit->get()) > 0) {
        const auto parent =
            find_commit(repository, to_text(*git_commit_parent_id(commit->get(), 0)));
        if (!parent && parent.error().code == ErrorCode::not_found &&
            git_repository_is_shallow(repository) == 1) {
            return trees; // cut off: as if this were the first one
        }
        auto before = parent ? tree_of(parent->get()) : Result<TreePtr>(fail(parent.error()));
        if (!before) {
            return fail(before.error());
        }
        trees.before = std::move(*before);
    }
    return trees;
}

FileState state_of_delta(git_delta_t status) {
    switch (status) {
    case GIT_DELTA_ADDED:
        return FileState::added;
    case GIT_DELTA_DELETED:
        return FileState::removed;
    case GIT_DELTA_UNTRACKED:
        return FileState::untracked;
    default:
        return FileState::changed;
    }
}

std::string to_text(const git_oid& id) {
    std::array<char, GIT_OID_HEXSZ + 1> text{};
    git_oid_tostr(text.data(), text.size(), &id);
    return text.data();
}

Result<std::string> branch_reference(const std::string& branch) {
    if (!is_branch_name(branch)) {
        return fail(ErrorCode::invalid_argument,
                    "\"" + bounded_text(branch, 60) + "\" is not a branch name.",
                    "Use letters, digits, dashes and slashes.");
    }
    return heads + branch;
}

} // namespace tau::git
