#pragma once

#include "app/console/config_services.h"
#include "app/console/git_work.h"
#include "app/console/transfer_work.h"
#include "core/flow/opened_folders.h"
#include "ui/services.h"

#include <atomic>
#include <map>

namespace tau::test {

/// A network of seven vaults at known places, without cryptography: for looking at pages, not for
/// sealing anything.
vault::Network sample_network();
/// Of two vaults: what a project with some deployments looks like in them.
std::vector<ui::VaultState> sample_vault_states();
project::Export sample_export();

/// Services in memory. What a test wants of them it sets in the public fields before use.
class SampleServices : public ui::Services, public ui::LivingServices {
public:
    std::map<std::string, forge::Repository> repositories; ///< by name
    std::vector<flow::LocalProject> project_list;
    std::vector<flow::Unfinished> unfinished_list;
    std::map<QString, QVariant> settings;
    std::map<std::filesystem::path, std::string> files; ///< what write_file got
    ui::SecretsState secrets = ui::SecretsState::open;
    std::string passphrase = "correct horse";
    vault::NodeList sample_list; ///< instead of the network's own, when it has a table
    std::optional<vault::ListedNode> hand_made; ///< answers at its endpoint
    std::atomic<int> fetched{0};                ///< node() calls
    int fail_step = -1;                         ///< fails once, then works
    std::chrono::milliseconds step_time{0};
    std::filesystem::path data; ///< where signed files and folders are really kept; empty: nowhere
    std::atomic<int> questions{0}; ///< find_repository calls
    std::atomic<int> forgotten{0};
    std::vector<ui::VaultState> vault_states;                        ///< what ask_vaults answers
    std::map<std::string, std::vector<ui::VaultState>> other_states; ///< of other projects, by id
    std::optional<Error> refusal;         ///< of the second vault, for deployments sent to it
    std::optional<flow::LastChange> last; ///< what last_change answers
    std::vector<vault::Deployment> sent;  ///< what the first vault got last
    std::string removes; ///< the project whose removal is what open_unfinished opens; empty: none
    ui::ChangeWish wish; ///< of the last plan
    /// The git host of a test with one; without, nobody can be reached.
    app::GitWork::Reach reach = [](const flow::LocalProject&, vault::Role,
                                   std::stop_token) -> Result<git::Remote> {
        return fail(ErrorCode::unavailable, "The git host cannot be reached: connection refused.",
                    "Check the network, then try again.");
    };

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
    Result<ui::SecretsState> secrets_state() override { return secrets; }
    Result<void> unlock_secrets(const Secret& given) override;
    Result<std::shared_ptr<flow::Flow>>
    plan(const project::Draft& draft, const vault::Network& network, std::stop_token stop) override;
    Result<std::shared_ptr<flow::Flow>> open_unfinished(const std::string& id,
                                                        std::stop_token stop) override;
    Result<std::vector<flow::Unfinished>> unfinished() override { return unfinished_list; }
    Result<void> forget(const std::string& id) override;
    Result<std::vector<flow::LocalProject>> projects() override;
    Result<project::Export> load_export(const flow::LocalProject&) override {
        return sample_export();
    }
    Result<flow::LocalProject> import_project(const std::filesystem::path& file) override;
    Result<flow::LocalProject> open_folder(const std::filesystem::path& folder) override;
    Result<flow::LocalProject> use_code_folder(const flow::LocalProject& project,
                                               const std::filesystem::path& folder) override {
        return flow::use_code_folder(data, project, folder);
    }
    Result<void> close_folder(const flow::LocalProject& project) override {
        return flow::close_folder(data, project);
    }
    ui::ConfigServices& config() override { return config_; }
    ui::GitServices& git() override { return git_; }
    ui::TransferServices& transfers() override { return transfers_; }
    ui::LivingServices& living() override { return *this; }
    std::vector<ui::VaultState>& states_of(const flow::LocalProject& project) {
        const auto found = other_states.find(project.project_id);
        return found == other_states.end() ? vault_states : found->second;
    }
    Result<std::vector<ui::VaultState>> ask_vaults(const flow::LocalProject& project,
                                                   std::stop_token) override {
        return states_of(project);
    }
    Result<std::vector<ui::SentDeployments>>
    send_deployments(const flow::LocalProject& project, const std::vector<vault::Deployment>& rows,
                     const ui::VaultAnswered& answered, std::stop_token stop) override;
    Result<std::optional<flow::LastChange>> last_change(const flow::LocalProject&) override {
        return last;
    }
    Result<std::shared_ptr<flow::Flow>> plan_change(const flow::LocalProject& project,
                                                    const ui::ChangeWish& wanted,
                                                    std::stop_token stop) override;
    QVariant setting(const QString& key) const override {
        const auto found = settings.find(key);
        return found == settings.end() ? QVariant() : found->second;
    }
    void set_setting(const QString& key, const QVariant& value) override { settings[key] = value; }

private:
    app::ConfigWork config_{[](const std::filesystem::path&) { return true; }};
    app::GitWork git_{[this](const flow::LocalProject& project, vault::Role role,
                             std::stop_token stop) { return reach(project, role, stop); }};
    app::TransferWork transfers_{[this] { return projects(); }};
};

} // namespace tau::test
