#include "suite.h"

#include "core/base/file.h"
#include "tests/support/vectors.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <yaml-cpp/yaml.h>

namespace tau::test {

namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

/// The suite writes what cannot be seen with visible signs (its ReadMe).
std::string unmarked(std::string text) {
    for (const char* tab : {"————»", "———»", "——»", "—»", "»"}) {
        replace_all(text, tab, "\t");
    }
    replace_all(text, "␣", " ");
    replace_all(text, "←", "\r");
    replace_all(text, "⇔", "\xef\xbb\xbf");
    replace_all(text, "↵", "");
    replace_all(text, "∎\n", "");
    return text;
}

std::vector<nlohmann::json> documents(const std::string& text) {
    std::vector<nlohmann::json> all;
    std::istringstream in(text);
    while (in >> std::ws && !in.eof()) {
        nlohmann::json one;
        in >> one;
        all.push_back(std::move(one));
    }
    return all;
}

std::string two_digits(std::size_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

void collect(const yaml::Node& node, yaml::Path& path, std::vector<yaml::Path>& paths) {
    if (node.is_scalar()) {
        paths.push_back(path);
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        if (node.is_map() && !node.key(i).is_scalar()) {
            continue;
        }
        path.push_back(node.is_map() ? std::string(node.key(i).text()) : std::to_string(i));
        collect(node.is_map() ? node.value(i) : node.item(i), path, paths);
        path.pop_back();
    }
}

} // namespace

std::vector<SuiteCase> yaml_test_suite() {
    std::vector<SuiteCase> cases;
    const auto folder = vectors();
    if (folder.empty()) {
        return cases;
    }
    for (const auto& file : std::filesystem::directory_iterator(folder / "yaml-test-suite/src")) {
        const YAML::Node entries = YAML::LoadFile(file.path());
        // What an entry does not say is as in the one before.
        std::string tree;
        SuiteCase last;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const YAML::Node entry = entries[i];
            last.id = file.path().stem().string() +
                      (entries.size() > 1 ? "-" + two_digits(i) : std::string());
            if (entry["yaml"]) {
                last.text = unmarked(entry["yaml"].Scalar());
            }
            last.fails = entry["fail"] && entry["fail"].as<bool>();
            if (entry["json"]) {
                last.json = documents(entry["json"].Scalar());
            } else if (entry["tree"] || last.fails) {
                last.json.clear();
            }
            cases.push_back(last);
        }
    }
    std::sort(cases.begin(), cases.end(),
              [](const SuiteCase& a, const SuiteCase& b) { return a.id < b.id; });
    return cases;
}

std::vector<yaml::Path> scalar_paths(const yaml::Document& document) {
    std::vector<yaml::Path> paths;
    yaml::Path path;
    if (const auto root = document.root()) {
        collect(*root, path, paths);
    }
    return paths;
}

} // namespace tau::test
