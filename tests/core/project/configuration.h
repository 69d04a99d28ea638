// A small configuration repository to try things on.
#pragma once

#include "core/project/store.h"

#include <doctest/doctest.h>

namespace tau::project {

inline const std::string id = "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n";
inline const std::string execution =
    "execution:\n    timeout: 10s\n    memory: 10MB\n    call: ping\n";
inline const std::string function_end = "source: .\n" + execution;

/// These files and, unless there is one among them, a project's document.
inline Store project_of(git::Files files) {
    files.emplace("config.yaml", id + "name: shop\n");
    auto store = Store::from(files);
    REQUIRE(store.has_value());
    return std::move(*store);
}

} // namespace tau::project
