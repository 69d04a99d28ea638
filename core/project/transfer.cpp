#include "core/project/transfer.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/project/one_file.h"

namespace tau::project {

namespace fs = std::filesystem;

namespace {

Error too_large() {
    return too_large_a_project("there are too many files in it, or they are too large.");
}

Result<git::Files> read_any(const fs::path& path, const Watch& watch) {
    std::error_code code;
    if (fs::is_directory(path, code)) {
        return read_folder(path, {}, watch);
    }
    auto bytes = read_file(path, ZipLimits{}.archive_bytes);
    if (!bytes) {
        return fail(bytes.error());
    }
    if (is_zip(*bytes)) {
        return from_zip(*bytes, {}, watch);
    }
    if (is_one_file(*bytes)) {
        return from_one_file(std::move(*bytes));
    }
    return fail(ErrorCode::corrupt,
                path.string() + " is no project: neither a zip file nor a YAML file of one.",
                "Name a file that tau-project export wrote, or a folder.");
}

} // namespace

bool is_path_inside(std::string_view path) {
    if (path.empty() || path.size() > 1000 || !is_utf8(path) || has_control_characters(path) ||
        path.find_first_of("\\:\n\t") != std::string_view::npos) {
        return false;
    }
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.empty() || part == "." || part == ".." || to_lower_ascii(part) == ".git") {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
}

Result<git::Files> read_folder(const fs::path& folder, const ZipLimits& limits,
                               const Watch& watch) {
    std::error_code code;
    if (!fs::is_directory(folder, code)) {
        return fail(ErrorCode::not_found, "There is no folder " + folder.string() + ".",
                    "Name the folder of a configuration repository.");
    }
    git::Files files;
    std::size_t total = 0;
    auto entry = fs::recursive_directory_iterator(folder, code);
    for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
        const fs::file_status status = entry->symlink_status(code);
        if (to_lower_ascii(entry->path().filename().string()) == ".git") {
            entry.disable_recursion_pending();
            continue;
        }
        if (!fs::is_regular_file(status)) {
            continue;
        }
        auto text = read_file(entry->path(), limits.file_bytes);
        if (!text) {
            return fail(text.error());
        }
        total += text->size();
        if (total > limits.total_bytes || files.size() >= limits.files) {
            return fail(too_large());
        }
        files.emplace(entry->path().lexically_relative(folder).generic_string(), std::move(*text));
        if (auto goes_on = watch.after(files.size()); !goes_on) {
            return fail(goes_on.error());
        }
    }
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot read the folder " + folder.string() + ": " + code.message() + ".");
    }
    return files;
}

Result<void> write_folder(const git::Files& files, const fs::path& folder, const Watch& watch) {
    for (const auto& [path, text] : files) {
        if (!is_path_inside(path)) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + bounded_text(path) + "\" is no path inside of a project.");
        }
    }
    std::error_code code;
    fs::create_directories(folder, code);
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot make the folder " + folder.string() + ": " + code.message() + ".");
    }
    if (!fs::is_empty(folder, code) || code) {
        return fail(ErrorCode::already_exists, folder.string() + " is not empty.",
                    "Name a folder that does not exist yet.");
    }
    std::size_t done = 0;
    for (const auto& [path, text] : files) {
        const fs::path file = folder / path;
        fs::create_directories(file.parent_path(), code);
        if (code) {
            return fail(ErrorCode::io, "Cannot make the folder " + file.parent_path().string() +
                                           ": " + code.message() + ".");
        }
        if (auto written = write_file_atomic(file, std::string_view(text), 0644); !written) {
            return written;
        }
        if (auto goes_on = watch.after(++done); !goes_on) {
            return goes_on;
        }
    }
    return {};
}

Result<git::Files> read_project(const fs::path& path, const Watch& watch) {
    auto files = read_any(path, watch);
    if (files && !files->contains("config.yaml")) {
        return fail(ErrorCode::corrupt, path.string() + " has no config.yaml, so it is no project.",
                    "Name a project's configuration.");
    }
    return files;
}

bool is_configuration(const fs::path& path) {
    std::error_code code;
    if (fs::is_directory(path, code)) {
        return true;
    }
    const auto bytes = read_file(path, ZipLimits{}.archive_bytes);
    return bytes && (is_zip(*bytes) || is_one_file(*bytes));
}

} // namespace tau::project
