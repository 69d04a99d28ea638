#include "app/console/git_work.h"

#include "app/adapters/workplace.h"
#include "core/git/configuration.h"
#include "core/git/url.h"

namespace tau::app {

namespace {

/// "/owner/name.git" as its two parts.
std::pair<std::string, std::string> owner_and_name(std::string path) {
    if (path.ends_with(".git")) {
        path.resize(path.size() - 4);
    }
    const std::size_t name = path.rfind('/');
    const std::size_t owner =
        name == std::string::npos || name == 0 ? 0 : path.rfind('/', name - 1);
    if (name == std::string::npos || owner == std::string::npos) {
        return {};
    }
    return {path.substr(owner + 1, name - owner - 1), path.substr(name + 1)};
}

} // namespace

flow::RemoteOf GitWork::remote_of(const flow::LocalProject& project) const {
    return [this, project](vault::Role role, std::stop_token stop) {
        return reach_(project, role, std::move(stop));
    };
}

Result<std::vector<flow::CloneState>> GitWork::look(const flow::LocalProject& project) {
    return flow::look_at_clones(project);
}

Result<git::FileDiff> GitWork::diff(const flow::LocalProject& project, vault::Role role,
                                    const std::string& path) {
    return git::diff_work_tree(flow::clone_of(project, role), path);
}

Result<void> GitWork::commit(const flow::LocalProject& project,
                             const std::vector<flow::ChosenFiles>& chosen,
                             const git::Author& author, const std::string& message) {
    return flow::commit(project, chosen, author, message);
}

Result<std::vector<flow::DiscardedFiles>>
GitWork::discard(const flow::LocalProject& project, const std::vector<flow::ChosenFiles>& chosen) {
    return flow::discard(project, chosen);
}

Result<void> GitWork::bring_back(const flow::LocalProject& project,
                                 const std::vector<flow::DiscardedFiles>& discarded) {
    return flow::bring_back(project, discarded);
}

/// As git itself would, else whoever owns the repositories: on this computer that is mostly the
/// person who works here.
Result<git::Author> GitWork::author(const flow::LocalProject& project) {
    for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
        const auto& clone = flow::clone_of(project, role);
        if (clone.empty()) {
            continue;
        }
        auto named = git::configured_author(clone);
        if (named || named.error().code != ErrorCode::not_found || !project.is_registered()) {
            return named;
        }
    }
    const auto exported = flow::load_export(project);
    if (!exported) {
        return fail(exported.error());
    }
    const auto url = git::parse_url(exported->claims[0].repository_url);
    if (!url) {
        return fail(url.error());
    }
    const std::string owner = owner_and_name(url->path).first;
    return git::Author{owner, exported->email.empty() ? owner + "@localhost" : exported->email};
}

Result<git::HistoryPage> GitWork::history(const flow::LocalProject& project, vault::Role role,
                                          const std::string& branch, std::size_t skip,
                                          std::size_t count) {
    const auto& clone = flow::clone_of(project, role);
    if (!branch.empty()) {
        return git::history(clone, branch, skip, count);
    }
    const auto now = git::compare_with_remote(clone);
    if (!now) {
        return fail(now.error());
    }
    return now->ours ? git::history(clone, *now->ours, skip, count) : git::HistoryPage();
}

Result<git::CommitFiles> GitWork::files_of(const flow::LocalProject& project, vault::Role role,
                                           const git::CommitId& commit) {
    return git::files_of(flow::clone_of(project, role), commit);
}

Result<git::FileDiff> GitWork::commit_diff(const flow::LocalProject& project, vault::Role role,
                                           const git::CommitId& commit, const std::string& path) {
    return git::diff_commit(flow::clone_of(project, role), commit, path);
}

Result<void> GitWork::create_branch(const flow::LocalProject& project, const std::string& name) {
    return flow::create_branch(project, name);
}

Result<void> GitWork::switch_branch(const flow::LocalProject& project, const std::string& name) {
    return flow::switch_branch(project, name);
}

Result<flow::LocalProject> GitWork::clone(const flow::LocalProject& project, std::stop_token stop,
                                          const git::ProgressCallback& progress) {
    return flow::make_clones(project, remote_of(project), std::move(stop), progress);
}

Result<void> GitWork::push(const flow::LocalProject& project, std::stop_token stop,
                           const git::ProgressCallback& progress) {
    return flow::push(project, remote_of(project), std::move(stop), progress);
}

Result<std::vector<flow::Pulled>> GitWork::pull(const flow::LocalProject& project,
                                                std::stop_token stop,
                                                const git::ProgressCallback& progress) {
    return flow::pull(project, remote_of(project), std::move(stop), progress);
}

Result<git::CommitId> GitWork::merge(const flow::LocalProject& project, vault::Role role,
                                     const git::MergePlan& plan,
                                     const std::vector<git::MergeChoice>& choices,
                                     const git::Author& author, const std::string& message) {
    return flow::merge(project, role, plan, choices, author, message);
}

Result<RepositoryHost> find_repository_host(const std::vector<vault::Network>& networks,
                                            const std::string& repository_url,
                                            std::stop_token stop) {
    const auto url = git::parse_url(repository_url);
    if (!url) {
        return fail(url.error());
    }
    const auto [owner, name] = owner_and_name(url->path);
    std::optional<Error> problem;
    for (std::size_t i = 0; i < networks.size(); ++i) {
        for (const vault::GitHost& host : networks[i].git_hosts) {
            auto forge = open_forge(networks[i], host.name);
            auto found = forge ? (*forge)->find_repository(owner, name, stop)
                               : Result<std::optional<forge::Repository>>(fail(forge.error()));
            if (!found) {
                problem = found.error();
            } else if (*found && (*found)->ssh_url == repository_url) {
                return RepositoryHost{i, host.name, std::move(*forge), std::move(**found)};
            }
        }
    }
    if (problem) {
        return fail(*problem);
    }
    return fail(ErrorCode::not_found,
                "None of your networks has a git host with the repository " + repository_url + ".",
                "Open the network that it belongs to, then try again.");
}

Result<git::Remote> reach_repository(const std::vector<vault::Network>& networks,
                                     const std::string& repository_url, std::stop_token stop) {
    const auto found = find_repository_host(networks, repository_url, stop);
    return found ? found->forge->push_remote(found->repository, stop)
                 : Result<git::Remote>(fail(found.error()));
}

} // namespace tau::app
