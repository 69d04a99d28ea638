#pragma once

#include "app/project/command_line.h"
#include "core/project/draft.h"
#include "core/vault/network.h"

namespace tau::app {

/// The vaults that --vault names, or the best as many as --vaults says.
Result<std::vector<project::VaultChoice>>
choose_vaults(const CommandLine& line, const vault::Network& network, std::int64_t now);

} // namespace tau::app
