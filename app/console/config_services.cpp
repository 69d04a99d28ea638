#include "app/console/config_services.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/flow/clones.h"
#include "core/git/ignored.h"
#include "core/git/work_tree.h"

#include <QDesktopServices>
#include <QProcess>
#include <QUrl>

#include <ctime>

namespace tau::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 5000;
constexpr std::size_t largest_side_file = 16U << 20U;
constexpr std::size_t most_bytes = 32U << 20U; ///< of all

/// A way without links below the clone, so that nothing outside of it is read or written.
bool leads_outside(const fs::path& clone, const fs::path& folder) {
    fs::path here = clone;
    for (const fs::path& part : folder) {
        here /= part;
        std::error_code code;
        if (part == ".." || part == ".git" || fs::is_symlink(here, code)) {
            return true;
        }
    }
    return folder.is_absolute();
}

} // namespace

Result<ui::ConfigServices::Configuration> ConfigWork::read(const flow::LocalProject& project,
                                                           std::stop_token stop) {
    auto store = project::Store::load(project.configuration);
    if (!store) {
        return fail(store.error());
    }
    Configuration out{std::move(*store), {}, {}};
    // Without git the files can be edited as well; they only do not tell what was committed.
    if (const auto status = git::status_of(project.configuration)) {
        for (const git::FileChange& each : status->files) {
            out.uncommitted.emplace(each.path, each.state == git::FileState::changed
                                                   ? project::Standing::changed
                                                   : project::Standing::added);
        }
    }
    if (project.is_registered()) {
        out.check.registered_id = project.project_id;
    }
    if (!project.code.empty() && !stop.stop_requested()) {
        if (auto strings = project::CodeStrings::load(project.code)) {
            out.check.code = std::make_shared<const project::CodeStrings>(std::move(*strings));
        }
    }
    return out;
}

Result<void> ConfigWork::save(const flow::LocalProject& project,
                              const project::Workspace::Unsaved& unsaved) {
    if (!unsaved.code.empty() && project.code.empty()) {
        return fail(ErrorCode::not_found, "There is no clone of the code repository here.",
                    "Clone the repositories first, then save again.");
    }
    const auto write_code = [&](auto&& write) {
        return unsaved.code.empty()
                   ? Result<void>()
                   : write(project.code, unsaved.code, unsaved.code_before, largest_side_file);
    };
    // What stands in the way in one of them keeps both as they are.
    return write_code(project::check_changes)
        .and_then([&] {
            return project::write_changes(project.configuration, unsaved.configuration,
                                          unsaved.configuration_before, largest_side_file);
        })
        .and_then([&] { return write_code(project::write_changes); });
}

Result<git::Files> ConfigWork::files(const flow::LocalProject& project, vault::Role role,
                                     const std::string& folder, std::stop_token stop) {
    git::Files files;
    const fs::path& clone = flow::clone_of(project, role);
    const fs::path top = clone / folder;
    std::error_code code;
    if (clone.empty() || leads_outside(clone, folder) || !fs::is_directory(top, code)) {
        return files;
    }
    const auto ignored = git::Ignored::of(clone);
    if (!ignored) {
        return fail(ignored.error());
    }
    std::size_t total = 0;
    auto entry = fs::recursive_directory_iterator(top, code);
    for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::cancelled, "Reading " + bounded_text(folder) + " was stopped.");
        }
        const std::string below = entry->path().lexically_relative(clone).generic_string();
        if (entry->is_directory(code) && !entry->is_symlink(code) && ignored->has(below + "/")) {
            entry.disable_recursion_pending(); // what was built of the code, and may be large
            continue;
        }
        if (!fs::is_regular_file(entry->symlink_status(code)) || ignored->has(below)) {
            continue;
        }
        auto text = read_file(entry->path(), largest_side_file);
        if (!text && text.error().code != ErrorCode::limit_exceeded) {
            return fail(text.error());
        }
        total += text ? text->size() : most_bytes + 1;
        if (files.size() == most_files || total > most_bytes) {
            return fail(ErrorCode::limit_exceeded,
                        "There is more in " + bounded_text(folder) + " than fits here.",
                        "Work on that folder in your editor.");
        }
        files.emplace(below, std::move(*text));
    }
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot read all of " + bounded_text(folder) + ": " + code.message() + ".",
                    "Make its folders readable for this user.");
    }
    return files;
}

Result<void> ConfigWork::open_in_editor(const fs::path& path) {
    std::error_code code;
    if (!fs::exists(path, code)) {
        return fail(ErrorCode::not_found, "There is no file " + path.string() + " yet.",
                    "Save the changes; without any, make the file again.");
    }
    if (!open_(path)) {
        return fail(
            ErrorCode::unavailable, "No program opened " + path.string() + ".",
            "Choose a program for such files in the settings of the desktop, or set VISUAL.");
    }
    return {};
}

std::int64_t ConfigWork::now() {
    return std::time(nullptr);
}

bool open_with_desktop(const fs::path& path) {
    const QString file = QString::fromStdString(path.string());
    if (QDesktopServices::openUrl(QUrl::fromLocalFile(file))) {
        return true;
    }
    // "code --wait": a command as a shell takes it. Only where the desktop has nothing to offer, as
    // it may name an editor that needs a terminal.
    QStringList command = QProcess::splitCommand(qEnvironmentVariable("VISUAL"));
    if (command.isEmpty()) {
        return false;
    }
    const QString program = command.takeFirst();
    return QProcess::startDetached(program, command << file);
}

} // namespace tau::app
