#pragma once

#include "core/ports.h"

#include <chrono>
#include <memory>

namespace tau::app {

/// How long a call may wait for the keychain.
struct KeychainPatience {
    std::chrono::milliseconds probe{5000}; ///< to find out whether there is one
    std::chrono::milliseconds person{
        120000}; ///< for everything else: somebody may have to unlock it
};

/// The desktop's keychain (Secret Service, KWallet) behind SecretStore. Calls block, for as long as
/// a person needs to unlock it but no longer than `patience`; they need no event loop of the
/// caller. `unavailable` when this session has no keychain: fall back to keys::open_secret_file.
/// `service`: the name under which the entries are listed, "tau-console".
Result<std::unique_ptr<SecretStore>> open_keychain_store(const std::string& service,
                                                         const KeychainPatience& patience = {});

} // namespace tau::app
