#include "app/adapters/git_configuration.h"

#include "core/git/configuration.h"

#include <cstdlib>
#include <unistd.h>

namespace tau::app {

namespace {

/// A folder below the one that a variable names; empty without it, or where it may not be entered,
/// as root's by who became another user with its HOME.
std::filesystem::path folder_in(const char* variable, const char* below) {
    const char* folder = std::getenv(variable);
    const bool is_ours = folder != nullptr && *folder == '/' && ::access(folder, X_OK) == 0;
    return is_ours ? std::filesystem::path(folder) / below : std::filesystem::path();
}

} // namespace

Result<void> follow_git_configuration() {
    const auto xdg = folder_in("XDG_CONFIG_HOME", "git");
    return git::follow_configuration(
        {"/etc", xdg.empty() ? folder_in("HOME", ".config/git") : xdg, folder_in("HOME", "")});
}

} // namespace tau::app
