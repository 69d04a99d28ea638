#pragma once

#include "core/project/problem.h"

#include <filesystem>

namespace tau::project {

struct ProblemCounts {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
};
ProblemCounts count(const std::vector<Problem>& problems);

// Problems as text for people and as files for other programs. What stands in the project's files
// is bounded and free of control characters.

/// Where the files of the problems are.
struct ReportPlace {
    std::string prefix; ///< before each path, as the folder was named ("config/")
    std::string root;   ///< the git repository's folder, absolute and without a '/' at its end
    std::string below;  ///< before each path as the repository has it ("config/", or empty)
};
/// `folder`: the project's. The folder itself is the root when it is in no repository.
ReportPlace place_of(const std::filesystem::path& folder);

/// "functions/ping.yaml:2:7: error: invalid variable name [variable-name]", a line each, by file
/// and line, with what to do below. Without notes unless they are wanted; ends with how many there
/// are.
std::string to_text(const std::vector<Problem>& problems, const std::string& prefix, bool notes);
/// One line: {"repository", "problems": [{file, path, line, column, severity, code, field,
/// sentence, hint, fix, older_clouds_accept}], "errors", "warnings", "notes"}; `path` is the
/// repository's.
std::string to_json(const std::vector<Problem>& problems, const ReportPlace& place);
/// SARIF 2.1.0 (OASIS), with a rule for each code; files are named as the repository has them.
std::string to_sarif(const std::vector<Problem>& problems, const ReportPlace& place,
                     const std::string& version);

// The same of a check that could not be done at all.
/// {"error": {code, sentence, hint}, "problems": []}
std::string to_json(const Error& error);
/// With executionSuccessful: false.
std::string to_sarif(const Error& error, const std::string& version);

} // namespace tau::project
