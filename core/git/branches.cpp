#include "core/git/branches.h"

#include "core/base/text.h"
#include "core/git/checkout.h"
#include "core/git/distance.h"
#include "core/git/obstacles.h"

#include <algorithm>
#include <map>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

/// Both halves of each name; those of other remotes are not ours to show.
Result<std::map<std::string, Branch>> read_branches(git_repository* repository) {
    BranchIteratorPtr iterator;
    int result = git_branch_iterator_new(Out(iterator), repository, GIT_BRANCH_ALL);
    std::map<std::string, Branch> branches;
    while (result == 0 && branches.size() < most_branches) {
        ReferencePtr reference;
        git_branch_t kind = GIT_BRANCH_LOCAL;
        result = git_branch_next(Out(reference), &kind, iterator.get());
        if (result < 0) {
            break;
        }
        git_oid id;
        const char* shorthand = nullptr;
        if (git_reference_name_to_id(&id, repository, git_reference_name(reference.get())) < 0 ||
            git_branch_name(&shorthand, reference.get()) < 0) {
            continue; // it points to nothing
        }
        std::string name = shorthand;
        if (kind == GIT_BRANCH_REMOTE) {
            if (!name.starts_with(origin) || name == std::string(origin) + "HEAD") {
                continue;
            }
            name.erase(0, origin.size());
        }
        if (!is_branch_name(name)) {
            continue;
        }
        Branch& branch = branches[name];
        branch.name = name;
        (kind == GIT_BRANCH_REMOTE ? branch.remote : branch.local) = to_text(id);
    }
    if (result < 0 && result != GIT_ITEROVER) {
        return fail(local_failure("list the branches", result));
    }
    return branches;
}

/// The commit to show for a branch, wherever it is.
Result<CommitPtr> target_of(git_repository* repository, const std::string& name) {
    auto here = commit_at(repository, heads + name);
    if (here || here.error().code != ErrorCode::not_found) {
        return here;
    }
    auto fetched = commit_at(repository, tracking + name);
    if (!fetched && fetched.error().code == ErrorCode::not_found) {
        return fail(ErrorCode::not_found,
                    "There is no branch " + bounded_text(name, 100) + " here.",
                    "Fetch it first, or choose another one.");
    }
    return fetched;
}

} // namespace

Result<std::vector<Branch>> list_branches(const fs::path& path) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto head = read_head(repository->get());
    auto found = read_branches(repository->get());
    if (!head || !found) {
        return fail(head ? found.error() : head.error());
    }
    std::vector<Branch> branches;
    for (auto& [name, branch] : *found) {
        branch.current = name == head->branch;
        if (branch.local && branch.remote) {
            git_oid ours;
            git_oid theirs;
            (void)git_oid_fromstr(&ours, branch.local->c_str());
            (void)git_oid_fromstr(&theirs, branch.remote->c_str());
            const auto apart = distance(repository->get(), ours, theirs);
            if (!apart) {
                return fail(apart.error());
            }
            branch.ahead = apart->ahead;
            branch.behind = apart->behind;
        }
        branches.push_back(std::move(branch));
    }
    return branches;
}

Result<void> create_branch(const fs::path& path, const std::string& name) {
    const auto reference = branch_reference(name);
    if (!reference) {
        return fail(reference.error());
    }
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto change = Change::begin(repository->get());
    if (!change) {
        return fail(change.error());
    }
    const auto head = read_head(repository->get());
    if (!head) {
        return fail(head.error());
    }
    if (!head->commit) {
        return fail(ErrorCode::invalid_argument, "There is no commit yet to begin a branch at.",
                    "Commit something first.");
    }
    if (target_of(repository->get(), name)) {
        return fail(ErrorCode::already_exists, "There is a branch " + name + " already.",
                    "Switch to it, or choose another name.");
    }
    return move_branch(repository->get(), name, nullptr, *git_commit_id(head->commit.get()),
                       "branch: created");
}

Result<std::vector<std::string>> files_against_switch(const fs::path& path,
                                                      const std::string& name) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto target = target_of(repository->get(), name);
    return target ? files_in_the_way(repository->get(), target->get())
                  : Result<std::vector<std::string>>(fail(target.error()));
}

Result<void> switch_branch(const fs::path& path, const std::string& name) {
    const auto reference = branch_reference(name);
    if (!reference) {
        return fail(reference.error());
    }
    const auto opened = open_local(path);
    if (!opened) {
        return fail(opened.error());
    }
    git_repository* const repository = opened->get();
    auto change = Change::begin(repository); // so that nobody moves what is read from here on
    if (!change) {
        return fail(change.error());
    }
    const auto target = target_of(repository, name);
    if (!target) {
        return fail(target.error());
    }
    if (auto shown = change->show(target->get(), "switch to " + name); !shown) {
        return shown;
    }
    if (const auto here = commit_at(repository, *reference); !here) {
        if (auto made = move_branch(repository, name, nullptr, *git_commit_id(target->get()),
                                    "branch: from the remote");
            !made) {
            return made;
        }
    }
    if (const int result = git_repository_set_head(repository, reference->c_str()); result < 0) {
        return fail(local_failure("switch to " + name, result));
    }
    change->done();
    return {};
}

} // namespace tau::git
