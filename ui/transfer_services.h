#pragma once

#include "core/flow/create_project.h"
#include "core/git/git.h"
#include "core/project/watch.h"

namespace tau::ui {

/// How a project leaves the window.
enum class ExportForm {
    signed_file, ///< project.yaml: proofs and receipts, which anyone can verify
    one_file,    ///< its configuration as one canonical YAML file
    folder,
    zip
};

/// What the window asks to bring projects out and in. Everything blocks and heeds its watch's stop;
/// the window calls it on a Job's thread.
class TransferServices {
public:
    virtual ~TransferServices() = default;

    struct Exported {
        std::size_t files = 1;
        std::uintmax_t bytes = 0;
        std::size_t left_out = 0; ///< files that this form cannot hold
    };
    /// As it is saved. `already_exists` for a file that is there, unless it is to be replaced, and
    /// always for a folder that is not empty.
    virtual Result<Exported> write(const flow::LocalProject& project, ExportForm form,
                                   const std::filesystem::path& to, bool replace,
                                   const project::Watch& watch) = 0;

    /// Somebody's project, as what it is by its content.
    struct Given {
        bool is_signed = false; ///< Services::import_project takes it in; nothing below is set
        bool is_folder = false; ///< Services::open_folder may take it where it is
        git::Files files;
        std::size_t left_out = 0;                    ///< links, and what git ignores there
        std::string project_id, name;                ///< as its config.yaml has them; may be empty
        std::optional<flow::LocalProject> here = {}; ///< the project of this id on this computer
    };
    virtual Result<Given> read(const std::filesystem::path& path, const project::Watch& watch) = 0;
    /// Files into a folder that is new or empty; `already_exists` otherwise, `invalid_argument`
    /// when it lies in `from`, which they were read from.
    virtual Result<void> unpack(const git::Files& files, const std::filesystem::path& from,
                                const std::filesystem::path& folder,
                                const project::Watch& watch) = 0;
};

} // namespace tau::ui
