#pragma once

#include "app/adapters/workplace.h"
#include "ui/config_services.h"

#include <functional>

namespace tau::app {

/// What the window asks of the files in a project's clones.
class ConfigWork final : public ui::ConfigServices {
public:
    /// Shows a file or folder in the program that is set for it; false: there is none.
    using Open = std::function<bool(const std::filesystem::path& path)>;
    explicit ConfigWork(Open open) : open_(std::move(open)) {}

    Result<Configuration> read(const flow::LocalProject& project, std::stop_token stop) override;
    Result<void> save(const flow::LocalProject& project,
                      const project::Workspace::Unsaved& unsaved) override;
    Result<git::Files> files(const flow::LocalProject& project, vault::Role role,
                             const std::string& folder, std::stop_token stop) override;
    Result<void> open_in_editor(const std::filesystem::path& path) override;
    Entropy& entropy() override { return entropy_; }
    std::int64_t now() override;

private:
    Open open_;
    SystemEntropy entropy_;
};

/// With the program that the desktop has for it, else with $VISUAL.
bool open_with_desktop(const std::filesystem::path& path);

} // namespace tau::app
