#pragma once

#include "core/project/problem.h"

namespace tau::project {

/// What there is to say of places and names alone: applications called like folders of code, what
/// could not be read, and YAML where no cloud looks for it.
void check_places(const Store& store, std::vector<Problem>& out);

} // namespace tau::project
