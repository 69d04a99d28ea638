#pragma once

#include "app/project/command_line.h"
#include "core/vault/place.h"

#include <optional>

namespace tau::app {

/// Where --near says that one is; nullopt without it.
Result<std::optional<vault::Place>> place_of(const CommandLine& line);

} // namespace tau::app
