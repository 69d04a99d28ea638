// export and import: the signed file of a project, and its configuration as YAML, folder or zip.
#include "app/project/commands.h"
#include "app/project/session.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/project/one_file.h"
#include "core/project/transfer.h"

#include <iostream>
#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_bundle = 2U << 20U;

Result<std::string> signed_file(const CommandLine& line) {
    const auto project = find_project(line.data(), line.positional(0));
    return project ? read_file(project->export_file, max_bundle)
                   : Result<std::string>(fail(project.error()));
}

Result<std::string> one_file(const fs::path& folder, std::vector<std::string>& left_out) {
    auto made = project::folder_to_one_file(folder);
    if (!made) {
        return fail(made.error());
    }
    left_out = std::move(made->left_out);
    return std::move(made->text);
}

/// On stderr, since the file itself may be on stdout.
void tell_left_out(const std::vector<std::string>& paths, const std::string& form) {
    constexpr std::size_t most = 5;
    std::string names;
    for (std::size_t i = 0; i < paths.size() && i < most; ++i) {
        names += (i == 0 ? "" : ", ") + bounded_text(paths[i], 100);
    }
    if (paths.size() > most) {
        names += " and " + std::to_string(paths.size() - most) + " more";
    }
    if (!paths.empty()) {
        std::cerr << (form == "yaml"
                          ? "Not in it, since one YAML file holds YAML alone, and nothing that git "
                            "ignores: " +
                                names +
                                ".\n  A folder or a zip file takes all files but links and what "
                                "git ignores.\n"
                          : "Not in it, since a copy takes neither links nor what git ignores: " +
                                names + ".\n");
    }
}

Result<std::string> zip_file(const fs::path& folder, std::vector<std::string>& left_out) {
    left_out = project::left_out_of_copy(folder);
    const auto files = project::read_project(folder);
    return files ? project::to_zip(*files) : Result<std::string>(fail(files.error()));
}

Exit export_folder(const CommandLine& line, const Terminal& out) {
    const fs::path to = line.path(QStringLiteral("to"));
    if (const auto apart = project::check_apart(to, line.positional(0)); !apart) {
        return failed(out, apart.error());
    }
    const auto files = project::read_project(line.positional(0));
    if (!files) {
        return failed(out, files.error());
    }
    if (const auto written = project::write_folder(*files, to); !written) {
        return failed(out, written.error());
    }
    const auto left_out = project::left_out_of_copy(line.positional(0));
    out.event({{"event", "exported"},
               {"folder", to.string()},
               {"files", files->size()},
               {"left_out", left_out}});
    if (!line.json()) {
        tell_left_out(left_out, "folder");
    }
    out.line("Written to " + to.string() + ": " + std::to_string(files->size()) + " files");
    return Exit::done;
}

std::optional<Exit> misused(const CommandLine& line, const std::string& form) {
    const QString command = QStringLiteral("export");
    const bool has_target = line.has(QStringLiteral("to"));
    if (form != "bundle" && form != "yaml" && form != "folder" && form != "zip") {
        return usage_error(command, "--as is bundle, yaml, folder or zip.");
    }
    if (!has_target && (form == "folder" || form == "zip")) {
        return usage_error(command, "Say where to put it, with --to.");
    }
    if (line.has(QStringLiteral("force")) && (!has_target || form == "folder")) {
        return usage_error(command, "--force is for a file that --to names; a folder must be new "
                                    "or empty.");
    }
    return std::nullopt;
}

/// Where a file may be put: at a new place, or with --force in another regular file's, but for
/// what is being exported.
Result<void> check_target(const CommandLine& line, const fs::path& to) {
    std::error_code code;
    if (!fs::exists(fs::symlink_status(to, code))) {
        return {};
    }
    if (line.text(QStringLiteral("as")) != "bundle" && project::lies_in(to, line.positional(0))) {
        return fail(ErrorCode::already_exists,
                    to.string() + " is in the folder that is to be exported, so it stays.",
                    "Name a new file, with --to.");
    }
    if (auto can = project::check_replaceable(to); !can) {
        return can;
    }
    return line.has(QStringLiteral("force"))
               ? Result<void>()
               : fail(ErrorCode::already_exists, to.string() + " is there already.",
                      "Name a new file, or replace this one with --force.");
}

Exit import_signed(const CommandLine& line, const std::string& yaml, const Terminal& out) {
    if (yaml.size() > max_bundle) {
        return failed(out, {ErrorCode::limit_exceeded,
                            line.positional(0) + " is too large for a signed project file.",
                            "Check that it is the right file.",
                            {}});
    }
    const auto project = flow::import_export(line.data(), yaml);
    if (!project) {
        return failed(out, project.error());
    }
    out.event({{"event", "imported"}, {"project", project->project_id}});
    out.line("verified and imported: " + project->name + ", " + project->project_id);
    return Exit::done;
}

} // namespace

