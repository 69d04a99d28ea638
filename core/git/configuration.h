#pragma once

#include "core/git/git.h"

namespace tau::git {

/// Where git looks for what holds for all repositories of a person; an empty one counts for
/// nothing, nor does one with a colon, which separates folders.
struct ConfigFolders {
    std::filesystem::path system; ///< of gitconfig: /etc
    std::filesystem::path xdg;    ///< of config and ignore: ~/.config/git
    std::filesystem::path home;   ///< of .gitconfig, and what "~/" in all of them means
};

/// From now on local repositories are read and changed as the person's own git would: its list of
/// ignored files, author, line endings, folders of others that it trusts. Without it no process
/// knows any of that. For the whole process; before it has a second thread.
Result<void> follow_configuration(const ConfigFolders& folders);

/// Who git would name in a commit: user.name and user.email of the repository, else of the
/// configuration that is followed. `not_found` when one of the two is nowhere.
Result<Author> configured_author(const std::filesystem::path& repository);

} // namespace tau::git
