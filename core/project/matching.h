#pragma once

#include <optional>
#include <string_view>

namespace tau::project {

/// Whether a matcher that is a regular expression of Go matches a name, anywhere in it. nullopt
/// when that cannot be told here: only expressions of single characters, classes and few
/// repetitions are tried, which mean the same everywhere and end soon.
std::optional<bool> regex_matches(std::string_view pattern, std::string_view name);

} // namespace tau::project
