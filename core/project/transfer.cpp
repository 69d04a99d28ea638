#include "core/project/transfer.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/git/ignored.h"
#include "core/project/one_file.h"
#include "core/project/walk.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace tau::project {

namespace fs = std::filesystem;

namespace {

Error too_large() {
    return too_large_a_project("there are too many files in it, or they are too large.");
}

Result<Handed> read_any(const fs::path& path, const Watch& watch) {
    const auto as_handed = [](git::Files files) { return Handed{std::move(files), {}}; };
    std::error_code code;
    if (fs::is_directory(path, code)) {
        return read_folder(path, {}, watch).map(as_handed);
    }
    auto bytes = read_file(path, ZipLimits{}.archive_bytes);
    if (!bytes) {
        return fail(bytes.error());
    }
    if (is_zip(*bytes)) {
        return from_zip(*bytes, {}, watch).map(as_handed);
    }
    return is_one_file(*bytes) ? from_one_file(std::move(*bytes)).map(as_handed)
                               : Result<Handed>(Handed{{}, std::move(*bytes)});
}

Error cannot_make(const fs::path& folder, const std::error_code& code) {
    return Error{ErrorCode::io,
                 "Cannot make the folder " + folder.string() + ": " + code.message() + ".",
                 {},
                 {}};
}

/// Paths that can all be files of one folder.
Result<void> check_paths(const git::Files& files) {
    for (const auto& [path, text] : files) {
        if (!is_path_inside(path)) {
            return check_name(path);
        }
        for (std::size_t slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            if (files.contains(path.substr(0, slash))) {
                return fail(ErrorCode::invalid_argument,
                            "\"" + bounded_text(path.substr(0, slash)) +
                                "\" is both a file and a folder, so nothing was written.",
                            "Have the project exported again.");
            }
        }
    }
    return {};
}

/// A new folder beside what it is to become; goes with all that is left in it.
class DraftFolder {
public:
    static Result<DraftFolder> make(const fs::path& parent) {
        std::string name = (parent / ".tau-import-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            return fail(cannot_make(name, std::error_code(errno, std::generic_category())));
        }
        DraftFolder made(name);
        std::error_code code; // what becomes the project's is as open as any new folder
        fs::create_directory(made.files(), code);
        return code ? Result<DraftFolder>(fail(cannot_make(made.files(), code)))
                    : Result<DraftFolder>(std::move(made));
    }
    DraftFolder(DraftFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    DraftFolder& operator=(DraftFolder&&) = delete;
    ~DraftFolder() {
        std::error_code code;
        if (!path_.empty()) {
            fs::remove_all(path_, code);
        }
    }
    fs::path files() const { return path_ / "files"; }

private:
    explicit DraftFolder(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

Result<void> write_files(const git::Files& files, const fs::path& folder, const Watch& watch) {
    std::error_code code;
    std::size_t done = 0;
    for (const auto& [path, text] : files) {
        const fs::path file = folder / path;
        if (fs::create_directories(file.parent_path(), code); code) {
            return fail(cannot_make(file.parent_path(), code));
        }
        if (auto written = write_new_file(file, as_bytes(text), 0644); !written) {
            return written;
        }
        if (auto goes_on = watch.after(++done); !goes_on) {
            return goes_on;
        }
    }
    return sync_filesystem(folder); // once for all: a sync each takes most of a minute for 10,000
}

/// All entries of one folder into another that has none of them, or none.
Result<void> move_entries(const fs::path& from, const fs::path& to) {
    std::error_code code;
    std::vector<fs::path> names;
    for (const auto& entry : fs::directory_iterator(from, code)) {
        names.push_back(entry.path().filename());
    }
    for (std::size_t i = 0; !code && i < names.size(); ++i) {
        fs::rename(from / names[i], to / names[i], code);
        for (std::size_t back = 0; code && back < i; ++back) {
            std::error_code ignored;
            fs::remove_all(to / names[back], ignored);
        }
    }
    return code ? fail(cannot_make(to, code)) : Result<void>();
}

} // namespace

Result<void> check_name(std::string_view path) {
    return is_path_inside(path)
               ? Result<void>()
               : fail(ErrorCode::invalid_argument,
                      "\"" + escaped_name(path) + "\" is no name that every computer takes.",
                      "Rename this file: without \\ and :, and in UTF-8.");
}

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

bool is_left_out(std::string_view path) {
    bool found = false;
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.empty() || part == "." || part == "..") {
            return false;
        }
        found =
            found || to_lower_ascii(part) == ".git" || part == "__MACOSX" || part == ".DS_Store";
        if (slash == std::string_view::npos) {
            return found;
        }
        path.remove_prefix(slash + 1);
    }
}

Result<git::Files> read_folder(const fs::path& folder, const ZipLimits& limits,
                               const Watch& watch) {
    const auto ignored = git::Ignored::of(folder);
    if (!ignored) {
        return fail(ignored.error());
    }
    git::Files files;
    std::size_t total = 0;
    const auto take = [&](const Met& met) -> Result<void> {
        if (ignored->has(met.below)) {
            return {};
        }
        if (met.why) {
            return fail(ErrorCode::io,
                        "Cannot read " + met.path.string() + ": " + met.why.message() + ".",
                        "Make it readable for this user, or take it away.");
        }
        if (!fs::is_regular_file(met.status)) {
            return {};
        }
        auto text = read_file(met.path, limits.file_bytes);
        if (!text) {
            return fail(text.error());
        }
        total += text->size();
        if (total > limits.total_bytes || files.size() >= limits.files) {
            return fail(too_large());
        }
        files.emplace(met.below, std::move(*text));
        return watch.after(files.size());
    };
    const auto walked = walk_folder(folder, "configuration", is_left_out, take);
    return walked ? Result<git::Files>(std::move(files)) : fail(walked.error());
}

std::vector<std::string> left_out_of_copy(const fs::path& folder) {
    const auto ignored = git::Ignored::of(folder);
    if (!ignored) {
        return {}; // read_folder says why
    }
    std::vector<std::string> paths;
    const auto take = [&](const Met& met) -> Result<void> {
        const bool taken = fs::is_regular_file(met.status) && !ignored->has(met.below);
        if (!taken && !fs::is_directory(met.status)) {
            paths.push_back(escaped_name(met.below));
        }
        return {};
    };
    const auto walked = walk_folder(folder, "configuration", is_left_out, take);
    return walked ? paths : std::vector<std::string>();
}

Result<void> write_folder(const git::Files& files, const fs::path& folder, const Watch& watch) {
    if (auto fit = check_paths(files); !fit) {
        return fit;
    }
    fs::path target = fs::absolute(folder).lexically_normal();
    if (!target.has_filename()) { // "shop/"
        target = target.parent_path();
    }
    std::error_code code;
    const bool is_there = fs::exists(fs::symlink_status(target, code));
    if (is_there && (!fs::is_directory(target, code) || !fs::is_empty(target, code) || code)) {
        return fail(ErrorCode::already_exists,
                    folder.string() +
                        (fs::is_directory(target, code) ? " is not empty." : " is there already."),
                    "Name a folder that does not exist yet.");
    }
    if (fs::create_directories(target.parent_path(), code); code) {
        return fail(cannot_make(target.parent_path(), code));
    }
    // Nothing stands at the folder's place before all of it is written.
    const auto draft = DraftFolder::make(is_there ? target : target.parent_path());
    if (!draft) {
        return fail(draft.error());
    }
    if (auto written = write_files(files, draft->files(), watch); !written) {
        return written;
    }
    if (is_there) { // it may be where somebody stands, so it stays the folder that it is
        const auto moved = move_entries(draft->files(), target);
        return moved ? sync_directory(target) : moved;
    }
    fs::rename(draft->files(), target, code);
    return code ? fail(cannot_make(target, code)) : sync_directory(target.parent_path());
}

Result<Handed> read_handed(const fs::path& path, const Watch& watch) {
    auto handed = read_any(path, watch);
    if (handed && handed->files && !handed->files->contains("config.yaml")) {
        return fail(ErrorCode::corrupt, path.string() + " has no config.yaml, so it is no project.",
                    "Name a project's configuration.");
    }
    return handed;
}

Result<git::Files> read_project(const fs::path& path, const Watch& watch) {
    auto handed = read_handed(path, watch);
    if (!handed) {
        return fail(handed.error());
    }
    if (!handed->files) {
        return fail(ErrorCode::corrupt,
                    path.string() + " is no project: neither a zip file nor a YAML file of one.",
                    "Name a file that tau-project export wrote, or a folder.");
    }
    return std::move(*handed->files);
}

bool lies_in(const fs::path& file, const fs::path& folder) {
    std::error_code code;
    // Of a folder that is not there yet, what is above it counts; and where a path comes back from
    // one, links may stand again.
    const fs::path once = fs::weakly_canonical(fs::absolute(file).parent_path(), code);
    const fs::path place = fs::weakly_canonical(once, code);
    const fs::path top = fs::canonical(folder, code);
    const fs::path below = place.lexically_relative(top);
    return !place.empty() && !top.empty() && !below.empty() && *below.begin() != "..";
}

Result<void> check_replaceable(const fs::path& file) {
    std::error_code code;
    const fs::file_status there = fs::symlink_status(file, code);
    return !fs::exists(there) || fs::is_regular_file(there)
               ? Result<void>()
               : fail(ErrorCode::invalid_argument,
                      file.string() + " is no regular file, so it stays.", "Name a new file.");
}

Result<void> check_apart(const fs::path& folder, const fs::path& source) {
    return lies_in(folder / "config.yaml", source)
               ? fail(ErrorCode::invalid_argument,
                      folder.string() + " is " + source.string() +
                          " itself or in it, so nothing was written.",
                      "Name a folder outside of it.")
               : Result<void>();
}

} // namespace tau::project
