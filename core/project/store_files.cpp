// A store's way from and to a folder.
#include "core/project/store.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/project/walk.h"

namespace tau::project {

namespace fs = std::filesystem;

namespace {

/// No part of the path below the folder may be a link.
Result<void> check_no_links(const fs::path& folder, const fs::path& path) {
    fs::path here = folder;
    for (const fs::path& part : path) {
        here /= part;
        std::error_code code;
        if (fs::is_symlink(fs::symlink_status(here, code))) {
            return fail(ErrorCode::untrusted, here.string() + " is a link, so nothing was written.",
                        "Replace the link by a folder or file of its own.");
        }
    }
    return {};
}

Result<std::optional<std::string>> read_if_there(const fs::path& path, std::size_t limit) {
    auto text = read_file(path, limit);
    if (text) {
        return std::optional(std::move(*text));
    }
    if (text.error().code == ErrorCode::not_found) {
        return std::optional<std::string>();
    }
    return fail(text.error());
}

unsigned mode_of(const fs::file_status& file) {
    return static_cast<unsigned>(file.permissions() & fs::perms::all);
}

/// By text, the modes of the files that go: what comes with the same text is one of them.
std::map<std::string_view, unsigned> modes_of_removed(const fs::path& folder, const Edits& changes,
                                                      const Edits& before) {
    std::map<std::string_view, unsigned> modes;
    for (const auto& [path, text] : changes) {
        const auto& was = before.at(path);
        std::error_code code;
        const fs::file_status there = fs::status(folder / path, code);
        if (!text && was && fs::is_regular_file(there)) {
            modes.emplace(*was, mode_of(there));
        }
    }
    return modes;
}

Result<void> write_text(const fs::path& path, const std::string& text, unsigned mode_of_new) {
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    if (code) {
        return fail(ErrorCode::io, "Cannot make the folder " + path.parent_path().string() + ": " +
                                       code.message() + ".");
    }
    // A script that can be run stays one.
    const fs::file_status there = fs::status(path, code);
    const unsigned mode = fs::exists(there) ? mode_of(there) : mode_of_new;
    return write_file_atomic(path, std::string_view(text), mode);
}

Result<void> remove_file(const fs::path& folder, const fs::path& path) {
    std::error_code code;
    fs::remove(folder / path, code);
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot delete " + (folder / path).string() + ": " + code.message() + ".");
    }
    // git keeps no empty folders, so none should stay behind to be taken for an application.
    for (fs::path parent = path.parent_path(); !parent.empty(); parent = parent.parent_path()) {
        fs::remove(folder / parent, code); // fails while there is something in it
        if (code) {
            break;
        }
    }
    return {};
}

Error cannot_look(const std::error_code& why) {
    return Error{ErrorCode::permission_denied,
                 "It cannot be read: " + why.message() + ".",
                 "Nothing in it was checked. Make it readable for this user.",
                 {}};
}

Error odd_name() {
    return Error{ErrorCode::invalid_argument,
                 "Its name has control characters, a line break or bytes that are no UTF-8, or is "
                 "too long, so it was not read.",
                 "Give it a name of plain text.",
                 {}};
}

} // namespace

Result<Store> Store::load(const fs::path& folder, const StoreLimits& limits,
                          const std::function<bool(const std::string& path)>& is_other) {
    Store store(limits);
    std::size_t seen = 0;
    const auto is_git = [](std::string_view name) { return to_lower_ascii(name) == ".git"; };
    const auto take = [&](const Met& met) -> Result<void> {
        if (++seen > limits.files) {
            return fail(
                too_large_a_project("more than " + std::to_string(limits.files) + " files."));
        }
        if (met.why) {
            store.unread_.insert_or_assign(met.below, cannot_look(met.why));
        } else if (!fs::is_directory(met.status)) {
            if (!fs::is_regular_file(met.status) || !is_yaml_path(met.below) ||
                (is_other && is_other(met.below))) {
                store.others_.insert(met.below);
            } else if (!is_safe_path(met.below)) {
                store.unread_.emplace(met.below, odd_name());
            } else if (auto text = read_file(met.path, limits.file_bytes)) {
                return store.add(met.below, std::move(*text));
            } else {
                store.files_.emplace(met.below, File::unread(text.error()));
            }
        }
        return {};
    };
    if (auto walked = walk_folder(folder, "configuration", is_git, take); !walked) {
        return fail(walked.error());
    }
    store.arrange();
    return store;
}

Result<void> check_changes(const fs::path& folder, const Edits& changes, const Edits& before,
                           std::size_t limit) {
    for (const auto& [path, text] : changes) {
        if (auto checked = check_no_links(folder, path); !checked) {
            return checked;
        }
        auto there = read_if_there(folder / path, limit);
        if (!there) {
            return fail(there.error());
        }
        // What is already as it should be was written by a save that was cut short.
        if (*there != before.at(path) && *there != text) {
            return fail(ErrorCode::conflict,
                        path + " was changed since it was read, so nothing was written.",
                        "Look at what is there now, then save again.");
        }
    }
    return {};
}

Result<void> write_changes(const fs::path& folder, const Edits& changes, const Edits& before,
                           std::size_t limit) {
    if (auto checked = check_changes(folder, changes, before, limit); !checked) {
        return checked;
    }
    const auto modes = modes_of_removed(folder, changes, before);
    for (const auto& [path, text] : changes) {
        const auto moved = text ? modes.find(*text) : modes.end();
        const unsigned mode = moved == modes.end() ? 0644 : moved->second;
        auto done = text ? write_text(folder / path, *text, mode) : remove_file(folder, path);
        if (!done) {
            return done;
        }
    }
    return {};
}

Result<void> Store::save(const fs::path& folder) {
    auto written = write_changes(folder, changes(), before_, limits_.file_bytes);
    if (written) {
        before_.clear();
    }
    return written;
}

} // namespace tau::project
