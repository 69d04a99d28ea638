#pragma once

#include "app/adapters/qt_http.h"
#include "app/console/config_services.h"
#include "app/console/git_work.h"
#include "app/console/transfer_work.h"
#include "core/base/secret.h"
#include "ui/services.h"

#include <QSettings>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace tau::app {

/// What the window asks for, answered by core and the adapters over one data folder.
class ConsoleServices : public ui::Services, public ui::LivingServices {
public:
    /// `passphrase`: opens the encrypted file without asking; none: keychain, or ask.
    ConsoleServices(std::filesystem::path data, std::optional<Secret> passphrase);

    Result<vault::Network> load_network(const std::filesystem::path& file,
                                        std::stop_token stop) override;
    Result<vault::NodeList> load_nodes(const vault::Network& network,
                                       const std::optional<vault::Place>& place,
                                       vault::Extent extent, const vault::LoadProgress& progress,
                                       std::stop_token stop) override;
    Result<vault::ListedNode> node(const vault::Network& network, const vault::NodeTable& table,
                                   std::uint32_t row, std::stop_token stop) override;
    Result<vault::ListedNode> node_by_hand(const std::string& text, std::stop_token stop) override;
    Result<std::chrono::milliseconds> round_trip(const vault::NodeRecord& record,
                                                 std::stop_token stop) override;
    Result<void> write_file(const std::filesystem::path& file, const std::string& content) override;
    Result<forge::Account> account(const vault::GitHost& host, std::stop_token stop) override;
    Result<std::optional<forge::Repository>> find_repository(const vault::GitHost& host,
                                                             const std::string& owner,
                                                             const std::string& name,
                                                             std::stop_token stop) override;
    Result<ui::SecretsState> secrets_state() override;
    Result<void> unlock_secrets(const Secret& passphrase) override;
    Result<std::shared_ptr<flow::Flow>>
    plan(const project::Draft& draft, const vault::Network& network, std::stop_token stop) override;
    Result<std::shared_ptr<flow::Flow>> open_unfinished(const std::string& id,
                                                        std::stop_token stop) override;
    Result<std::vector<flow::Unfinished>> unfinished() override;
    Result<void> forget(const std::string& id) override;
    Result<std::vector<flow::LocalProject>> projects() override;
    Result<project::Export> load_export(const flow::LocalProject& project) override;
    Result<flow::LocalProject> import_project(const std::filesystem::path& file) override;
    Result<flow::LocalProject> open_folder(const std::filesystem::path& folder) override;
    Result<flow::LocalProject> use_code_folder(const flow::LocalProject& project,
                                               const std::filesystem::path& folder) override;
    Result<void> close_folder(const flow::LocalProject& project) override;
    ui::ConfigServices& config() override { return config_; }
    ui::GitServices& git() override { return git_; }
    ui::TransferServices& transfers() override { return transfers_; }
    ui::LivingServices& living() override { return *this; }
    Result<std::vector<ui::VaultState>> ask_vaults(const flow::LocalProject& project,
                                                   std::stop_token stop) override;
    Result<std::vector<ui::SentDeployments>>
    send_deployments(const flow::LocalProject& project, const std::vector<vault::Deployment>& rows,
                     const ui::VaultAnswered& answered, std::stop_token stop) override;
    Result<std::optional<flow::LastChange>> last_change(const flow::LocalProject& project) override;
    Result<std::shared_ptr<flow::Flow>> plan_change(const flow::LocalProject& project,
                                                    const ui::ChangeWish& wish,
                                                    std::stop_token stop) override;
    QVariant setting(const QString& key) const override;
    void set_setting(const QString& key, const QVariant& value) override;

private:
    class ConsoleLog;
    struct OpenFlow;
    using MakeFlow = std::function<Result<std::unique_ptr<flow::Flow>>(flow::World&)>;

    Result<void> open_file(const Secret& passphrase);
    Result<SecretStore*> secrets();
    Result<keys::OwnerKey> owner_key();
    Result<ui::ChangeWish> settle(const ui::ChangeWish& wish, const flow::LocalProject& project,
                                  std::stop_token stop);
    Result<flow::FlowOrigin> origin(const flow::LocalProject& project, std::stop_token stop);
    std::vector<vault::Network> known_networks(const std::string& project_id);
    Result<git::Remote> reach(const flow::LocalProject& project, vault::Role role,
                              std::stop_token stop);
    Result<std::shared_ptr<vault::NodeSource>> source_of(const vault::Network& network);
    Result<std::shared_ptr<flow::Flow>>
    make_flow(const vault::Network& network, const std::string& git_host, const MakeFlow& make);

    const std::filesystem::path data_;
    QSettings settings_;
    SystemClock clock_;
    SystemEntropy entropy_;
    QtHttp http_;
    std::unique_ptr<Log> log_;
    std::mutex secrets_mutex_;
    std::optional<Secret> passphrase_;
    std::unique_ptr<SecretStore> secrets_;
    ConfigWork config_{open_with_desktop};
    GitWork git_;
    TransferWork transfers_{[this] { return projects(); }};
    std::mutex sources_mutex_;
    std::map<std::string, std::shared_ptr<vault::NodeSource>> sources_; ///< by the network's YAML
};

} // namespace tau::app
