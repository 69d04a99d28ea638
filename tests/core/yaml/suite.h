#pragma once

#include "core/yaml/document.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace tau::test {

/// One case of the yaml-test-suite.
struct SuiteCase {
    std::string id; ///< "2AUY", or "VJP3-01" where a file has several
    std::string text;
    bool fails = false;               ///< not YAML 1.2
    std::vector<nlohmann::json> json; ///< one a document; empty when the case has none
};
/// All cases, by id; empty without the public test data.
std::vector<SuiteCase> yaml_test_suite();

/// The paths of all scalars of a document that can be named: not in a key, nor below one that is
/// not a scalar.
std::vector<yaml::Path> scalar_paths(const yaml::Document& document);

} // namespace tau::test
