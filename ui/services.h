// ui: the window. It has no network, no files and no logic of its own.
// services.h  this file: everything the window can ask for; app/console answers
//             (config_services.h: what concerns the files of a project)
//             (git_services.h: what concerns the clones of a project)
//             (transfer_services.h: export and import)
//             (living_services.h: what concerns the vaults of a project, and its later changes)
// common/     small parts: theme, jobs, fields, messages
// shell/      main window, start page, project page, creation page
// vaults/     the ranked list of vault nodes
// wizard/     a new project, page by page
// project/    an open project: its pages as tabs: configuration, git, deployments, registration
#pragma once

#include "core/base/secret.h"
#include "core/flow/create_project.h"
#include "core/flow/flow.h"
#include "core/forge/forge.h"
#include "core/project/draft.h"
#include "core/project/export.h"
#include "core/vault/network.h"
#include "core/vault/node_source.h"
#include "ui/config_services.h"
#include "ui/git_services.h"
#include "ui/living_services.h"
#include "ui/transfer_services.h"

#include <QString>
#include <QVariant>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tau::ui {

/// Where secrets are kept, and whether they can be reached now.
enum class SecretsState {
    open,
    needs_passphrase,    ///< an encrypted file is there
    needs_new_passphrase ///< no keychain, and no encrypted file yet
};

/// What the window needs from the rest of the program. Everything but the settings blocks and may
/// be called from several threads at once; the window calls it on a Job's thread.
class Services {
public:
    virtual ~Services() = default;

    virtual Result<vault::Network> load_network(const std::filesystem::path& file,
                                                std::stop_token stop) = 0;

    /// The network's nodes, wherever its file says they come from; `progress` is called on the
    /// calling thread.
    virtual Result<vault::NodeList>
    load_nodes(const vault::Network& network, const std::optional<vault::Place>& place,
               vault::Extent extent, const vault::LoadProgress& progress, std::stop_token stop) = 0;
    /// The full, verified record behind a row of a table that load_nodes gave for this network.
    virtual Result<vault::ListedNode> node(const vault::Network& network,
                                           const vault::NodeTable& table, std::uint32_t row,
                                           std::stop_token stop) = 0;
    virtual Result<vault::ListedNode> node_by_hand(const std::string& text,
                                                   std::stop_token stop) = 0;
    virtual Result<std::chrono::milliseconds> round_trip(const vault::NodeRecord& record,
                                                         std::stop_token stop) = 0;
    /// Replaces the file.
    virtual Result<void> write_file(const std::filesystem::path& file,
                                    const std::string& content) = 0;

    virtual Result<forge::Account> account(const vault::GitHost& host, std::stop_token stop) = 0;
    virtual Result<std::optional<forge::Repository>> find_repository(const vault::GitHost& host,
                                                                     const std::string& owner,
                                                                     const std::string& name,
                                                                     std::stop_token stop) = 0;

    virtual Result<SecretsState> secrets_state() = 0;
    /// Opens (or makes) the encrypted file; `unauthenticated` for a wrong passphrase.
    virtual Result<void> unlock_secrets(const Secret& passphrase) = 0;

    /// Flows come with all that they need; they may outlive the page that asked.
    virtual Result<std::shared_ptr<flow::Flow>>
    plan(const project::Draft& draft, const vault::Network& network, std::stop_token stop) = 0;
    virtual Result<std::shared_ptr<flow::Flow>> open_unfinished(const std::string& id,
                                                                std::stop_token stop) = 0;
    virtual Result<std::vector<flow::Unfinished>> unfinished() = 0;
    virtual Result<void> forget(const std::string& id) = 0;

    virtual Result<std::vector<flow::LocalProject>> projects() = 0;
    virtual Result<project::Export> load_export(const flow::LocalProject& project) = 0;
    /// Takes in somebody's project.yaml, once everything in it holds.
    virtual Result<flow::LocalProject> import_project(const std::filesystem::path& file) = 0;
    /// Repositories that lie on this computer already (flow/opened_folders.h).
    virtual Result<flow::LocalProject> open_folder(const std::filesystem::path& folder) = 0;
    virtual Result<flow::LocalProject> use_code_folder(const flow::LocalProject& project,
                                                       const std::filesystem::path& folder) = 0;
    virtual Result<void> close_folder(const flow::LocalProject& project) = 0;

    /// The files of a project's clones, while they are edited.
    virtual ConfigServices& config() = 0;
    /// The clones of projects: changes, branches, history, push and pull.
    virtual GitServices& git() = 0;
    /// Export and import.
    virtual TransferServices& transfers() = 0;
    /// The vaults of projects, and what becomes of a project later.
    virtual LivingServices& living() = 0;

    /// Small choices of the person (window size, theme, networks); at once, on the main thread.
    virtual QVariant setting(const QString& key) const = 0;
    virtual void set_setting(const QString& key, const QVariant& value) = 0;
};

} // namespace tau::ui
