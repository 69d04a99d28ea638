#pragma once

#include "core/project/problem.h"

namespace tau::project {

struct ProblemCounts {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
};
ProblemCounts count(const std::vector<Problem>& problems);

// Problems as text for people and as files for other programs. `prefix` comes before each path
// ("config/"). What stands in the project's files is bounded and free of control characters.

/// "functions/ping.yaml:2:7: error: invalid variable name [variable-name]", a line each, with what
/// to do below. Without notes unless they are wanted; ends with how many there are.
std::string to_text(const std::vector<Problem>& problems, const std::string& prefix, bool notes);
/// One line: {"problems": [{file, line, column, severity, code, field, sentence, hint, fix,
/// older_clouds_accept}], "errors", "warnings", "notes"}
std::string to_json(const std::vector<Problem>& problems, const std::string& prefix);
/// SARIF 2.1.0 (OASIS), with a rule for each code.
std::string to_sarif(const std::vector<Problem>& problems, const std::string& prefix,
                     const std::string& version);

} // namespace tau::project
