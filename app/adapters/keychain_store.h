#pragma once

#include "core/ports.h"

#include <memory>

namespace tau::app {

/// The desktop's keychain (Secret Service, KWallet) behind SecretStore. Calls block, for as long as
/// a person needs to unlock it but at most two minutes; they need no event loop of the caller.
/// `unavailable` when this session has no keychain: fall back to keys::open_secret_file.
/// `service`: the name under which the entries are listed, "tau-console".
Result<std::unique_ptr<SecretStore>> open_keychain_store(const std::string& service);

} // namespace tau::app
