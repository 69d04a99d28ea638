#pragma once

#include "core/flow/clones.h"
#include "core/git/diff.h"
#include "core/git/history.h"

namespace tau::ui {

/// What the window asks about a project's two clones, and has done to them. Everything blocks and
/// may be called from several threads; the window calls it on a Job's thread. Only clone, push and
/// pull need the network.
class GitServices {
public:
    virtual ~GitServices() = default;

    /// Configuration first; only clones that are here.
    virtual Result<std::vector<flow::CloneState>> look(const flow::LocalProject& project) = 0;
    virtual Result<git::FileDiff> diff(const flow::LocalProject& project, vault::Role role,
                                       const std::string& path) = 0;
    virtual Result<void> commit(const flow::LocalProject& project,
                                const std::vector<flow::ChosenFiles>& chosen,
                                const git::Author& author, const std::string& message) = 0;
    virtual Result<std::vector<flow::DiscardedFiles>>
    discard(const flow::LocalProject& project, const std::vector<flow::ChosenFiles>& chosen) = 0;
    virtual Result<void> bring_back(const flow::LocalProject& project,
                                    const std::vector<flow::DiscardedFiles>& discarded) = 0;
    /// Who commits, when the person has not said it.
    virtual Result<git::Author> author(const flow::LocalProject& project) = 0;

    /// Of a branch, "main" or "origin/main"; empty: of what is checked out.
    virtual Result<git::HistoryPage> history(const flow::LocalProject& project, vault::Role role,
                                             const std::string& branch, std::size_t skip,
                                             std::size_t count) = 0;
    virtual Result<git::CommitFiles> files_of(const flow::LocalProject& project, vault::Role role,
                                              const git::CommitId& commit) = 0;
    virtual Result<git::FileDiff> commit_diff(const flow::LocalProject& project, vault::Role role,
                                              const git::CommitId& commit,
                                              const std::string& path) = 0;

    virtual Result<void> create_branch(const flow::LocalProject& project,
                                       const std::string& name) = 0;
    virtual Result<void> switch_branch(const flow::LocalProject& project,
                                       const std::string& name) = 0;

    virtual Result<flow::LocalProject> clone(const flow::LocalProject& project,
                                             std::stop_token stop,
                                             const git::ProgressCallback& progress) = 0;
    virtual Result<void> push(const flow::LocalProject& project, std::stop_token stop,
                              const git::ProgressCallback& progress) = 0;
    virtual Result<std::vector<flow::Pulled>> pull(const flow::LocalProject& project,
                                                   std::stop_token stop,
                                                   const git::ProgressCallback& progress) = 0;
    virtual Result<git::CommitId> merge(const flow::LocalProject& project, vault::Role role,
                                        const git::MergePlan& plan,
                                        const std::vector<git::MergeChoice>& choices,
                                        const git::Author& author, const std::string& message) = 0;
};

} // namespace tau::ui
