#include "core/git/clone.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/git/branches.h"
#include "core/git/libgit2.h"
#include "core/git/repository.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_listed = 1000;

/// The names of a remote's branches.
Result<std::vector<std::string>> branch_names(const std::vector<RemoteRef>& refs) {
    std::vector<std::string> names;
    for (const RemoteRef& ref : refs) {
        if (ref.name.starts_with(heads) && is_branch_name(ref.name.substr(heads.size()))) {
            names.push_back(ref.name.substr(heads.size()));
        }
    }
    if (names.size() > most_branches) {
        return fail(ErrorCode::limit_exceeded, "The repository has more than 1000 branches.",
                    "Remove those that nobody needs.");
    }
    return names;
}

/// What HEAD of the remote points to; a list of refs has its commit, not its name.
std::string default_branch(const std::vector<RemoteRef>& refs,
                           const std::vector<std::string>& names) {
    std::string head;
    for (const RemoteRef& ref : refs) {
        head = ref.name == "HEAD" ? ref.commit : head;
    }
    std::string best;
    for (const RemoteRef& ref : refs) {
        if (ref.commit != head || !ref.name.starts_with(heads)) {
            continue;
        }
        const std::string name = ref.name.substr(heads.size());
        if (best.empty() || name == "main" || (name == "master" && best != "main")) {
            best = name;
        }
    }
    if (best.empty() && !names.empty()) {
        const auto main = std::find(names.begin(), names.end(), "main");
        best = main == names.end() ? names.front() : *main;
    }
    return best;
}

/// Forgets the remote's branches that are none any more.
template <typename IsGone>
Result<void> forget(git_repository* repository, IsGone is_gone) {
    BranchIteratorPtr iterator;
    int result = git_branch_iterator_new(Out(iterator), repository, GIT_BRANCH_REMOTE);
    std::vector<std::string> gone;
    while (result == 0) {
        ReferencePtr reference;
        git_branch_t kind = GIT_BRANCH_REMOTE;
        result = git_branch_next(Out(reference), &kind, iterator.get());
        const std::string name = result == 0 ? git_reference_name(reference.get()) : "";
        if (name.starts_with(tracking) && name != tracking + "HEAD" &&
            is_gone(name.substr(tracking.size()))) {
            gone.push_back(name);
        }
    }
    for (const std::string& name : gone) {
        if (result = git_reference_remove(repository, name.c_str()); result < 0) {
            return fail(local_failure("forget " + name, result));
        }
    }
    return {};
}

/// Whatever they are called; but the list has no name that is not UTF-8, or very long.
Result<void> forget_gone(const fs::path& path, const std::vector<RemoteRef>& refs) {
    const auto repository = open_local(path);
    return repository ? forget(repository->get(),
                               [&refs](const std::string& branch) {
                                   return is_utf8(branch) && branch.size() < longest_listed &&
                                          std::none_of(refs.begin(), refs.end(),
                                                       [&branch](const RemoteRef& ref) {
                                                           return ref.name == heads + branch;
                                                       });
                               })
                      : fail(repository.error());
}

Result<std::vector<RemoteRef>> fetch_refs(const fs::path& repository, const Remote& remote,
                                          const std::stop_token& stop,
                                          const ProgressCallback& progress) {
    auto refs = list_remote(remote, stop);
    if (!refs) {
        return refs;
    }
    const auto names = branch_names(*refs);
    if (!names) {
        return fail(names.error());
    }
    // First, since where a branch was may be a folder of branches now.
    if (auto forgotten = forget_gone(repository, *refs); !forgotten) {
        return fail(forgotten.error());
    }
    if (!names->empty()) {
        if (auto fetched = fetch(repository, remote, *names, stop, progress); !fetched) {
            return fail(fetched.error());
        }
    }
    return refs;
}

/// Everything but the last step, in a folder that nobody looks at.
Result<void> clone_into(const fs::path& folder, const Remote& remote, const std::stop_token& stop,
                        const ProgressCallback& progress) {
    if (auto made = Repository::init(folder, "main", false); !made) {
        return fail(made.error());
    }
    const auto refs = fetch_refs(folder, remote, stop, progress);
    const auto names =
        refs ? branch_names(*refs) : Result<std::vector<std::string>>(fail(refs.error()));
    if (!names) {
        return fail(names.error());
    }
    const std::string branch = default_branch(*refs, *names);
    return branch.empty() ? Result<void>() : switch_branch(folder, branch);
}

Result<void> remember(git_repository* repository, const std::string& branch, const git_oid& sent) {
    // No host has both, so one of a name above or below went before this came.
    const auto cleared = forget(repository, [&branch](const std::string& other) {
        return branch.starts_with(other + "/") || other.starts_with(branch + "/");
    });
    if (!cleared) {
        return cleared;
    }
    ReferencePtr known;
    const std::string name = tracking + branch;
    const int result = git_reference_create(Out(known), repository, name.c_str(), &sent, 1, "push");
    return result < 0 ? fail(local_failure("remember what was pushed", result)) : Result<void>();
}

} // namespace

Result<void> fetch_all(const fs::path& repository, const Remote& remote, std::stop_token stop,
                       const ProgressCallback& progress) {
    const auto refs = fetch_refs(repository, remote, stop, progress);
    return refs ? Result<void>() : fail(refs.error());
}

Result<void> clone(const fs::path& folder, const Remote& remote, std::stop_token stop,
                   const ProgressCallback& progress) {
    std::error_code code;
    if (fs::exists(folder, code) && !fs::is_empty(folder, code)) {
        return fail(ErrorCode::already_exists, "The folder " + folder.string() + " is not empty.",
                    "Choose another folder, or empty this one.");
    }
    fs::path part = folder;
    part += ".part";
    const auto lock = FileLock::acquire(fs::path(part.string() + ".lock"), 0);
    if (!lock) {
        return fail(ErrorCode::unavailable, "Another window clones this repository just now.",
                    "Wait until it is done.");
    }
    fs::remove_all(part, code); // of an earlier try
    auto done = clone_into(part, remote, stop, progress);
    if (done) {
        fs::remove(folder, code);
        fs::rename(part, folder, code);
        if (code) {
            done = fail(ErrorCode::io,
                        "Cannot put the clone in " + folder.string() + ": " + code.message() + ".");
        }
    }
    std::error_code ignored;
    fs::remove_all(part, ignored);
    fs::remove(fs::path(part.string() + ".lock"), ignored);
    return done;
}

Result<void> push_branch(const fs::path& path, const Remote& remote, const std::string& branch,
                         std::stop_token stop, const ProgressCallback& progress) {
    const auto reference = branch_reference(branch);
    const auto repository = open_local(path);
    if (!reference || !repository) {
        return fail(reference ? repository.error() : reference.error());
    }
    // What is sent now; the branch may go on meanwhile.
    const auto commit = commit_at(repository->get(), *reference);
    if (!commit) {
        return fail(commit.error());
    }
    const git_oid sent = *git_commit_id(commit->get());
    if (auto pushed = push(path, remote, {*reference + ":" + *reference}, stop, progress);
        !pushed) {
        return pushed;
    }
    return remember(repository->get(), branch, sent);
}

Result<void> remember_pushed(const fs::path& path, const std::string& branch) {
    const auto repository = open_local(path);
    const auto commit = repository ? commit_at(repository->get(), heads + branch)
                                   : Result<CommitPtr>(fail(repository.error()));
    return commit ? remember(repository->get(), branch, *git_commit_id(commit->get()))
                  : fail(commit.error());
}

} // namespace tau::git
