#pragma once

#include "core/base/encoding.h"
#include "core/git/git.h"
#include "core/project/watch.h"

namespace tau::project {

struct ZipLimits {
    std::size_t archive_bytes = 256U << 20U;
    std::size_t files = 100'000;
    std::size_t file_bytes = 16U << 20U; ///< unpacked
    std::size_t total_bytes = 256U << 20U;
};

/// The files as a zip archive; the same bytes for the same files, whenever it is made.
Result<std::string> to_zip(const git::Files& files, const Watch& watch = {});

bool is_zip(std::string_view bytes);

/// The files of somebody's archive. Folders and what is_left_out are skipped, and a folder that all
/// files share (as git hosts make it) is taken off; a backslash, as some programs for Windows write
/// it, stands for a slash. `untrusted` for a path that leaves the folder or stands there twice, for
/// links, devices and encrypted files; `limit_exceeded` as soon as more than the limits has come
/// out, whatever the archive says about its sizes; `corrupt` for what is no zip archive.
Result<git::Files> from_zip(std::string_view bytes, const ZipLimits& limits = {},
                            const Watch& watch = {});

} // namespace tau::project
