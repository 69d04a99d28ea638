#pragma once

#include "core/project/kinds.h"
#include "core/yaml/format.h"

#include <optional>

namespace tau::project {

/// Where each key of a kind's documents stands: as the cloud's own console writes them, keys that
/// the field table does not know behind them. nullopt: files that no cloud reads keep their order.
yaml::KeyOrder key_order(std::optional<KindId> kind);

/// The document of a repository's path in canonical form (yaml/format.h).
Result<std::string> canonical(const yaml::Document& document, std::string_view path);

} // namespace tau::project
