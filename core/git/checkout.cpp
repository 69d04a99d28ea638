#include "core/git/checkout.h"

#include "core/base/text.h"
#include "core/git/branches.h"
#include "core/git/obstacles.h"

#include <algorithm>
#include <set>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr int lock_wait_ms = 5000;
constexpr std::size_t largest_note = 64U << 20U;
constexpr std::size_t largest_mended = 64U << 20U;
const char* const lock_name = "tau-console-busy"; // not *.lock: those are git's
const char* const note_name = "tau-console-change";

fs::path note_of(git_repository* repository) {
    return fs::path(git_repository_path(repository)) / note_name;
}

/// git's own locks that are younger than the note: those of the program that was killed.
void remove_stale_locks(git_repository* repository, fs::file_time_type since) {
    const fs::path folder = git_repository_path(repository);
    std::error_code code;
    std::vector<fs::path> locks{folder / "index.lock", folder / "HEAD.lock",
                                folder / "packed-refs.lock"};
    for (fs::recursive_directory_iterator entry(folder / "refs", code), end; !code && entry != end;
         entry.increment(code)) {
        if (entry->path().extension() == ".lock") {
            locks.push_back(entry->path());
        }
    }
    for (const fs::path& lock : locks) {
        const auto time = fs::last_write_time(lock, code);
        if (!code && time >= since) {
            fs::remove(lock, code);
        }
    }
}

/// Whether the file holds nothing but the beginning (or all) of what was being written.
bool is_half_written(git_repository* repository, const fs::path& file, const git_diff_file& to) {
    BlobPtr blob;
    if (git_blob_lookup(Out(blob), repository, &to.id) < 0) {
        return false;
    }
    git_buf content = GIT_BUF_INIT;
    git_blob_filter_options options = GIT_BLOB_FILTER_OPTIONS_INIT;
    if (git_blob_filter(&content, blob.get(), to.path, &options) < 0) {
        return false;
    }
    const std::string whole(content.ptr, content.size);
    git_buf_dispose(&content);
    const auto there = read_file(file, largest_mended);
    return there && whole.starts_with(*there);
}

struct Mending {
    git_repository* repository;
    fs::path root;
    std::set<std::string> own;          ///< changed before by a person: not to be touched
    bool adding = true;                 ///< what came, or else what went or changed
    std::vector<std::string> restored;  ///< to be checked out from HEAD again
    std::vector<git_diff_file> removed; ///< HEAD has no such file, so the index should not
};

int look_at_delta(const git_diff_delta* delta, float, void* payload) {
    auto& mending = *static_cast<Mending*>(payload);
    const fs::path path = delta->new_file.path;
    const fs::path file = mending.root / path;
    std::error_code code;
    const bool is_added = delta->status == GIT_DELTA_ADDED;
    if (is_added != mending.adding || mending.own.contains(path.string()) ||
        has_lost_its_folder(mending.repository, path)) {
        return 0;
    }
    const fs::file_type type = fs::symlink_status(file, code).type();
    const bool ours = type == fs::file_type::regular &&
                      is_half_written(mending.repository, file, delta->new_file);
    if (delta->status == GIT_DELTA_DELETED) {
        if (type == fs::file_type::not_found) {
            mending.restored.emplace_back(delta->old_file.path);
        }
    } else if (is_added) {
        if (ours) {
            fs::remove(file, code);
            remove_empty_folders(mending.root, path);
        }
        mending.removed.push_back(delta->new_file);
    } else if (ours) {
        mending.restored.emplace_back(delta->new_file.path);
    }
    return 0;
}

/// The index comes after the files and before HEAD: it may have those already that HEAD has not.
int forget_added(git_repository* repository, const std::vector<git_diff_file>& added) {
    IndexPtr index;
    int result = git_repository_index(Out(index), repository);
    bool changed = false;
    for (const git_diff_file& file : added) {
        const git_index_entry* const entry =
            result < 0 ? nullptr : git_index_get_bypath(index.get(), file.path, 0);
        if (entry != nullptr && git_oid_equal(&entry->id, &file.id) != 0) {
            result = git_index_remove_bypath(index.get(), file.path);
            changed = true;
        }
    }
    return result < 0 || !changed ? result : git_index_write(index.get());
}