Exit export_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("export"),
                     QStringLiteral("Writes a project: as a file with its proofs and receipts, or "
                                    "its configuration as one YAML file, a folder or a zip file. "
                                    "The secrets kept here, and what git ignores, are in none of "
                                    "them."),
                     {CommandLine::Output::events, CommandLine::Needs::data});
    line.argument(QStringLiteral("PROJECT"),
                  QStringLiteral("Name or id; for yaml, folder and zip the folder of its "
                                 "configuration."));
    line.option(QStringLiteral("as"), QStringLiteral("bundle, yaml, folder or zip."),
                QStringLiteral("FORM"), QStringLiteral("bundle"));
    line.option(QStringLiteral("to"),
                QStringLiteral("Where to; without it bundle and yaml go to the output."),
                QStringLiteral("PATH"));
    line.option(QStringLiteral("force"),
                QStringLiteral("Replace the file that is there; never one of the project's own, "
                               "a link or a device."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    const QString to = QStringLiteral("to");
    const std::string form = line.text(QStringLiteral("as"));
    if (const auto exit = misused(line, form)) {
        return *exit;
    }
    if (form == "folder") {
        return export_folder(line, out);
    }
    if (line.has(to)) {
        if (const auto free = check_target(line, line.path(to)); !free) {
            return failed(out, free.error());
        }
    }
    std::vector<std::string> left_out;
    const auto bytes = form == "bundle" ? signed_file(line)
                       : form == "yaml" ? one_file(line.positional(0), left_out)
                                        : zip_file(line.positional(0), left_out);
    if (!bytes) {
        return failed(out, bytes.error());
    }
    if (!line.has(to)) {
        std::cout << *bytes;
        tell_left_out(left_out, form);
        return Exit::done;
    }
    if (const auto kept = write_file_atomic(line.path(to), *bytes, 0644); !kept) {
        return failed(out, kept.error());
    }
    nlohmann::json event{{"event", "exported"}, {"file", line.path(to).string()}};
    if (form != "bundle") {
        event["left_out"] = left_out;
    }
    out.event(event);
    if (!line.json()) {
        tell_left_out(left_out, form);
    }
    out.line("Written to " + line.path(to).string() +
             (form == "bundle"
                  ? ". Anyone can check it: tau-project verify " + line.text(to)
                  : ". Its files again: tau-project import " + line.text(to) + " --to FOLDER"));
    return Exit::done;
}

Exit import_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("import"),
                     QStringLiteral("Takes in what export wrote. A signed project file is checked "
                                    "and listed here; a YAML file, a zip file or a folder becomes "
                                    "the folder of a configuration. Which one it is, its content "
                                    "says."),
                     {CommandLine::Output::events, CommandLine::Needs::data});
    line.argument(QStringLiteral("FILE"), QStringLiteral("What export wrote, or - for the input."));
    line.option(
        QStringLiteral("to"),
        QStringLiteral("A new folder for the files of a YAML file, a zip file or a folder."),
        QStringLiteral("FOLDER"));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    const QString to = QStringLiteral("to");
    const bool is_input = line.positional(0) == "-";
    const fs::path from = is_input ? "/dev/stdin" : line.positional(0);
    auto handed = project::read_handed(from);
    if (!handed) {
        return failed(out, handed.error());
    }
    // What is none is taken for a signed file, whose reader says what is wrong with it.
    if (!handed->files) {
        return line.has(to)
                   ? usage_error(QStringLiteral("import"),
                                 "This is no YAML or zip file of a configuration; a signed "
                                 "project file needs no --to.")
                   : import_signed(line, handed->other, out);
    }
    if (!line.has(to)) {
        return usage_error(QStringLiteral("import"), "Say where its files go, with --to FOLDER.");
    }
    if (const auto apart = project::check_apart(line.path(to), from); !apart) {
        return failed(out, apart.error());
    }
    if (const auto written = project::write_folder(*handed->files, line.path(to)); !written) {
        return failed(out, written.error());
    }
    const auto left_out = project::left_out_of_copy(from);
    out.event({{"event", "imported"},
               {"folder", line.path(to).string()},
               {"files", handed->files->size()},
               {"left_out", left_out}});
    if (!line.json()) {
        tell_left_out(left_out, "folder");
    }
    out.line("Written to " + line.path(to).string() + ": " + std::to_string(handed->files->size()) +
             " files");
    return Exit::done;
}

} // namespace tau::app
