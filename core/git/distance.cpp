#include "core/git/distance.h"

#include <algorithm>
#include <queue>
#include <set>
#include <string>
#include <vector>

namespace tau::git {

namespace {

constexpr std::size_t most_walked = 10000;

std::set<std::string> names_of(const std::vector<git_oid>& commits) {
    std::set<std::string> names;
    for (const git_oid& id : commits) {
        names.insert(to_text(id));
    }
    return names;
}

Distance shallow_distance(git_repository* repository, const git_oid& ours, const git_oid& theirs) {
    const auto mine = names_of(shallow_history(repository, {ours}));
    const auto others = names_of(shallow_history(repository, {theirs}));
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

std::vector<git_oid> shallow_history(git_repository* repository, const std::vector<git_oid>& tops) {
    std::vector<git_oid> found;
    std::set<std::string> met;
    std::priority_queue<std::pair<git_time_t, std::string>> next;
    const auto meet = [&](const git_oid& id) {
        CommitPtr commit;
        const int result = git_commit_lookup(Out(commit), repository, &id);
        if (result == 0 && met.insert(to_text(id)).second) { // else cut off here, or seen
            next.emplace(git_commit_time(commit.get()), to_text(id));
        }
    };
    std::for_each(tops.begin(), tops.end(), meet);
    while (!next.empty() && found.size() < most_walked * tops.size()) {
        git_oid id;
        CommitPtr commit;
        (void)git_oid_fromstr(&id, next.top().second.c_str());
        next.pop();
        found.push_back(id);
        if (git_commit_lookup(Out(commit), repository, &id) < 0) {
            continue;
        }
        for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
            meet(*git_commit_parent_id(commit.get(), i));
        }
    }
    return found;
}

std::optional<git_oid> shallow_base(git_repository* repository, const git_oid& ours,
                                    const git_oid& theirs) {
    const auto mine = names_of(shallow_history(repository, {ours}));
    const auto others = shallow_history(repository, {theirs});
    const auto base = std::find_if(others.begin(), others.end(), [&mine](const git_oid& one) {
        return mine.contains(to_text(one));
    });
    return base == others.end() ? std::nullopt : std::optional(*base);
}

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
