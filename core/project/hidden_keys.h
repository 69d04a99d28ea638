#pragma once

#include "core/yaml/document.h"

#include <string>

namespace tau::project {

/// What a merge key brings is not looked at by the cloud.
inline constexpr const char* merge_hint =
    "The cloud does not follow << here: write the keys of what it names out.";

/// "<<" as it stands in a map, not quoted.
bool is_merge_key(const yaml::Node& key);

/// Why a key at this path ("execution/timeout") is not found that seems to be there: an alias, a
/// merge, or something that holds no keys stands on the way. Empty when nothing does.
std::string what_hides(const yaml::Document& document, const std::string& path);

} // namespace tau::project
