#include "app/console/transfer_work.h"

#include "core/base/file.h"
#include "core/project/config.h"
#include "core/project/one_file.h"
#include "core/project/transfer.h"

namespace tau::app {

namespace fs = std::filesystem;

namespace {

using Exported = ui::TransferServices::Exported;

constexpr std::size_t largest_signed = 2U << 20U;
constexpr unsigned export_mode = 0644; // it holds nothing secret

Error no_clone() {
    return {ErrorCode::not_found,
            "There is no clone of the configuration here.",
            "Clone the repositories first, then export it.",
            {}};
}

Result<Exported> write_file(const fs::path& to, const std::string& bytes, const Exported& about,
                            const project::Watch& watch) {
    // Nothing is begun that was stopped before.
    auto done = watch.after(about.files);
    done = done ? write_file_atomic(to, bytes, export_mode) : done;
    return done ? Result<Exported>(about) : fail(done.error());
}

Result<Exported> write_one_file(const fs::path& folder, const fs::path& to,
                                const project::Watch& watch) {
    const auto made = project::folder_to_one_file(folder);
    return made ? write_file(to, made->text,
                             {made->files, made->text.size(), made->left_out.size()}, watch)
                : fail(made.error());
}

Result<Exported> write_configuration(const flow::LocalProject& project, ui::ExportForm form,
                                     const fs::path& to, const project::Watch& watch) {
    if (project.configuration.empty()) {
        return fail(no_clone());
    }
    if (form == ui::ExportForm::one_file) {
        return write_one_file(project.configuration, to, watch);
    }
    const auto files = project::read_project(project.configuration, watch);
    if (!files) {
        return fail(files.error());
    }
    const std::size_t left_out = project::left_out_of_copy(project.configuration).size();
    if (form == ui::ExportForm::folder) {
        std::uintmax_t bytes = 0;
        for (const auto& [path, text] : *files) {
            bytes += text.size();
        }
        auto done = project::write_folder(*files, to, watch);
        return done ? Result<Exported>(Exported{files->size(), bytes, left_out})
                    : fail(done.error());
    }
    const auto bytes = project::to_zip(*files, watch);
    return bytes ? write_file(to, *bytes, {files->size(), bytes->size(), left_out}, watch)
                 : fail(bytes.error());
}

} // namespace

Result<Exported> TransferWork::write(const flow::LocalProject& project, ui::ExportForm form,
                                     const fs::path& to, bool replace,
                                     const project::Watch& watch) {
    std::error_code code;
    const bool is_folder = form == ui::ExportForm::folder;
    const bool is_there = !is_folder && fs::exists(fs::symlink_status(to, code));
    if (is_there && !replace) {
        return fail(ErrorCode::already_exists, to.string() + " is there already.",
                    "Choose another name, or replace it.");
    }
    for (const fs::path& clone : {project.configuration, project.code}) {
        if (is_there && project::lies_in(to, clone)) {
            return fail(ErrorCode::invalid_argument,
                        to.string() + " is in a clone of the project, so it stays.",
                        "Choose another name.");
        }
        if (const auto apart = project::check_apart(to, clone); is_folder && !apart) {
            return fail(apart.error());
        }
    }
    if (const auto can = project::check_replaceable(to); !is_folder && !can) {
        return fail(can.error());
    }
    if (form != ui::ExportForm::signed_file) {
        return write_configuration(project, form, to, watch);
    }
    const auto bytes = read_file(project.export_file, largest_signed);
    return bytes ? write_file(to, *bytes, {1, bytes->size()}, watch) : fail(bytes.error());
}

Result<ui::TransferServices::Given> TransferWork::read(const fs::path& path,
                                                       const project::Watch& watch) {
    Given given;
    auto handed = project::read_handed(path, watch);
    if (!handed) {
        return fail(handed.error());
    }
    if (!handed->files) {
        given.is_signed = true;
        return given;
    }
    given.files = std::move(*handed->files);
    std::error_code code;
    given.is_folder = fs::is_directory(path, code);
    given.left_out = given.is_folder ? project::left_out_of_copy(path).size() : 0;
    if (const auto config = project::parse_config(given.files.at("config.yaml"))) {
        given.project_id = config->id;
        given.name = config->name;
    }
    const auto projects = projects_();
    if (!projects) {
        return fail(projects.error());
    }
    for (const flow::LocalProject& each : *projects) {
        if (!given.project_id.empty() && each.project_id == given.project_id &&
            !each.configuration.empty()) {
            given.here = each;
        }
    }
    return given;
}

Result<void> TransferWork::unpack(const git::Files& files, const fs::path& from,
                                  const fs::path& folder, const project::Watch& watch) {
    auto apart = project::check_apart(folder, from);
    return apart ? project::write_folder(files, folder, watch) : apart;
}

} // namespace tau::app
