#include "core/flow/unsaved_work.h"

#include "core/base/text.h"
#include "core/flow/clones.h"
#include "core/git/unpushed.h"

#include <algorithm>

namespace tau::flow {

namespace {

constexpr std::size_t most_named = 10;

void add_files(const CloneState& clone, const std::string& where, std::vector<std::string>& work) {
    const std::vector<git::FileChange>& files = clone.status.files;
    for (std::size_t i = 0; i < std::min(files.size(), most_named); ++i) {
        work.push_back(where + bounded_text(files[i].path, 200) + " is not committed");
    }
    if (files.size() > most_named) {
        work.push_back(where + std::to_string(files.size() - most_named) +
                       (clone.status.complete ? "" : " or more") +
                       " other files are not committed");
    }
}

void add_overlooked(const CloneState& clone, const std::string& where,
                    std::vector<std::string>& work) {
    const std::vector<std::string>& files = clone.status.overlooked;
    for (std::size_t i = 0; i < std::min(files.size(), most_named); ++i) {
        work.push_back(where + bounded_text(files[i], 200) +
                       " was changed, and git was told not to look at it");
    }
    if (files.size() > most_named) {
        work.push_back(where + "so were " + std::to_string(files.size() - most_named) +
                       " other files");
    }
}

void add_repositories(const CloneState& clone, const std::string& where,
                      std::vector<std::string>& work) {
    for (const std::string& path : clone.status.repositories) {
        work.push_back(where + bounded_text(path, 200) +
                       " is a repository of its own, which was not looked at");
    }
}

std::string sentence_of(const git::Unpushed& one) {
    if (one.where == "stash") {
        return "what git stash put aside is on no branch";
    }
    const bool several = one.commits > 1;
    return std::to_string(one.commits) + (one.commits == git::most_unpushed ? " or more" : "") +
           (several ? " commits" : " commit") + " on " + bounded_text(one.where, 200) +
           (several ? " are" : " is") + " not pushed";
}

} // namespace

Result<std::vector<std::string>> unsaved_work(const LocalProject& project) {
    const auto clones = look_at_clones(project);
    if (!clones) {
        return fail(clones.error());
    }
    std::vector<std::string> work;
    for (const CloneState& clone : *clones) {
        const std::string where = std::string(vault::to_string(clone.role)) + ": ";
        add_files(clone, where, work);
        add_overlooked(clone, where, work);
        add_repositories(clone, where, work);
        const auto commits = git::unpushed(clone_of(project, clone.role));
        if (!commits) {
            return fail(commits.error());
        }
        for (const git::Unpushed& one : *commits) {
            if (one.where != vault::claim_branch) { // made anew with each registration
                work.push_back(where + sentence_of(one));
            }
        }
    }
    return work;
}

std::string listed(const std::vector<std::string>& work) {
    std::string text;
    for (const std::string& one : work) {
        text += (text.empty() ? "" : "; ") + one;
    }
    return text;
}

} // namespace tau::flow
