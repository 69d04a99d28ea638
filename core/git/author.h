#pragma once

#include "core/git/git.h"

namespace tau::git {

/// Where git keeps what holds for all repositories of a person; empty or absent ones count for
/// nothing.
struct ConfigFiles {
    std::filesystem::path system; ///< /etc/gitconfig
    std::filesystem::path xdg;    ///< ~/.config/git/config
    std::filesystem::path global; ///< ~/.gitconfig
};

/// Who git itself would name in a commit: user.name and user.email of the repository, else of
/// these files. Nothing else is taken from them. `not_found` when one of the two is nowhere.
Result<Author> configured_author(const std::filesystem::path& repository, const ConfigFiles& files);

} // namespace tau::git
