#include "core/project/walk.h"

#include <vector>

namespace tau::project {

namespace fs = std::filesystem;

namespace {

std::string cannot_read(const fs::path& folder, const std::error_code& code) {
    return "Cannot read the folder " + folder.string() + ": " + code.message() + ".";
}

} // namespace

Result<void> walk_folder(const fs::path& folder, const std::string& what,
                         const std::function<bool(std::string_view name)>& skips,
                         const std::function<Result<void>(const Met& met)>& meet) {
    std::error_code code;
    const fs::file_status status = fs::status(folder, code);
    if (!fs::is_directory(status)) {
        return fail(status.type() == fs::file_type::none ? ErrorCode::io : ErrorCode::not_found,
                    status.type() == fs::file_type::none ? cannot_read(folder, code)
                    : fs::exists(status) ? folder.string() + " is a file, not a folder."
                                         : "There is no folder " + folder.string() + ".",
                    "Name the folder of a " + what + " repository.");
    }
    // Not the library's recursive walk, which is over at the first folder that it cannot read.
    std::vector<Met> open{{folder, {}, status, {}}};
    while (!open.empty()) {
        Met here = std::move(open.back());
        open.pop_back();
        fs::directory_iterator entry(here.path, here.why);
        if (auto met = here.below.empty() ? Result<void>() : meet(here); !met) {
            return met;
        }
        for (code = here.why; !code && entry != fs::directory_iterator(); entry.increment(code)) {
            const std::string name = entry->path().filename().string();
            if (skips(name)) {
                continue;
            }
            Met met{entry->path(), here.below + (here.below.empty() ? "" : "/") + name, {}, {}};
            met.status = entry->symlink_status(met.why);
            if (fs::is_directory(met.status)) {
                open.push_back(std::move(met));
            } else if (auto done = meet(met); !done) {
                return done;
            }
        }
        if (code && here.below.empty()) {
            return fail(ErrorCode::io, cannot_read(folder, code));
        }
        if (code != here.why) { // it broke off
            here.why = code;
            if (auto met = meet(here); !met) {
                return met;
            }
        }
    }
    return {};
}

} // namespace tau::project
