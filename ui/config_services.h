#pragma once

#include "core/flow/create_project.h"
#include "core/ports.h"
#include "core/project/check.h"
#include "core/project/workspace.h"

#include <filesystem>
#include <stop_token>
#include <string>

namespace tau::ui {

/// What the window asks about the files of a project's two clones while it edits them. The first
/// three block; the window calls them on a Job's thread.
class ConfigServices {
public:
    virtual ~ConfigServices() = default;

    struct Configuration {
        project::Store store;
        project::Standings uncommitted;
        project::CheckOptions check;
    };
    virtual Result<Configuration> read(const flow::LocalProject& project, std::stop_token stop) = 0;
    /// Configuration before code. `conflict` when one of the files was written since (another
    /// program, a pull).
    virtual Result<void> save(const flow::LocalProject& project,
                              const project::Workspace::Unsaved& unsaved) = 0;
    /// The files below a folder of one of the clones, by their paths in it; none when there is no
    /// such clone or folder.
    virtual Result<git::Files> files(const flow::LocalProject& project, vault::Role role,
                                     const std::string& folder, std::stop_token stop) = 0;

    /// Opens a file or folder with the program that the person has chosen for it. Main thread.
    virtual Result<void> open_in_editor(const std::filesystem::path& path) = 0;
    /// For ids of new resources. Main thread.
    virtual Entropy& entropy() = 0;
    virtual std::int64_t now() = 0; ///< unix seconds
};

} // namespace tau::ui
