#pragma once

#include "core/forge/forge.h"

#include <filesystem>
#include <memory>

namespace tau::forge {

/// The git host that tau-localnet runs, reached through its folder (which only this user can
/// enter): repositories, authorized_keys and hooks are files there, and its SSH port serves them.
/// `unavailable` when the folder is no such host.
Result<std::unique_ptr<Forge>> open_local_forge(const std::filesystem::path& root);

} // namespace tau::forge