/// Takes back what of the target's files was written already: HEAD did not get there.
int put_back(git_repository* repository, const git_commit* head, const git_oid& target,
             std::set<std::string> own) {
    CommitPtr commit;
    TreePtr from;
    TreePtr to;
    DiffPtr diff;
    int result = git_commit_lookup(Out(commit), repository, &target);
    result = result < 0 ? result : git_commit_tree(Out(from), head);
    result = result < 0 ? result : git_commit_tree(Out(to), commit.get());
    result = result < 0
                 ? result
                 : git_diff_tree_to_tree(Out(diff), repository, from.get(), to.get(), nullptr);
    Mending mending{repository, git_repository_workdir(repository), std::move(own), true, {}, {}};
    // What came goes first: a folder may have come where a file was.
    for (const bool adding : {true, false}) {
        mending.adding = adding;
        result = result < 0 ? result
                            : git_diff_foreach(diff.get(), look_at_delta, nullptr, nullptr, nullptr,
                                               &mending);
    }
    result = result < 0 ? result : forget_added(repository, mending.removed);
    if (result < 0 || mending.restored.empty()) {
        return result;
    }
    return check_out(repository, from.get(), std::move(mending.restored));
}

/// The note: the target's id, then the files that held changes before, each behind a NUL. Just
/// "-" while no file is to be written.
std::string note_text(const git_commit* target, const Status& before) {
    std::string text = to_text(*git_commit_id(target));
    for (const FileChange& file : before.files) {
        text += '\0' + file.path;
    }
    return text;
}

/// Brings the files back to HEAD if the note says that they were on their way elsewhere.
Result<void> follow_note(git_repository* repository, const std::string& note) {
    git_oid target;
    if (note.size() < GIT_OID_HEXSZ ||
        git_oid_fromstr(&target, note.substr(0, GIT_OID_HEXSZ).c_str()) != 0) {
        return {};
    }
    const auto head = read_head(repository);
    if (!head) {
        return fail(head.error());
    }
    if (!head->commit || git_oid_equal(git_commit_id(head->commit.get()), &target) != 0) {
        return {}; // it got there
    }
    std::set<std::string> own;
    for (std::size_t begin = note.find('\0'); begin != std::string::npos;) {
        const std::size_t end = note.find('\0', begin + 1);
        own.insert(note.substr(begin + 1, end - begin - 1));
        begin = end;
    }
    const int result = put_back(repository, head->commit.get(), target, std::move(own));
    return result < 0 ? fail(local_failure("put half-written files back", result)) : Result<void>();
}

/// Of another process, which left its locks of git's files, too; those that are there under a
/// living one are somebody else's.
enum class Left { here, by_another };
Result<void> recover_locked(git_repository* repository, Left left) {
    const fs::path note = note_of(repository);
    std::error_code code;
    const auto since = fs::last_write_time(note, code);
    if (code) {
        return {}; // there is none
    }
    if (left == Left::by_another) {
        remove_stale_locks(repository, since);
    }
    const auto text = read_file(note, largest_note);
    if (text) {
        if (auto followed = follow_note(repository, *text); !followed) {
            return followed;
        }
    }
    fs::remove(note, code);
    return {};
}

} // namespace

Result<Change> Change::begin(git_repository* repository) {
    const fs::path folder = git_repository_path(repository);
    auto lock = FileLock::acquire(folder / lock_name, lock_wait_ms);
    if (!lock) {
        return fail(lock.error().code, "Another window or program works on this clone.",
                    "Wait until it is done, then try again.", lock.error().message);
    }
    if (auto mended = recover_locked(repository, Left::by_another); !mended) {
        return fail(mended.error());
    }
    if (git_repository_state(repository) != GIT_REPOSITORY_STATE_NONE) {
        return fail(ErrorCode::conflict,
                    "A merge or rebase that was begun with another program is not finished.",
                    "Finish it there, or abort it, then try again.");
    }
    const fs::path note = note_of(repository);
    if (auto written = write_file_atomic(note, std::string_view("-")); !written) {
        return fail(written.error());
    }
    return Change(repository, std::move(*lock), note);
}

Change::Change(Change&& other) noexcept
    : repository_(other.repository_), lock_(std::move(other.lock_)),
      note_(std::exchange(other.note_, {})), shown_(std::exchange(other.shown_, false)) {}

Change::~Change() {
    if (note_.empty()) {
        return;
    }
    if (shown_ && !recover_locked(repository_, Left::here)) {
        return; // the note stays for the next one
    }
    std::error_code ignored;
    fs::remove(note_, ignored);
}

