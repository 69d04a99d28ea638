#include "core/git/distance.h"

#include <set>
#include <string>
#include <vector>

namespace tau::git {

namespace {

constexpr std::size_t most_walked = 10000;

/// A commit and all that are below it, as far as they are there.
std::set<std::string> history_of(git_repository* repository, const git_oid& top) {
    std::set<std::string> found;
    std::vector<git_oid> next{top};
    while (!next.empty() && found.size() < most_walked) {
        const git_oid id = next.back();
        next.pop_back();
        CommitPtr commit;
        const int result = git_commit_lookup(Out(commit), repository, &id);
        if (result < 0 || !found.insert(to_text(id)).second) {
            continue; // cut off here, or seen
        }
        for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
            next.push_back(*git_commit_parent_id(commit.get(), i));
        }
    }
    return found;
}

Distance shallow_distance(git_repository* repository, const git_oid& ours, const git_oid& theirs) {
    const auto mine = history_of(repository, ours);
    const auto others = history_of(repository, theirs);
    Distance distance;
    for (const std::string& id : mine) {
        distance.ahead += others.contains(id) ? 0U : 1U;
    }
    for (const std::string& id : others) {
        distance.behind += mine.contains(id) ? 0U : 1U;
    }
    distance.related = distance.ahead < mine.size();
    return distance;
}

} // namespace

Result<Distance> distance(git_repository* repository, const git_oid& ours, const git_oid& theirs) {
    if (git_repository_is_shallow(repository) == 1) { // libgit2 1.5 fails where histories are cut
        return shallow_distance(repository, ours, theirs);
    }
    Distance found;
    git_oid base;
    const int based = git_merge_base(&base, repository, &ours, &theirs);
    const int result =
        git_graph_ahead_behind(&found.ahead, &found.behind, repository, &ours, &theirs);
    if ((based < 0 && based != GIT_ENOTFOUND) || result < 0) {
        return fail(local_failure("compare two commits", based < 0 ? based : result));
    }
    found.related = based == 0;
    return found;
}

} // namespace tau::git
