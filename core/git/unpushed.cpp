#include "core/git/unpushed.h"

#include "core/git/distance.h"
#include "core/git/libgit2.h"

#include <algorithm>
#include <optional>
#include <set>

namespace tau::git {

namespace {

/// Every branch of one side, whatever its name: full names of references.
Result<std::vector<std::string>> references(git_repository* repository, git_branch_t side) {
    BranchIteratorPtr iterator;
    int result = git_branch_iterator_new(Out(iterator), repository, side);
    std::vector<std::string> names;
    while (result == 0) {
        ReferencePtr reference;
        git_branch_t kind = side;
        result = git_branch_next(Out(reference), &kind, iterator.get());
        if (result == 0) {
            names.emplace_back(git_reference_name(reference.get()));
        }
    }
    return result == GIT_ITEROVER ? Result<std::vector<std::string>>(std::move(names))
                                  : fail(local_failure("list the branches", result));
}

/// What the remote's branches lead to in a shallow clone, where libgit2 1.5 cannot walk.
Result<std::set<std::string>> pushed_in_shallow(git_repository* repository) {
    const auto remote = references(repository, GIT_BRANCH_REMOTE);
    if (!remote) {
        return fail(remote.error());
    }
    std::vector<git_oid> tops;
    for (const std::string& reference : *remote) {
        git_oid id;
        if (reference.starts_with(tracking) &&
            git_reference_name_to_id(&id, repository, reference.c_str()) == 0) {
            tops.push_back(id);
        }
    }
    std::set<std::string> pushed;
    for (const git_oid& one : shallow_history(repository, tops)) {
        pushed.insert(to_text(one));
    }
    return pushed;
}

/// How many commits lead to this one that no branch of the remote has; `pushed` in a shallow clone.
Result<std::size_t> count_unpushed(git_repository* repository, const std::string& reference,
                                   const std::optional<std::set<std::string>>& pushed) {
    git_oid id;
    if (const int found = git_reference_name_to_id(&id, repository, reference.c_str()); found < 0) {
        return found == GIT_ENOTFOUND ? Result<std::size_t>(0)
                                      : fail(local_failure("look at " + reference, found));
    }
    if (pushed) {
        const auto history = shallow_history(repository, {id});
        return std::min<std::size_t>(
            most_unpushed, static_cast<std::size_t>(std::count_if(
                               history.begin(), history.end(), [&pushed](const git_oid& one) {
                                   return !pushed->contains(to_text(one));
                               })));
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
    auto places = repository ? references(repository->get(), GIT_BRANCH_LOCAL)
                             : Result<std::vector<std::string>>(fail(repository.error()));
    if (!places) {
        return fail(places.error());
    }
    if (git_repository_head_detached(repository->get()) == 1) {
        places->emplace_back("HEAD");
    }
    places->emplace_back("refs/stash");
    std::optional<std::set<std::string>> pushed;
    if (git_repository_is_shallow(repository->get()) == 1) {
        auto known = pushed_in_shallow(repository->get());
        if (!known) {
            return fail(known.error());
        }
        pushed = std::move(*known);
    }
    std::vector<Unpushed> found;
    for (const std::string& reference : *places) {
        const auto commits = count_unpushed(repository->get(), reference, pushed);
        if (!commits) {
            return fail(commits.error());
        }
        if (*commits > 0) {
            const bool is_branch = reference.starts_with(heads);
            found.push_back({is_branch                   ? reference.substr(heads.size())
                             : reference == "refs/stash" ? "stash"
                                                         : reference,
                             *commits});
        }
    }
    return found;
}

} // namespace tau::git
