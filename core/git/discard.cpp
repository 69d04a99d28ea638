#include "core/git/discard.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/git/branches.h"
#include "core/git/checkout.h"
#include "core/git/obstacles.h"
#include "core/git/work_tree.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_kept = 256U << 20U;

bool has_changes(const Status& status, const std::string& path) {
    return std::any_of(status.files.begin(), status.files.end(),
                       [&](const FileChange& change) { return change.path == path; });
}

/// The file as it is, its content as an object of the repository.
Result<Discarded> keep(git_repository* repository, const std::string& path) {
    const fs::path file = fs::path(git_repository_workdir(repository)) / path;
    std::error_code code;
    const fs::file_status status = fs::symlink_status(file, code);
    Discarded kept{path, {}, 0644};
    if (has_lost_its_folder(repository, path)) {
        return fail(ErrorCode::invalid_argument,
                    "Where the folder of " + bounded_text(path, 200) +
                        " was is a link or a file, so nothing was discarded.",
                    "Move that away, then discard again.");
    }
    if (path.find('\\') != std::string::npos) { // libgit2 would not find it, and say it is done
        return fail(ErrorCode::invalid_argument,
                    bounded_text(path, 200) +
                        " has a backslash in its name, so nothing was discarded.",
                    "Discard it with git itself.");
    }
    if (auto plain = check_showable(repository, path); !plain) {
        return fail(plain.error());
    }
    if (status.type() == fs::file_type::not_found) {
        return kept;
    }
    if (status.type() != fs::file_type::regular) {
        return fail(ErrorCode::invalid_argument,
                    bounded_text(path, 200) + " is a link or no file, so nothing was discarded.",
                    "Discard it with git itself.");
    }
    // As it is, byte by byte: what git would store may have other line ends.
    const auto content = read_file(file, largest_kept);
    if (!content) {
        return fail(content.error());
    }
    git_oid id;
    const int result =
        git_blob_create_from_buffer(&id, repository, content->data(), content->size());
    if (result < 0) {
        return fail(local_failure("keep " + bounded_text(path, 200), result));
    }
    kept.object = to_text(id);
    kept.mode = static_cast<unsigned>(status.permissions() & fs::perms::all);
    return kept;
}

/// What git does not know goes, with folders that it leaves empty.
Result<void> delete_file(git_repository* repository, const std::string& path) {
    const fs::path root = git_repository_workdir(repository);
    std::error_code code;
    fs::remove(root / path, code);
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot delete " + (root / path).string() + ": " + code.message() + ".");
    }
    remove_empty_folders(root, path);
    return {};
}

/// Also of a file that is as HEAD has it already: the checkout passes over those.
int add_entry(git_index* index, const std::string& path, const git_tree_entry* entry) {
    git_index_entry added{};
    added.path = path.c_str();
    added.mode = git_tree_entry_filemode(entry);
    added.id = *git_tree_entry_id(entry);
    return git_index_add(index, &added);
}

/// The files back to HEAD's, in the folder and in the index. The index comes first: its lock may be
/// another's.
Result<void> go_back(git_repository* repository, const std::vector<std::string>& files) {
    const auto head = read_head(repository);
    if (!head) {
        return fail(head.error());
    }
    TreePtr tree;
    if (head->commit) {
        auto found = tree_of(head->commit.get());
        if (!found) {
            return fail(found.error());
        }
        tree = std::move(*found);
    }
    IndexPtr index;
    int result = git_repository_index(Out(index), repository);
    std::vector<std::string> known;
    std::vector<std::string> unknown;
    for (const std::string& path : files) {
        // What a merge left of it in the index goes in any case.
        result = result < 0 ? result : git_index_conflict_remove(index.get(), path.c_str());
        result = result == GIT_ENOTFOUND ? 0 : result;
        TreeEntryPtr entry;
        const int found =
            tree ? git_tree_entry_bypath(Out(entry), tree.get(), path.c_str()) : GIT_ENOTFOUND;
        (found == 0 ? known : unknown).push_back(path);
        const bool is_file = found == 0 && git_tree_entry_type(entry.get()) == GIT_OBJECT_BLOB;
        if (result == 0) { // where HEAD has a folder the checkout brings that back
            result = is_file ? add_entry(index.get(), path, entry.get())
                             : git_index_remove(index.get(), path.c_str(), 0);
            result = result == GIT_ENOTFOUND ? 0 : result;
        }
    }
    result = result < 0 ? result : git_index_write(index.get());
    if (result < 0) {
        return fail(local_failure("write the index", result));
    }
    for (const std::string& path : unknown) {
        if (auto gone = delete_file(repository, path); !gone) {
            return gone;
        }
    }
    result = known.empty() ? 0 : check_out(repository, tree.get(), std::move(known));
    return result < 0 ? fail(local_failure("restore the files", result)) : Result<void>();
}

