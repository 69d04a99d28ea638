#include "app/adapters/git_configuration.h"

#include "core/git/configuration.h"

#include <cstdlib>

namespace tau::app {

namespace {

/// A folder below the one that a variable names; empty without it.
std::filesystem::path folder_in(const char* variable, const char* below) {
    const char* folder = std::getenv(variable);
    return folder == nullptr || *folder != '/' ? std::filesystem::path()
                                               : std::filesystem::path(folder) / below;
}

} // namespace

Result<void> follow_git_configuration() {
    const auto xdg = folder_in("XDG_CONFIG_HOME", "git");
    return git::follow_configuration(
        {"/etc", xdg.empty() ? folder_in("HOME", ".config/git") : xdg, folder_in("HOME", "")});
}

} // namespace tau::app
