#pragma once

#include "core/flow/create_project.h"

namespace tau::flow {

/// What is lost with a project's clones because it is nowhere else, each as the end of a sentence:
/// "configuration: functions/ping.yaml is not committed", "code: 2 commits on main are not
/// pushed". Names at most ten files of each clone, and says how many more there are.
Result<std::vector<std::string>> unsaved_work(const LocalProject& project);

/// One line of them.
std::string listed(const std::vector<std::string>& work);

} // namespace tau::flow
