#pragma once

#include "core/git/git.h"
#include "core/project/store.h"

namespace tau::project {

/// What it means to take somebody's files into an open project; nothing is changed by it.
struct Intake {
    Edits edits;                       ///< what is new, or says something else than here
    Edits removals;                    ///< what is here and not among them
    std::size_t added = 0;             ///< of the edits
    std::size_t changed = 0;           ///< of the edits
    std::vector<std::string> left_out; ///< no YAML, so not taken in
    /// They are another project's: its id and name stay behind, or the cloud would refuse them.
    bool other_project = false;
};

/// Files that differ in form only count as the same and stay as they are here. `corrupt` names the
/// file, line and column of what is no YAML, `untrusted` a path that leaves the project.
Result<Intake> plan_intake(const Store& store, const git::Files& files);

} // namespace tau::project
