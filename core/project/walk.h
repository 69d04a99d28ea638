#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tau::project {

/// What a walk through a folder meets.
struct Met {
    std::filesystem::path path;
    std::string below; ///< the same as seen from the folder, "functions/ping.yaml"
    std::filesystem::file_status status;
    std::error_code why; ///< it cannot be looked at, or into
};

/// Meets everything below a folder, each folder before what is in it; links are not followed.
/// What `skips` says of a name alone is passed over whole. Ends early when `meet` fails. A folder
/// that cannot be read is met as such, but for the first: `not_found` when it is none, `io` when it
/// cannot be read; `what` ("configuration") is the repository that it was to be.
Result<void> walk_folder(const std::filesystem::path& folder, const std::string& what,
                         const std::function<bool(std::string_view name)>& skips,
                         const std::function<Result<void>(const Met& met)>& meet);

} // namespace tau::project
