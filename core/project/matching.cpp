#include "core/project/matching.h"

#include <algorithm>
#include <regex>

namespace tau::project {

namespace {

constexpr std::size_t longest = 200;
constexpr std::ptrdiff_t most_repetitions = 3; // each may cost as many steps as the name is long

bool is_simple(std::string_view pattern) {
    const auto repetitions = std::count_if(pattern.begin(), pattern.end(),
                                           [](char c) { return c == '*' || c == '+' || c == '?'; });
    // Groups, counts, escapes, alternatives and named classes are left to Go; so are bytes beyond
    // ASCII, which std::regex takes for characters.
    return pattern.size() <= longest && repetitions <= most_repetitions &&
           pattern.find_first_of("(){}\\|") == std::string_view::npos &&
           pattern.find("[:") == std::string_view::npos &&
           std::all_of(pattern.begin(), pattern.end(), [](char c) { return c > 0 && c < 0x7f; });
}

} // namespace

std::optional<bool> regex_matches(std::string_view pattern, std::string_view name) {
    if (!is_simple(pattern) || name.size() > longest) {
        return std::nullopt;
    }
    try {
        const std::regex compiled(pattern.begin(), pattern.end());
        return std::regex_search(name.begin(), name.end(), compiled);
    } catch (const std::regex_error&) {
        return std::nullopt; // Go may take it all the same
    }
}

} // namespace tau::project
