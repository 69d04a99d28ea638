#include "core/project/oddities.h"

#include "core/project/scalars.h"

#include <algorithm>
#include <tuple>

namespace tau::project {

namespace {

bool comes_before(yaml::Position one, yaml::Position two) {
    return std::tie(one.line, one.column) < std::tie(two.line, two.column);
}

/// Whether the compiler lists all keys of a map around the place, which go-yaml refuses when one is
/// there twice. It looks into the others key by key.
bool is_listed(const Kind& kind, const yaml::Node& root, yaml::Position place) {
    return std::any_of(kind.rows.begin(), kind.rows.end(), [&](const FieldRow& row) {
        const std::string_view around = row.path.substr(0, row.path.find('{'));
        const auto listed = row.type != FieldType::block ? std::nullopt
                            : around.empty()             ? std::optional(root)
                                             : root.find(around.substr(0, around.find('/')));
        return listed && !comes_before(place, listed->position()) &&
               comes_before(place, listed->end());
    });
}

} // namespace

std::vector<Problem> check_oddities(const Kind& kind, const yaml::Document& document) {
    std::vector<Problem> problems;
    const auto root = document.root();
    for (const yaml::Oddity& oddity : document.oddities()) {
        Problem& problem = problems.emplace_back();
        problem.position = oddity.position;
        problem.severity = Severity::warning;
        problem.code = oddity.is_key ? "repeated-key" : "second-document";
        problem.hint = oddity.is_key ? "Remove one of the two."
                                     : "Move it to a file of its own, or remove it.";
        const std::string line = std::to_string(oddity.first.line);
        if (!oddity.is_key) {
            problem.sentence = "A second document begins here, and the cloud reads only the first.";
        } else if (root && is_listed(kind, *root, oddity.position)) {
            problem.severity = Severity::error;
            problem.sentence =
                "mapping key " + go_quoted(oddity.key) + " already defined at line " + line;
        } else {
            problem.sentence = "The key " + go_quoted(oddity.key) +
                               " is here a second time: the cloud takes the one in line " + line +
                               ".";
        }
    }
    return problems;
}

} // namespace tau::project
