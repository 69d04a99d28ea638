#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace tau::node {

/// That this can be a node's data: a node's folder, an empty one, or none yet. Looks only.
/// `invalid_argument` when something else lies there.
Result<void> check_data_folder(const std::filesystem::path& folder);

/// Makes the folder, for this user only, when there is none; one that is there must be this user's
/// alone already and pass check_data_folder(), and is left as it is.
Result<void> prepare_data_folder(const std::filesystem::path& folder);

} // namespace tau::node
