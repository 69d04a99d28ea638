#pragma once

#include "core/forge/forge.h"
#include "core/vault/network.h"

#include <filesystem>
#include <memory>

namespace tau::app {

// Where tau-console and tau-project keep and find things, so that both see the same projects.

/// $XDG_DATA_HOME/tau-console, or ~/.local/share/tau-console.
std::filesystem::path default_data_folder();
/// The network that tau-localnet runs by default: its network.yaml.
std::filesystem::path default_network_file();
/// The encrypted file (keys::open_secret_file) of sessions without a keychain.
std::filesystem::path secret_file(const std::filesystem::path& data);
/// What is kept of networks' node directories. With the data and not with what may be erased at any
/// time: it holds what was seen, so that nobody can show something older.
std::filesystem::path directories_folder(const std::filesystem::path& data);

/// The network's git host of that name; `not_found` when it has none.
Result<std::unique_ptr<forge::Forge>> open_forge(const vault::Network& network,
                                                 const std::string& git_host);

} // namespace tau::app
