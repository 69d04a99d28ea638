#pragma once

#include "core/base/result.h"

#include <string>

namespace tau::node {

/// The `id` of a config.yaml, which may be hostile; `corrupt` when it is not YAML with such an id.
Result<std::string> project_id_of(const std::string& config_yaml);

} // namespace tau::node
