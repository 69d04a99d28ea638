#pragma once

#include "ui/transfer_services.h"

#include <functional>

namespace tau::app {

/// What the window asks to bring projects out and in, answered by core.
class TransferWork final : public ui::TransferServices {
public:
    using Projects = std::function<Result<std::vector<flow::LocalProject>>()>;
    /// `projects`: those of this computer.
    explicit TransferWork(Projects projects) : projects_(std::move(projects)) {}

    Result<Exported> write(const flow::LocalProject& project, ui::ExportForm form,
                           const std::filesystem::path& to, bool replace,
                           const project::Watch& watch) override;
    Result<Given> read(const std::filesystem::path& path, const project::Watch& watch) override;
    Result<void> unpack(const git::Files& files, const std::filesystem::path& from,
                        const std::filesystem::path& folder, const project::Watch& watch) override;

private:
    const Projects projects_;
};

} // namespace tau::app
