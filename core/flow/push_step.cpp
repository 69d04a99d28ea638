#include "core/flow/change.h"

#include "core/base/file.h"
#include "core/git/clone.h"
#include "core/git/repository.h"
#include "core/project/config.h"

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

const std::string heads = "refs/heads/";

git::Files first_files(const Change& change, const Side& side) {
    return side.role == vault::Role::configuration
               ? project::configuration_files(change.draft, change.project_id)
               : project::code_files(change.draft);
}

/// A process that was killed leaves git's lock files behind. Nobody but this change, which holds
/// its own lock, uses the clone before it is pushed.
void remove_stale_locks(const fs::path& clone) {
    std::error_code code;
    std::vector<fs::path> locks;
    for (fs::recursive_directory_iterator entry(clone / ".git", code), end; !code && entry != end;
         entry.increment(code)) {
        if (entry->path().extension() == ".lock") {
            locks.push_back(entry->path());
        }
    }
    for (const fs::path& lock : locks) {
        fs::remove(lock, code);
    }
}

/// The first commits of the two branches.
struct Tips {
    git::CommitId branch, claim;
};

/// The clone with both branches; an earlier try may have left it at any point.
Result<Tips> prepare_clone(Change& change, const Side& side) {
    const fs::path folder = change.clone(side);
    if (auto made = make_private_directory(change.project_folder()); !made) {
        return fail(made.error());
    }
    remove_stale_locks(folder);
    auto repository = git::Repository::open(folder);
    if (!repository) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        repository = git::Repository::init(folder, change.draft.branch, false);
    }
    if (!repository) {
        return fail(repository.error());
    }
    const git::Author author{change.draft.owner, change.draft.email.empty()
                                                     ? change.draft.owner + "@localhost"
                                                     : change.draft.email};
    auto commit = repository->commit(change.draft.branch, first_files(change, side), author,
                                     "Start the project " + change.draft.name);
    if (!commit) {
        return fail(commit.error());
    }
    const std::string claim_branch(vault::claim_branch);
    auto claimed = repository->branch_commit(claim_branch);
    if (!claimed) {
        return fail(claimed.error());
    }
    if (!*claimed) {
        const vault::Claim claim =
            vault::make_claim(*change.owner, change.project_id, side.role, side.repository.ssh_url);
        auto done = repository->commit(
            claim_branch, {{std::string(vault::claim_file), vault::to_text(claim)}}, author,
            "Claim this repository for the project " + change.draft.name, true);
        if (!done) {
            return fail(done.error());
        }
        *claimed = *done;
    }
    return Tips{*commit, **claimed};
}

Result<git::Remote> push_remote(Change& change, const Side& side, const StepCall& call) {
    const std::lock_guard lock(change.forge_mutex);
    return change.world.forge.push_remote(side.repository, call.stop);
}

Result<Outcome> push(Change& change, const Side& side, const StepCall& call) {
    const auto tips = prepare_clone(change, side);
    if (!tips) {
        return fail(tips.error());
    }
    change.point("committed " + std::string(vault::to_string(side.role)));
    const auto remote = push_remote(change, side, call);
    if (!remote) {
        return fail(remote.error());
    }
    std::vector<std::string> refspecs;
    for (const std::string& branch : {change.draft.branch, std::string(vault::claim_branch)}) {
        std::string refspec = heads + branch;
        refspec.append(":").append(heads).append(branch);
        refspecs.push_back(std::move(refspec));
    }
    if (auto pushed = git::push(change.clone(side), *remote, refspecs, call.stop); !pushed) {
        return fail(pushed.error());
    }
    for (const std::string& branch : {change.draft.branch, std::string(vault::claim_branch)}) {
        if (auto noted = git::remember_pushed(change.clone(side), branch); !noted) {
            return fail(noted.error());
        }
    }
    return Outcome{"The first commit and your claim are pushed to " + side.choice.name + ".",
                   side.repository.web_url,
                   {{"commit", tips->branch}, {"claim", tips->claim}}};
}

// ---- and back, from a repository that was there before

/// One of the two branches, as it is on the git host.
struct Pushed {
    std::string name;
    bool ours; ///< nothing was added to what was pushed
};

/// The commit that was pushed to a branch: recorded, or in the clone of a push that was cut short.
std::string pushed_commit(const git::Repository& clone, const std::string& recorded,
                          const std::string& branch) {
    const auto commit = recorded.empty() ? clone.branch_commit(branch) : recorded;
    return commit ? commit->value_or("") : "";
}

