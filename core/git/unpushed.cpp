#include "core/git/unpushed.h"

#include "core/git/branches.h"
#include "core/git/libgit2.h"

namespace tau::git {

namespace {

/// How many commits lead to this one that no branch of the remote has.
Result<std::size_t> count_unpushed(git_repository* repository, const std::string& reference) {
    git_oid id;
    if (const int found = git_reference_name_to_id(&id, repository, reference.c_str()); found < 0) {
        return found == GIT_ENOTFOUND ? Result<std::size_t>(0)
                                      : fail(local_failure("look at " + reference, found));
    }
    RevwalkPtr walk;
    int result = git_revwalk_new(Out(walk), repository);
    result = result == 0 ? git_revwalk_push(walk.get(), &id) : result;
    result = result == 0 ? git_revwalk_hide_glob(walk.get(), "refs/remotes/origin/*") : result;
    std::size_t commits = 0;
    while (result == 0 && commits < most_unpushed) {
        result = git_revwalk_next(&id, walk.get());
        commits += result == 0 ? 1 : 0;
    }
    if (result < 0 && result != GIT_ITEROVER) {
        return fail(local_failure("read the history of " + reference, result));
    }
    return commits;
}

} // namespace

Result<std::vector<Unpushed>> unpushed(const std::filesystem::path& path) {
    const auto repository = open_local(path);
    const auto branches = list_branches(path);
    if (!repository || !branches) {
        return fail(repository ? branches.error() : repository.error());
    }
    std::vector<std::pair<std::string, std::string>> places; // what it is called, its reference
    bool on_branch = false;
    for (const Branch& branch : *branches) {
        if (branch.local) {
            places.emplace_back(branch.name, heads + branch.name);
        }
        on_branch = on_branch || branch.current;
    }
    if (!on_branch) {
        places.emplace_back("HEAD", "HEAD");
    }
    places.emplace_back("stash", "refs/stash");
    std::vector<Unpushed> found;
    for (const auto& [where, reference] : places) {
        const auto commits = count_unpushed(repository->get(), reference);
        if (!commits) {
            return fail(commits.error());
        }
        if (*commits > 0) {
            found.push_back({where, *commits});
        }
    }
    return found;
}

} // namespace tau::git