/// Whether there is such a file again of which a status says nothing.
bool is_ignored_now(git_repository* repository, const std::string& path) {
    int ignored = 0;
    std::error_code code;
    IndexPtr index;
    const int result = git_repository_index(Out(index), repository);
    if (result == 0 && git_index_get_bypath(index.get(), path.c_str(), 0) != nullptr) {
        return false; // git knows it, whatever names it
    }
    return git_ignore_path_is_ignored(&ignored, repository, path.c_str()) == 0 && ignored != 0 &&
           fs::exists(
               fs::symlink_status(fs::path(git_repository_workdir(repository)) / path, code));
}

Result<void> write_back(git_repository* repository, const Discarded& each) {
    const fs::path file = fs::path(git_repository_workdir(repository)) / each.path;
    std::error_code code;
    if (each.object.empty()) {
        fs::remove(file, code);
        return code ? fail(ErrorCode::io,
                           "Cannot delete " + file.string() + ": " + code.message() + ".")
                    : Result<void>();
    }
    git_oid id;
    BlobPtr blob;
    int result = git_oid_fromstr(&id, each.object.c_str());
    result = result < 0 ? result : git_blob_lookup(Out(blob), repository, &id);
    if (result < 0) {
        return fail(local_failure("find what " + bounded_text(each.path, 200) + " was", result));
    }
    fs::create_directories(file.parent_path(), code);
    const auto* bytes = static_cast<const char*>(git_blob_rawcontent(blob.get()));
    return write_file_atomic(
        file, std::string_view(bytes, static_cast<std::size_t>(git_blob_rawsize(blob.get()))),
        each.mode);
}

} // namespace

Result<std::vector<Discarded>> discard_changes(const fs::path& path,
                                               const std::vector<std::string>& files) {
    const auto opened = open_local(path);
    if (!opened) {
        return fail(opened.error());
    }
    git_repository* const repository = opened->get();
    const auto change = Change::begin(repository);
    const auto status = change ? read_status(repository) : Result<Status>(fail(change.error()));
    if (!status) {
        return fail(status.error());
    }
    std::vector<Discarded> kept;
    kept.reserve(files.size());
    for (const std::string& file : files) {
        if (!has_changes(*status, file)) {
            return fail(ErrorCode::conflict,
                        "The file " + bounded_text(file, 200) + " has no changes any more.",
                        "Look at the changes again.");
        }
        auto one = keep(repository, file);
        if (!one) {
            return fail(one.error());
        }
        kept.push_back(std::move(*one));
    }
    if (auto done = go_back(repository, files); !done) {
        Error error = done.error();
        for (const Discarded& each : kept) {
            if (const auto back = write_back(repository, each); !back) {
                error.detail += "\n" + back.error().message;
            }
        }
        return fail(std::move(error));
    }
    return kept;
}

Result<void> bring_back(const fs::path& path, const std::vector<Discarded>& discarded) {
    const auto opened = open_local(path);
    if (!opened) {
        return fail(opened.error());
    }
    git_repository* const repository = opened->get();
    const auto change = Change::begin(repository);
    const auto status = change ? read_status(repository) : Result<Status>(fail(change.error()));
    if (!status) {
        return fail(status.error());
    }
    std::vector<std::string> changed;
    for (const Discarded& each : discarded) {
        if (has_changes(*status, each.path) || has_lost_its_folder(repository, each.path) ||
            is_ignored_now(repository, each.path)) {
            changed.push_back(each.path);
        }
    }
    if (!changed.empty()) {
        return fail(in_the_way("bring back what was discarded", changed));
    }
    for (const Discarded& each : discarded) {
        if (auto done = write_back(repository, each); !done) {
            return done;
        }
    }
    return {};
}

} // namespace tau::git
