#pragma once

#include <cstdlib>
#include <filesystem>

namespace tau::test {

/// The folder of public test data: TAU_VECTORS, or `shared/vectors` beside the source tree. Empty
/// when it is not there: the test then says "skipped: no vectors".
inline std::filesystem::path vectors() {
    const char* given = std::getenv("TAU_VECTORS");
    const std::filesystem::path path =
        given != nullptr && *given != '\0'
            ? std::filesystem::path(given)
            : std::filesystem::path(TAU_SOURCE_DIR) / "../shared/vectors";
    return std::filesystem::is_directory(path) ? path : std::filesystem::path();
}

} // namespace tau::test