Result<void> Change::show(const git_commit* target, const std::string& what) {
    const auto files = files_in_the_way(repository_, target);
    if (!files) {
        return fail(files.error());
    }
    if (!files->empty()) {
        return fail(in_the_way(what, *files));
    }
    const auto tree = tree_of(target);
    const auto before = read_status(repository_);
    if (!tree || !before) {
        return fail(tree ? before.error() : tree.error());
    }
    if (auto noted = write_file_atomic(note_, note_text(target, *before)); !noted) {
        return noted;
    }
    shown_ = true;
    const git_checkout_options options = safe_options();
    const int result =
        git_checkout_tree(repository_, reinterpret_cast<const git_object*>(tree->get()), &options);
    return result < 0 ? fail(local_failure(what, result)) : Result<void>();
}

bool has_lost_its_folder(git_repository* repository, const std::string& path) {
    const fs::path root = git_repository_workdir(repository);
    std::error_code code;
    for (fs::path above = fs::path(path).parent_path(); !above.empty();
         above = above.parent_path()) {
        const fs::file_type type = fs::symlink_status(root / above, code).type();
        if (type != fs::file_type::directory && type != fs::file_type::not_found) {
            return true;
        }
    }
    return false;
}

void remove_empty_folders(const fs::path& root, const fs::path& path) {
    std::error_code code;
    for (fs::path above = path.parent_path(); !above.empty() && !code;
         above = above.parent_path()) {
        fs::remove(root / above, code); // fails while there is something in it
    }
}

int check_out(git_repository* repository, const git_tree* tree, std::vector<std::string> paths) {
    std::vector<char*> names;
    names.reserve(paths.size());
    for (std::string& path : paths) {
        names.push_back(path.data());
    }
    git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
    options.checkout_strategy =
        GIT_CHECKOUT_FORCE | GIT_CHECKOUT_RECREATE_MISSING | GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH;
    options.paths = {names.data(), names.size()};
    return git_checkout_tree(repository, reinterpret_cast<const git_object*>(tree), &options);
}

Result<void> recover(git_repository* repository) {
    std::error_code code;
    if (!fs::exists(note_of(repository), code)) {
        return {};
    }
    const auto lock = FileLock::acquire(fs::path(git_repository_path(repository)) / lock_name, 0);
    return lock ? recover_locked(repository, Left::by_another)
                : Result<void>(); // somebody is just at work
}

Result<void> move_branch(git_repository* repository, const std::string& branch,
                         const git_commit* from, const git_oid& to, const std::string& why) {
    const auto name = branch_reference(branch);
    if (!name) {
        return fail(name.error());
    }
    ReferencePtr moved;
    const git_oid none{};
    const int result =
        git_reference_create_matching(Out(moved), repository, name->c_str(), &to, 1,
                                      from == nullptr ? &none : git_commit_id(from), why.c_str());
    if (result == GIT_EMODIFIED || result == GIT_ENOTFOUND) {
        return fail(ErrorCode::conflict, "The branch " + branch + " was moved by another program.",
                    "Look at it again, then repeat.", last_message());
    }
    return result < 0 ? fail(local_failure("move the branch " + branch, result)) : Result<void>();
}

Result<SignaturePtr> sign_now(const Author& author) {
    SignaturePtr by;
    if (git_signature_now(Out(by), author.name.c_str(), author.email.c_str()) < 0) {
        return fail(ErrorCode::invalid_argument, "A commit needs a name and an e-mail address.",
                    "Say who you are, then commit again.", last_message());
    }
    return by;
}

Result<git_oid> write_commit(git_repository* repository, const git_oid& tree,
                             const git_signature* by, const std::string& message,
                             const std::vector<const git_commit*>& parents) {
    TreePtr files;
    int result = git_tree_lookup(Out(files), repository, &tree);
    git_oid id{};
    if (result == 0) {
        const std::string text = message.ends_with('\n') ? message : message + "\n";
        std::vector<const git_commit*> list = parents;
        result = git_commit_create(&id, repository, nullptr, by, by, nullptr, text.c_str(),
                                   files.get(), list.size(), list.data());
    }
    return result < 0 ? Result<git_oid>(fail(local_failure("make a commit", result))) : id;
}

} // namespace tau::git
