#include "core/project/place_check.h"

#include "core/base/text.h"
#include "core/project/refactor.h"

namespace tau::project {

namespace {

Problem place_problem(const std::string& path, Severity severity, const char* code,
                      std::string sentence, std::string hint) {
    Problem problem;
    problem.path = escaped_name(path); // it may break lines, or be no text at all
    problem.severity = severity;
    problem.code = code;
    problem.sentence = std::move(sentence);
    problem.hint = std::move(hint);
    return problem;
}

Problem unknown_file(const std::string& path, const char* hint) {
    return place_problem(path, Severity::note, "unknown-file", "No cloud reads this file.", hint);
}

/// Applications whose code would be where global code is.
void check_applications(const Store& store, std::vector<Problem>& out) {
    for (const std::string& name : store.applications()) {
        if (is_code_group(name)) {
            out.push_back(place_problem(
                path_of(KindId::application, {}, name), Severity::warning, "application-name",
                "The application is called like the folder of global code, " + name +
                    "/, which would be its own folder too.",
                "Make an application of another name and move its resources there."));
        }
    }
}

/// YAML that stands where nothing is looked for.
void check_unknown_files(const Store& store, std::vector<Problem>& out) {
    if (store.files().size() != store.resources().size()) {
        for (const auto& [path, file] : store.files()) {
            if (!resource_at(path)) {
                out.push_back(unknown_file(path, "Resources are <kind>/<name>.yaml, at the top or "
                                                 "in applications/<application>/."));
            }
        }
    }
    for (const std::string& path : store.others()) {
        const std::string lower = to_lower_ascii(path);
        if (lower.ends_with(".yml") || (lower.ends_with(".yaml") && !path.ends_with(".yaml"))) {
            out.push_back(unknown_file(path, "Its name must end in .yaml."));
        } else if (is_yaml_path(path) || resource_at(path + "/x.yaml")) {
            out.push_back(unknown_file(
                path, "This is a link, or no regular file; it is not read. Put the file "
                      "itself here."));
        }
    }
}

} // namespace

void check_places(const Store& store, std::vector<Problem>& out) {
    check_applications(store, out);
    for (const auto& [path, error] : store.unread()) {
        out.push_back(place_problem(path, is_looked_at(path) ? Severity::error : Severity::note,
                                    "unreadable", error.message, error.hint));
    }
    check_unknown_files(store, out);
}

} // namespace tau::project
