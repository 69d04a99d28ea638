#include "core/node/data_folder.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <unistd.h>

namespace tau::node {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> of_a_node{"keys", "node.db", "audit.head"};
/// Left by a start that went no further; and made by mkfs.
constexpr std::array<std::string_view, 2> as_good_as_nothing{"lock", "lost+found"};

bool is_node_folder(const fs::path& folder) {
    return std::any_of(of_a_node.begin(), of_a_node.end(), [&folder](std::string_view name) {
        std::error_code unknown;
        return fs::exists(folder / name, unknown);
    });
}

/// The first thing in it that is nobody's of a node; "" for none, or when one may not look.
std::string stranger_in(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (std::find(as_good_as_nothing.begin(), as_good_as_nothing.end(), name) ==
            as_good_as_nothing.end()) {
            return name;
        }
    }
    return {};
}

} // namespace

Result<void> check_data_folder(const fs::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) {
        return errno == ENOENT ? Result<void>() : fail(io_error("look at", folder));
    }
    if (!S_ISDIR(status.st_mode)) {
        return fail(ErrorCode::invalid_argument, "data is not a folder: " + folder.string() + ".",
                    "Name a folder; one that is not there yet is made.");
    }
    const std::string stranger = is_node_folder(folder) ? "" : stranger_in(folder);
    if (!stranger.empty()) {
        return fail(ErrorCode::invalid_argument,
                    "The folder " + folder.string() + " is not a node's: it holds " +
                        bounded_text(stranger, 60) + ".",
                    "Give data a folder of its own; one that is not there yet is made.");
    }
    return {};
}

Result<void> prepare_data_folder(const fs::path& folder) {
    if (const auto fits = check_data_folder(folder); !fits) {
        return fits;
    }
    // systemd gives a service's folder as a link, so what it leads to is looked at.
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) {
        return make_private_directory(folder);
    }
    if (status.st_uid != ::geteuid()) {
        return fail(ErrorCode::permission_denied,
                    "The folder " + folder.string() + " is another user's.",
                    "Start the node as that user, or give it another folder.");
    }
    if ((status.st_mode & 077U) != 0) {
        return fail(ErrorCode::permission_denied,
                    "Other users may look into the folder " + folder.string() + ".",
                    "It is to hold the node's keys. Run: chmod 700 " + folder.string());
    }
    return {};
}

} // namespace tau::node