Result<std::vector<Pushed>> pushed_branches(const git::Remote& remote, const std::string& branch,
                                            const Tips& tips, const StepCall& call) {
    const auto refs = git::list_remote(remote, call.stop);
    if (!refs) {
        return fail(refs.error());
    }
    std::vector<Pushed> found;
    for (const git::RemoteRef& ref : *refs) {
        for (const auto& [name, commit] :
             {std::pair(branch, tips.branch),
              std::pair(std::string(vault::claim_branch), tips.claim)}) {
            if (ref.name == heads + name) {
                found.push_back({name, ref.commit == commit});
            }
        }
    }
    return found;
}

std::string stays_sentence(const Pushed& branch, const std::string& repository,
                           const std::string& url) {
    return branch.ours
               ? "The git host keeps the branch " + branch.name + " of " + repository +
                     ", as it does with a default branch: delete the repository there if nobody "
                     "needs it."
               : "The branch " + branch.name + " of " + repository +
                     " holds other commits by now. If nobody needs them: git push " + url +
                     " --delete " + branch.name;
}

/// The repository was empty when it was taken, so both branches are this change's. Those that
/// nobody added to are deleted.
Result<Undone> take_back_branches(Change& change, const Side& side, const StepCall& call) {
    const auto remote = push_remote(change, side, call);
    if (!remote) {
        return undone(fail(remote.error()));
    }
    const fs::path folder = change.clone(side);
    auto clone = git::Repository::open(folder);
    if (!clone) { // a push needs a repository to start from, be it an empty one
        clone = git::Repository::init(folder, change.draft.branch, false);
    }
    if (!clone) {
        return fail(clone.error());
    }
    const Tips tips{
        pushed_commit(*clone, fact(call.recorded, "commit"), change.draft.branch),
        pushed_commit(*clone, fact(call.recorded, "claim"), std::string(vault::claim_branch))};
    auto found = pushed_branches(*remote, change.draft.branch, tips, call);
    if (!found) {
        return undone(fail(found.error()));
    }
    Undone answer{!found->empty()};
    std::vector<std::string> deletions;
    for (const Pushed& branch : *found) {
        if (branch.ours) {
            deletions.push_back(":" + (heads + branch.name));
        }
    }
    if (!deletions.empty()) {
        const auto deleted = git::push(folder, *remote, deletions, call.stop);
        if (!deleted && deleted.error().code != ErrorCode::permission_denied) {
            return fail(deleted.error());
        }
        found = pushed_branches(*remote, change.draft.branch, tips, call);
    }
    if (!found) {
        return fail(found.error());
    }
    for (const Pushed& branch : *found) {
        answer.stays += (answer.stays.empty() ? "" : " ") +
                        stays_sentence(branch, change.full_name(side), side.repository.ssh_url);
    }
    return answer;
}

Result<Undone> undo_push(Change& change, const Side& side, const StepCall& call) {
    const fs::path clone = change.clone(side);
    std::error_code code;
    Undone answer{fs::exists(clone, code)};
    if (side.choice.use_existing) {
        auto taken = take_back_branches(change, side, call);
        if (!taken) {
            return taken;
        }
        answer.was_there |= taken->was_there;
        answer.stays = taken->stays;
    }
    fs::remove_all(clone, code);
    if (code) {
        return fail(ErrorCode::io, "Cannot remove " + clone.string() + ": " + code.message() + ".");
    }
    fs::remove(change.project_folder(), code); // goes with the last of the two
    return answer;
}

} // namespace

Step push_step(Change& change, Side& side, int lane) {
    Step step = side_step("push", side, lane);
    std::string files;
    for (const auto& file : first_files(change, side)) {
        files += (files.empty() ? "" : ", ") + file.first;
    }
    step.plan = "Push the first commit (" + files + ") and your claim (branch tau-owner) to " +
                side.choice.name + ".";
    step.run = [&](const StepCall& call) { return push(change, side, call); };
    step.undo_sentence = [&](const StepCall&) -> std::optional<std::string> {
        const std::string clone = "The clone in " + change.clone(side).string();
        return side.choice.use_existing
                   ? clone + ", and the branches " + change.draft.branch + " and tau-owner in " +
                         change.full_name(side) + " as far as nobody added to them."
                   : clone + ".";
    };
    step.undo = [&](const StepCall& call) { return undo_push(change, side, call); };
    return step;
}

} // namespace tau::flow
