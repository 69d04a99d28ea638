#include "app/console/console_services.h"

#include "app/adapters/keychain_store.h"
#include "app/adapters/workplace.h"
#include "core/base/file.h"
#include "core/flow/living_project.h"
#include "core/flow/opened_folders.h"
#include "core/keys/secret_file.h"

#include <QLoggingCategory>

namespace tau::app {

namespace {

constexpr std::size_t largest_file = 1U << 20U;

QString to_qt(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

} // namespace

/// To Qt's log, which goes to stderr or the journal.
class ConsoleServices::ConsoleLog final : public Log {
    void write(LogLevel level, std::string_view area, std::string_view message) override {
        const QString line =
            QString::fromUtf8(area.data(), static_cast<qsizetype>(area.size())) +
            QStringLiteral(": ") +
            QString::fromUtf8(message.data(), static_cast<qsizetype>(message.size()));
        if (level == LogLevel::error || level == LogLevel::warning) {
            qWarning().noquote() << line;
        } else {
            qDebug().noquote() << line;
        }
    }
};

/// A flow with the git host and the world that it refers to; the flow goes first.
struct ConsoleServices::OpenFlow {
    std::unique_ptr<forge::Forge> forge;
    std::optional<flow::World> world;
    std::unique_ptr<flow::Flow> flow;
};

ConsoleServices::ConsoleServices(std::filesystem::path data, std::optional<Secret> passphrase)
    : data_(std::move(data)), settings_(to_qt(data_ / "settings.ini"), QSettings::IniFormat),
      http_("tau-console/" TAU_VERSION), log_(std::make_unique<ConsoleLog>()),
      passphrase_(std::move(passphrase)),
      git_([this](const flow::LocalProject& project, vault::Role role, std::stop_token stop) {
          return reach(project, role, std::move(stop));
      }) {}

Result<vault::Network> ConsoleServices::load_network(const std::filesystem::path& file,
                                                     std::stop_token) {
    const auto yaml = read_file(file, largest_file);
    if (!yaml) {
        return fail(yaml.error());
    }
    return vault::parse_network(*yaml, clock_.now());
}

Result<forge::Account> ConsoleServices::account(const vault::GitHost& host, std::stop_token stop) {
    const vault::Network only{.name = {}, .git_hosts = {host}, .nodes = {}, .refused = {}};
    auto forge = open_forge(only, host.name);
    return forge ? (*forge)->who_am_i(stop) : fail(forge.error());
}

Result<std::optional<forge::Repository>>
ConsoleServices::find_repository(const vault::GitHost& host, const std::string& owner,
                                 const std::string& name, std::stop_token stop) {
    const vault::Network only{.name = {}, .git_hosts = {host}, .nodes = {}, .refused = {}};
    auto forge = open_forge(only, host.name);
    if (!forge) {
        return fail(forge.error());
    }
    return (*forge)->find_repository(owner, name, stop);
}

Result<void> ConsoleServices::open_file(const Secret& passphrase) {
    if (auto made = make_private_directory(data_); !made) {
        return made;
    }
    auto store = keys::open_secret_file(secret_file(data_), passphrase,
                                        keys::KeyStretching::interactive, entropy_);
    if (!store) {
        return fail(store.error());
    }
    secrets_ = std::move(*store);
    return {};
}

Result<ui::SecretsState> ConsoleServices::secrets_state() {
    const std::lock_guard lock(secrets_mutex_);
    if (secrets_) {
        return ui::SecretsState::open;
    }
    if (passphrase_) {
        if (auto opened = open_file(*passphrase_); !opened) {
            return fail(opened.error());
        }
        return ui::SecretsState::open;
    }
    // Whoever began with the file goes on with it: the owner's key is in there.
    if (std::filesystem::exists(secret_file(data_))) {
        return ui::SecretsState::needs_passphrase;
    }
    if (auto keychain = open_keychain_store("tau-console")) {
        secrets_ = std::move(*keychain);
        return ui::SecretsState::open;
    }
    return ui::SecretsState::needs_new_passphrase;
}

Result<void> ConsoleServices::unlock_secrets(const Secret& passphrase) {
    const std::lock_guard lock(secrets_mutex_);
    return secrets_ ? Result<void>() : open_file(passphrase);
}

Result<SecretStore*> ConsoleServices::secrets() {
    if (const auto state = secrets_state(); !state) {
        return fail(state.error());
    }
    const std::lock_guard lock(secrets_mutex_);
    if (!secrets_) {
        return fail(ErrorCode::unauthenticated, "Your keys are locked.", "Unlock them first.");
    }
    return secrets_.get();
}

Result<std::shared_ptr<flow::Flow>> ConsoleServices::make_flow(const vault::Network& network,
                                                               const std::string& git_host,
                                                               const MakeFlow& make) {
    auto forge = open_forge(network, git_host);
    if (!forge) {
        return fail(forge.error());
    }
    const auto store = secrets();
    if (!store) {
        return fail(store.error());
    }
    auto open = std::make_shared<OpenFlow>();
    open->forge = std::move(*forge);
    open->world.emplace(
        flow::World{*open->forge, http_, **store, clock_, entropy_, *log_, data_, {}});
    auto made = make(*open->world);
    if (!made) {
        return fail(made.error());
    }
    open->flow = std::move(*made);
    flow::Flow* flow = open->flow.get();
    return std::shared_ptr<flow::Flow>(std::move(open), flow);
}

Result<std::shared_ptr<flow::Flow>>
ConsoleServices::plan(const project::Draft& draft, const vault::Network& network, std::stop_token) {
    return make_flow(network, draft.git_host, [&](flow::World& world) {
        return flow::plan_create_project(draft, network, world);
    });
}

Result<std::shared_ptr<flow::Flow>> ConsoleServices::open_unfinished(const std::string& id,
                                                                     std::stop_token) {
    const auto origin = flow::read_origin(data_, id);
    if (!origin) {
        return fail(origin.error());
    }
    return make_flow(origin->network, origin->git_host,
                     [&id](flow::World& world) { return flow::open_flow(id, world); });
}

Result<std::vector<flow::Unfinished>> ConsoleServices::unfinished() {
    return flow::list_unfinished(data_);
}

Result<void> ConsoleServices::forget(const std::string& id) {
    return flow::forget(data_, id);
}

Result<std::vector<flow::LocalProject>> ConsoleServices::projects() {
    auto projects = flow::list_projects(data_);
    const auto opened = flow::list_opened(data_);
    if (!projects || !opened) {
        return projects ? fail(opened.error()) : std::move(projects);
    }
    projects->insert(projects->end(), opened->begin(), opened->end());
    return projects;
}

Result<project::Export> ConsoleServices::load_export(const flow::LocalProject& project) {
    return flow::load_export(project);
}

Result<flow::LocalProject> ConsoleServices::import_project(const std::filesystem::path& file) {
    const auto yaml = read_file(file, largest_file);
    if (!yaml) {
        return fail(yaml.error());
    }
    return flow::import_export(data_, *yaml);
}

Result<flow::LocalProject> ConsoleServices::open_folder(const std::filesystem::path& folder) {
    return flow::open_folder(data_, folder);
}

Result<flow::LocalProject> ConsoleServices::use_code_folder(const flow::LocalProject& project,
                                                            const std::filesystem::path& folder) {
    return flow::use_code_folder(data_, project, folder);
}

Result<void> ConsoleServices::close_folder(const flow::LocalProject& project) {
    return flow::close_folder(data_, project);
}

QVariant ConsoleServices::setting(const QString& key) const {
    return settings_.value(key);
}

void ConsoleServices::set_setting(const QString& key, const QVariant& value) {
    settings_.setValue(key, value);
}

} // namespace tau::app
