#pragma once

#include "core/git/git.h"

namespace tau::git {

/// A file as it was before its changes were discarded. Its content stays among the repository's
/// objects until git cleans up there, which by default takes two weeks.
struct Discarded {
    std::string path;
    std::string object;   ///< hexadecimal id of the content; empty: the file was not there
    unsigned mode = 0644; ///< permissions of the file
};

/// Puts these files back to what HEAD has; what HEAD does not have is deleted. Each must be in the
/// status (`conflict` otherwise), and a file or no file now: links are left to git
/// (`invalid_argument`). Nothing is touched before all of it is kept.
Result<std::vector<Discarded>> discard_changes(const std::filesystem::path& repository,
                                               const std::vector<std::string>& files);

/// Takes that back, where the files are still as discarding left them; `conflict` names those that
/// are not, and nothing is written then.
Result<void> bring_back(const std::filesystem::path& repository,
                        const std::vector<Discarded>& discarded);

} // namespace tau::git
