// Keys and documents that stand in a file twice.
#pragma once

#include "core/project/kinds.h"
#include "core/project/problem.h"
#include "core/yaml/document.h"

#include <vector>

namespace tau::project {

/// What the cloud makes of them, in the order in which they stand there; `path` is left empty.
std::vector<Problem> check_oddities(const Kind& kind, const yaml::Document& document);

} // namespace tau::project
