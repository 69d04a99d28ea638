#pragma once

#include "core/flow/create_project.h"

namespace tau::flow {

// Projects whose repositories lie somewhere on this computer already and were not made here: they
// are read, edited, committed, pushed and exported where they are. `opened.json` in the data folder
// lists them; nothing is ever written beside them, and taking one off the list leaves its files.

/// Puts the configuration repository in this very folder on the list, with the code repository
/// beside it when its name says which: "tb_code_x" beside "tb_x", "code" beside "config" or
/// "configuration". A project's clone that was made here is that project. `not_found` without a
/// config.yaml, `invalid_argument` for a folder that is no repository.
Result<LocalProject> open_folder(const std::filesystem::path& data,
                                 const std::filesystem::path& folder);
/// The code of an opened project, where it is not found by its name.
Result<LocalProject> use_code_folder(const std::filesystem::path& data, const LocalProject& project,
                                     const std::filesystem::path& folder);
/// Off the list.
Result<void> close_folder(const std::filesystem::path& data, const LocalProject& project);
/// The last opened first; those that are not there now (a disk that is not plugged in) are left
/// out.
Result<std::vector<LocalProject>> list_opened(const std::filesystem::path& data);

} // namespace tau::flow
