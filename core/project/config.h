#pragma once

#include "core/git/git.h"
#include "core/ports.h"
#include "core/project/draft.h"

#include <optional>

namespace tau::project {

/// A new project id: "Qm…", 46 characters, base58(0x12 0x20 || SHA-256 of 32 random bytes).
std::string new_project_id(Entropy& entropy);
bool is_project_id(std::string_view text);

/// The first commit of the configuration repository: config.yaml as the cloud's own tools write
/// it (four spaces, id, name, description, notification) and a README.
git::Files configuration_files(const Draft& draft, const std::string& project_id);
/// The first commit of the code repository: a README that says where functions go.
git::Files code_files(const Draft& draft);

struct ProjectConfig {
    std::string id;
    std::string name;
    std::string description;
    std::string email;
};
/// Reads config.yaml (at most 1 MB); `corrupt` with line and column.
Result<ProjectConfig> parse_config(std::string_view yaml);

} // namespace tau::project
