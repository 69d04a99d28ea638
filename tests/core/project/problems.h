// What a check found, as tests look at it.
#pragma once

#include "core/project/problem.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>
#include <vector>

namespace tau::project {

/// As the cloud prints it.
inline std::string located(const Problem& problem) {
    return "/" + problem.path + ":" + std::to_string(problem.position.line) + ":" +
           std::to_string(problem.position.column) + ": " + problem.sentence;
}

inline std::string all_located(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& each : problems) {
        text += std::string(to_string(each.severity)) + " " + located(each) + "\n";
    }
    return text;
}

/// The only problem that has this code.
inline Problem only(const std::vector<Problem>& problems, std::string_view code) {
    std::vector<Problem> found;
    for (const Problem& each : problems) {
        if (each.code == code) {
            found.push_back(each);
        }
    }
    REQUIRE_MESSAGE(found.size() == 1, code << " in\n" << all_located(problems));
    return found[0];
}

inline bool has(const std::vector<Problem>& problems, std::string_view code) {
    return std::any_of(problems.begin(), problems.end(),
                       [&](const Problem& each) { return each.code == code; });
}

} // namespace tau::project
