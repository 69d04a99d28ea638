#include "core/project/problem_report.h"

#include "core/base/text.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <tuple>

namespace tau::project {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Of the project's own files: bounded, and without what a terminal would obey.
std::string shown(const std::string& text) {
    return bounded_text(text, 1000);
}

std::string plural(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// RFC 3986: a path as a relative reference.
std::string to_uri(std::string_view path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~' ||
                           c == '/';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

std::string sarif_level(Severity severity) {
    return std::string(to_string(severity)); // SARIF has the same three words
}

std::string whole_message(const Problem& problem) {
    std::string text = shown(problem.sentence);
    if (!problem.hint.empty()) {
        text += " - " + shown(problem.hint);
    }
    if (problem.fix) {
        text += " Fix: " + shown(problem.fix->title) + ".";
    }
    if (problem.older_accept) {
        text += " Clouds up to v1.1.10 take it as it is.";
    }
    return text;
}

/// What SARIF's readers take for the root of the repository.
constexpr const char* base_id = "%SRCROOT%";

json sarif_result(const Problem& problem, const std::string& below) {
    const auto codes = problem_codes();
    const auto rule = std::find_if(codes.begin(), codes.end(), [&](const ProblemCode& each) {
        return each.code == problem.code;
    });
    return {
        {"ruleId", problem.code},
        {"ruleIndex", rule - codes.begin()},
        {"level", sarif_level(problem.severity)},
        {"message", {{"text", whole_message(problem)}}},
        {"locations",
         {{{"physicalLocation",
            {{"artifactLocation", {{"uri", to_uri(below + problem.path)}, {"uriBaseId", base_id}}},
             {"region",
              {{"startLine", problem.position.line},
               {"startColumn", problem.position.column}}}}}}}}};
}

/// Never throws: what is no UTF-8 was replaced by shown(), and paths are.
std::string dump(const json& document, int indent) {
    return document.dump(indent, ' ', false, json::error_handler_t::replace) + "\n";
}

json sarif_run(const std::string& version) {
    json rules = json::array();
    for (const ProblemCode& each : problem_codes()) {
        rules.push_back({{"id", each.code}, {"shortDescription", {{"text", each.help}}}});
    }
    const json driver{{"name", "tau-project"}, {"version", version}, {"rules", rules}};
    return {{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}};
}

std::string sarif_log(json run) {
    return dump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", json::array({std::move(run)})}},
                2);
}

} // namespace

ReportPlace place_of(const fs::path& folder) {
    ReportPlace place;
    place.prefix = folder.lexically_normal().generic_string();
    if (place.prefix == "." || place.prefix == "./") {
        place.prefix.clear();
    }
    if (!place.prefix.empty() && !place.prefix.ends_with('/')) {
        place.prefix += '/';
    }
    std::error_code code;
    fs::path here = fs::canonical(folder, code);
    if (code) {
        here = fs::absolute(folder, code).lexically_normal();
    }
    fs::path root = here;
    for (fs::path parent = here;; parent = parent.parent_path()) {
        if (fs::exists(parent / ".git", code)) { // a folder, or the file of a worktree
            root = parent;
            break;
        }
        if (parent == parent.root_path()) {
            break;
        }
    }
    place.root = root == root.root_path() ? std::string() : root.generic_string();
    const std::string below = here.lexically_relative(root).generic_string();
    place.below = below == "." ? std::string() : below + "/";
    return place;
}

ProblemCounts count(const std::vector<Problem>& problems) {
    ProblemCounts counts;
    for (const Problem& each : problems) {
        ++(each.severity == Severity::error     ? counts.errors
           : each.severity == Severity::warning ? counts.warnings
                                                : counts.notes);
    }
    return counts;
}

std::string to_text(const std::vector<Problem>& problems, const std::string& prefix, bool notes) {
    std::vector<std::reference_wrapper<const Problem>> by_place(problems.begin(), problems.end());
    std::stable_sort(by_place.begin(), by_place.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.path, a.position.line, a.position.column) <
               std::tie(b.path, b.position.line, b.position.column);
    });
    std::string text;
    for (const Problem& each : by_place) {
        if (each.severity == Severity::note && !notes) {
            continue;
        }
        text += shown(prefix + each.path) + ":" + std::to_string(each.position.line) + ":" +
                std::to_string(each.position.column) + ": " +
                std::string(to_string(each.severity)) + ": " + shown(each.sentence) + " [" +
                std::string(each.code) + "]\n";
        if (!each.hint.empty()) {
            text += "    " + shown(each.hint) + "\n";
        }
        if (each.fix) {
            text += "    Fix: " + shown(each.fix->title) + ".\n";
        }
        if (each.older_accept) {
            text += "    Clouds up to v1.1.10 take it as it is.\n";
        }
    }
    const ProblemCounts counts = count(problems);
    return text + plural(counts.errors, "error") + ", " + plural(counts.warnings, "warning") +
           ", " + plural(counts.notes, "note") + ".\n";
}

std::string to_json(const std::vector<Problem>& problems, const ReportPlace& place) {
    json list = json::array();
    for (const Problem& each : problems) {
        list.push_back({{"file", shown(place.prefix + each.path)},
                        {"path", shown(place.below + each.path)},
                        {"line", each.position.line},
                        {"column", each.position.column},
                        {"severity", to_string(each.severity)},
                        {"code", each.code},
                        {"field", shown(each.field)},
                        {"sentence", shown(each.sentence)},
                        {"hint", shown(each.hint)},
                        {"fix", each.fix ? json(shown(each.fix->title)) : json()},
                        {"older_clouds_accept", each.older_accept}});
    }
    const ProblemCounts counts = count(problems);
    return dump({{"repository", shown(place.root)},
                 {"problems", list},
                 {"errors", counts.errors},
                 {"warnings", counts.warnings},
                 {"notes", counts.notes}},
                -1);
}

std::string to_json(const Error& error) {
    return dump({{"error",
                  {{"code", tau::to_string(error.code)},
                   {"sentence", shown(error.message)},
                   {"hint", shown(error.hint)}}},
                 {"problems", json::array()}},
                -1);
}

std::string to_sarif(const std::vector<Problem>& problems, const ReportPlace& place,
                     const std::string& version) {
    json results = json::array();
    for (const Problem& each : problems) {
        results.push_back(sarif_result(each, place.below));
    }
    json run = sarif_run(version);
    run["invocations"] = json::array({{{"executionSuccessful", true}}});
    run["originalUriBaseIds"] = {{base_id, {{"uri", "file://" + to_uri(place.root) + "/"}}}};
    run["results"] = std::move(results);
    return sarif_log(std::move(run));
}

std::string to_sarif(const Error& error, const std::string& version) {
    const json told{{"level", "error"}, {"message", {{"text", shown(sentences(error))}}}};
    json run = sarif_run(version);
    run["invocations"] = json::array(
        {{{"executionSuccessful", false}, {"toolExecutionNotifications", json::array({told})}}});
    run["results"] = json::array();
    return sarif_log(std::move(run));
}

} // namespace tau::project
