#pragma once

#include "app/vaultd/options.h"

namespace tau::vaultd {

/// Stores what the configuration file's text says. Gives its problems, every one, as
/// "LINE:COLUMN: sentence" in the order of the file: what is no YAML, unknown keys, bad values.
std::vector<std::string> apply_config(Options& options, const std::string& text);

} // namespace tau::vaultd
