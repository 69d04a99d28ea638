#include "app/project/session.h"

#include "app/adapters/keychain_store.h"
#include "app/adapters/workplace.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/keys/secret_file.h"
#include "core/seal/seal.h"

#include <csignal>
#include <future>
#include <unistd.h>

namespace tau::app {

namespace {

Result<Secret> passphrase(const CommandLine& line, bool fresh) {
    const QString option = QStringLiteral("passphrase-file");
    if (line.has(option)) {
        return read_passphrase(line.path(option));
    }
    auto typed =
        ask_passphrase(fresh ? "New passphrase for your secrets" : "Passphrase of your secrets");
    if (!typed || !fresh) {
        return typed;
    }
    auto again = ask_passphrase("The same again");
    if (again && !again->equals(*typed)) {
        return fail(ErrorCode::invalid_argument, "The two passphrases differ.", "Try again.");
    }
    return again;
}

} // namespace

Session::Session(const CommandLine& line)
    : line_(line), data_(line.data()), http_("tau-project/" TAU_VERSION) {}

Result<SecretStore*> Session::secrets() {
    if (secrets_) {
        return secrets_.get();
    }
    const std::filesystem::path file = secret_file(data_);
    if (!line_.has(QStringLiteral("passphrase-file")) && !std::filesystem::exists(file)) {
        if (auto keychain = open_keychain_store("tau-console")) {
            secrets_ = std::move(*keychain);
            return secrets_.get();
        }
    }
    if (auto made = make_private_directory(data_); !made) {
        return fail(made.error());
    }
    auto key = passphrase(line_, !std::filesystem::exists(file));
    if (!key) {
        return fail(key.error());
    }
    auto store = keys::open_secret_file(file, *key, keys::KeyStretching::interactive, entropy_);
    if (!store) {
        return fail(store.error());
    }
    secrets_ = std::move(*store);
    return secrets_.get();
}

Result<keys::OwnerKey> Session::owner_key() {
    auto store = secrets();
    if (!store) {
        return fail(store.error());
    }
    auto seed = (*store)->get("owner");
    if (!seed) {
        return fail(seed.error());
    }
    return *seed ? keys::OwnerKey::from_seed(**seed)
                 : Result<keys::OwnerKey>(
                       fail(ErrorCode::not_found, "The secret store has no owner key.",
                            "Only the owner can ask; import the key with: tau-project owner-key "
                            "import"));
}

void Session::crash_at(const std::string& point) {
    crash_point_ = point;
}

Result<flow::World*> Session::world(const vault::Network& network, const std::string& git_host) {
    auto forge = open_forge(network, git_host);
    if (!forge) {
        return fail(forge.error());
    }
    // Stretching the passphrase takes one core for a while; the other one does the self-test.
    auto testing = std::async(std::launch::async, seal::self_test);
    auto store = secrets();
    if (const auto tested = testing.get(); !tested) {
        return fail(tested.error());
    }
    if (!store) {
        return fail(store.error());
    }
    forge_ = std::move(*forge);
    world_.emplace(flow::World{*forge_, http_, **store, clock_, entropy_, log_, data_, {}});
    if (!crash_point_.empty()) {
        world_->at = [point = crash_point_](std::string_view here) {
            if (here == point) {
                ::kill(::getpid(), SIGKILL);
            }
        };
    }
    return &*world_;
}

Result<std::unique_ptr<vault::NodeSource>> Session::nodes(const vault::Network& network) {
    return vault::open_nodes(network, http_, clock_, directories_folder(data_));
}

Result<vault::Network> load_network(const CommandLine& line, std::int64_t now) {
    const QString option = QStringLiteral("network");
    const auto path = line.has(option) ? line.path(option) : default_network_file();
    auto yaml = read_file(path, 1U << 20U);
    if (!yaml) {
        Error error = yaml.error();
        error.hint = "Name the network's file with --network; tau-localnet makes one.";
        return fail(std::move(error));
    }
    return vault::parse_network(*yaml, now);
}

Result<flow::LocalProject> find_project(const std::filesystem::path& data,
                                        const std::string& name) {
    auto projects = flow::list_projects(data);
    if (!projects) {
        return fail(projects.error());
    }
    std::vector<flow::LocalProject> found;
    for (flow::LocalProject& project : *projects) {
        if (project.project_id == name || project.name == name) {
            found.push_back(std::move(project));
        }
    }
    const std::string shown = bounded_text(name, 100);
    if (found.empty()) {
        return fail(ErrorCode::not_found, "There is no project \"" + shown + "\" here.",
                    "See what there is with: tau-project list");
    }
    if (found.size() > 1) {
        return fail(ErrorCode::conflict, "Several projects are named \"" + shown + "\".",
                    "Name the project by its id; see: tau-project list");
    }
    return std::move(found.front());
}

} // namespace tau::app
