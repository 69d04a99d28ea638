#pragma once

#include "core/git/git.h"
#include "core/project/zip.h"

#include <filesystem>
#include <optional>

namespace tau::project {

/// Whether a relative path stays inside of the folder it is put into, on every system, and outside
/// of .git: no "..", no backslash, no colon, no control character.
bool is_path_inside(std::string_view path);
/// That a file with this name can be taken in again: `invalid_argument`.
Result<void> check_name(std::string_view path);

/// What comes along with a copy of a project and is no part of it: .git wherever it lies, and what
/// macOS adds to folders and zip files. Never a path with "..".
bool is_left_out(std::string_view path);

/// Every regular file of a folder; what is_left_out or git ignores stays there, links are not
/// followed.
/// `not_found` when there is no folder, `limit_exceeded` beyond the limits.
Result<git::Files> read_folder(const std::filesystem::path& folder, const ZipLimits& limits = {},
                               const Watch& watch = {});

/// What read_folder finds and does not take, links and what git ignores, in a form that can be
/// shown.
std::vector<std::string> left_out_of_copy(const std::filesystem::path& folder);

/// Writes the files into a folder that is new or empty, all of them or none: `already_exists`
/// otherwise, `invalid_argument` for a path that leaves it or is a file and a folder.
Result<void> write_folder(const git::Files& files, const std::filesystem::path& folder,
                          const Watch& watch = {});

/// What somebody hands over, as what it is by its own content.
struct Handed {
    /// Of a configuration, with a config.yaml: a folder, a zip archive, or one YAML file
    /// (one_file.h).
    std::optional<git::Files> files;
    std::string other; ///< else: its bytes. It may be a signed project file.
};
/// Reads it once, since a pipe gives its bytes only once. `corrupt` for a configuration that cannot
/// be read as what it is, or has no config.yaml.
Result<Handed> read_handed(const std::filesystem::path& path, const Watch& watch = {});
/// The same of what has to be a configuration, `corrupt` when it is none.
Result<git::Files> read_project(const std::filesystem::path& path, const Watch& watch = {});

/// Whether a file's place is in a folder or below it, also by way of links and whether or not it is
/// there: an export does not replace what it is of.
bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder);

/// Only a regular file is replaced: `invalid_argument` where a link, a folder, a device is.
Result<void> check_replaceable(const std::filesystem::path& file);

/// A folder is not written into what it is made from: `invalid_argument`.
Result<void> check_apart(const std::filesystem::path& folder, const std::filesystem::path& source);

} // namespace tau::project
