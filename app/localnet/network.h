#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>

namespace tau::localnet {

struct Options {
    std::filesystem::path folder;
    std::uint16_t port = 0;
    std::size_t vaults = 7;
    std::string chaos; ///< tau-vaultd's --chaos for each; "": none
};

/// Runs the network until SIGINT or SIGTERM (both blocked by the guard) comes.
Result<void> run(const Options& options);

} // namespace tau::localnet
