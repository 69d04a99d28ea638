#pragma once

#include "core/forge/forge.h"
#include "ui/git_services.h"

#include <memory>

namespace tau::app {

/// What the window asks of git, answered by core over the clones in the data folder.
class GitWork final : public ui::GitServices {
public:
    /// How this computer's account reaches one of a project's repositories.
    using Reach = std::function<Result<git::Remote>(const flow::LocalProject& project,
                                                    vault::Role role, std::stop_token stop)>;
    explicit GitWork(Reach reach) : reach_(std::move(reach)) {}

    Result<std::vector<flow::CloneState>> look(const flow::LocalProject& project) override;
    Result<git::FileDiff> diff(const flow::LocalProject& project, vault::Role role,
                               const std::string& path) override;
    Result<void> commit(const flow::LocalProject& project,
                        const std::vector<flow::ChosenFiles>& chosen, const git::Author& author,
                        const std::string& message) override;
    Result<std::vector<flow::DiscardedFiles>>
    discard(const flow::LocalProject& project,
            const std::vector<flow::ChosenFiles>& chosen) override;
    Result<void> bring_back(const flow::LocalProject& project,
                            const std::vector<flow::DiscardedFiles>& discarded) override;
    Result<git::Author> author(const flow::LocalProject& project) override;
    Result<git::HistoryPage> history(const flow::LocalProject& project, vault::Role role,
                                     const std::string& branch, std::size_t skip,
                                     std::size_t count) override;
    Result<git::CommitFiles> files_of(const flow::LocalProject& project, vault::Role role,
                                      const git::CommitId& commit) override;
    Result<git::FileDiff> commit_diff(const flow::LocalProject& project, vault::Role role,
                                      const git::CommitId& commit,
                                      const std::string& path) override;
    Result<void> create_branch(const flow::LocalProject& project, const std::string& name) override;
    Result<void> switch_branch(const flow::LocalProject& project, const std::string& name) override;
    Result<flow::LocalProject> clone(const flow::LocalProject& project, std::stop_token stop,
                                     const git::ProgressCallback& progress) override;
    Result<void> push(const flow::LocalProject& project, std::stop_token stop,
                      const git::ProgressCallback& progress) override;
    Result<std::vector<flow::Pulled>> pull(const flow::LocalProject& project, std::stop_token stop,
                                           const git::ProgressCallback& progress) override;
    Result<git::CommitId> merge(const flow::LocalProject& project, vault::Role role,
                                const git::MergePlan& plan,
                                const std::vector<git::MergeChoice>& choices,
                                const git::Author& author, const std::string& message) override;

private:
    flow::RemoteOf remote_of(const flow::LocalProject& project) const;

    const Reach reach_;
};

/// One of the networks' git hosts that has a repository.
struct RepositoryHost {
    std::size_t network = 0; ///< index
    std::string host;
    std::unique_ptr<forge::Forge> forge;
    forge::Repository repository;
};
/// `not_found` when none has it.
Result<RepositoryHost> find_repository_host(const std::vector<vault::Network>& networks,
                                            const std::string& repository_url,
                                            std::stop_token stop);
/// How the account at that git host reaches it.
Result<git::Remote> reach_repository(const std::vector<vault::Network>& networks,
                                     const std::string& repository_url, std::stop_token stop);

} // namespace tau::app
