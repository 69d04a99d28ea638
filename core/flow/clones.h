#pragma once

#include "core/flow/create_project.h"
#include "core/git/branches.h"
#include "core/git/clone.h"
#include "core/git/discard.h"
#include "core/git/merge.h"
#include "core/git/work_tree.h"

namespace tau::flow {

/// How the account of this computer reaches one of a project's two repositories.
using RemoteOf = std::function<Result<git::Remote>(vault::Role role, std::stop_token stop)>;

/// One of a project's two clones as it is now.
struct CloneState {
    vault::Role role = vault::Role::configuration;
    git::Status status;
    git::Comparison remote;            ///< as of the last fetch
    std::vector<git::Branch> branches; ///< without the claim's
};

/// Where a clone is; an empty path when there is none.
const std::filesystem::path& clone_of(const LocalProject& project, vault::Role role);

/// Both clones (configuration first), as far as they are here.
Result<std::vector<CloneState>> look_at_clones(const LocalProject& project);

/// Whether the branch that is checked out has commits that its remote, as last fetched, lacks: not
/// without a branch or a commit, nor when only the remote has new ones.
bool has_something_to_push(const CloneState& state);

/// Clones what is not here yet into the project's folder.
Result<LocalProject> make_clones(const LocalProject& project, const RemoteOf& remote_of,
                                 std::stop_token stop, const git::ProgressCallback& progress);

/// A branch in both clones, from what is checked out in each, and then checked out.
Result<void> create_branch(const LocalProject& project, const std::string& name);
/// Switches both clones to a branch; one that lacks it gets it at its present commit. Neither is
/// changed when one of them cannot switch (`conflict` names the files).
Result<void> switch_branch(const LocalProject& project, const std::string& name);

struct ChosenFiles {
    vault::Role role = vault::Role::configuration;
    std::vector<std::string> files;
};
/// Commits in each clone that has files in `chosen`; configuration first.
Result<void> commit(const LocalProject& project, const std::vector<ChosenFiles>& chosen,
                    const git::Author& author, const std::string& message);

/// What was discarded, to be brought back.
struct DiscardedFiles {
    vault::Role role = vault::Role::configuration;
    std::vector<git::Discarded> files;
};
/// Puts files back to what was committed; of both clones or of neither.
Result<std::vector<DiscardedFiles>> discard(const LocalProject& project,
                                            const std::vector<ChosenFiles>& chosen);
Result<void> bring_back(const LocalProject& project, const std::vector<DiscardedFiles>& discarded);

/// Pushes the branches that are checked out, as far as they have something to push: configuration
/// before code, and code only once configuration has arrived.
Result<void> push(const LocalProject& project, const RemoteOf& remote_of, std::stop_token stop,
                  const git::ProgressCallback& progress);

struct Pulled {
    vault::Role role = vault::Role::configuration;
    git::Comparison found;               ///< before anything was taken
    std::optional<git::MergePlan> merge; ///< both sides changed: to be decided by a person
};
/// Fetches both; takes the remote's commits where this side has none of its own.
Result<std::vector<Pulled>> pull(const LocalProject& project, const RemoteOf& remote_of,
                                 std::stop_token stop, const git::ProgressCallback& progress);

/// Ends a pull in which both sides had changed.
Result<git::CommitId> merge(const LocalProject& project, vault::Role role,
                            const git::MergePlan& plan,
                            const std::vector<git::MergeChoice>& choices, const git::Author& author,
                            const std::string& message);

/// The git host's account and address a project was created with on this computer; `not_found`
/// for one that was imported.
Result<FlowOrigin> origin_of(const std::filesystem::path& data, const std::string& project_id);

} // namespace tau::flow
