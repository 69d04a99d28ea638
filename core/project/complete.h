#pragma once

#include "core/project/kinds.h"

#include <functional>
#include <string>
#include <vector>

namespace tau::project {

/// What could stand at one place of a text, by the field table.
struct Completions {
    struct Item {
        std::string text; ///< to be put there: "memory: ", "https"
        std::string note; ///< what it is, one sentence
    };
    std::size_t begin = 0; ///< bytes [begin, end) are what is typed of it so far
    std::size_t end = 0;
    std::vector<Item> items;
};

/// Names of the resources of a group that a reference may mean.
using NamesOf = std::function<std::vector<std::string>(std::string_view group)>;

/// `text` need not be whole or readable: only indentation and keys around byte `at` are looked at.
/// Keys that the map has already are left out; no items where anything may be typed.
Completions complete(const Kind& kind, std::string_view text, std::size_t at, const NamesOf& names);

} // namespace tau::project
