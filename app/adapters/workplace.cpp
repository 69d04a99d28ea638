#include "app/adapters/workplace.h"

#include "core/forge/local.h"

#include <QStandardPaths>

namespace tau::app {

namespace fs = std::filesystem;

namespace {

fs::path user_data() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation).toStdString();
}

} // namespace

fs::path default_data_folder() {
    return user_data() / "tau-console";
}

fs::path default_network_file() {
    return user_data() / "tau-localnet" / "network.yaml";
}

fs::path secret_file(const fs::path& data) {
    return data / "secrets";
}

fs::path directories_folder(const fs::path& data) {
    return data / "directories";
}

Result<std::unique_ptr<forge::Forge>> open_forge(const vault::Network& network,
                                                 const std::string& git_host) {
    for (const vault::GitHost& host : network.git_hosts) {
        if (host.name != git_host) {
            continue;
        }
        if (host.kind == "local") {
            return forge::open_local_forge(host.root);
        }
        return fail(ErrorCode::invalid_argument,
                    "This version cannot use git hosts of the kind \"" + host.kind + "\".",
                    "Use a newer version, or another git host.");
    }
    return fail(ErrorCode::not_found, "The network has no git host named \"" + git_host + "\".",
                "Choose one of the network's git hosts.");
}

} // namespace tau::app
