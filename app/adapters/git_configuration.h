#pragma once

#include "core/base/result.h"

namespace tau::app {

/// Local repositories are worked on as the person's own git would, whose configuration lies where
/// HOME and XDG_CONFIG_HOME say. Before the process has a second thread.
Result<void> follow_git_configuration();

} // namespace tau::app
