#include "app/vaultd/config_file.h"

#include "core/base/text.h"
#include "core/yaml/document.h"

#include <algorithm>

namespace tau::vaultd {

namespace {

/// Walks the document and notes what is wrong where.
class Reading {
public:
    explicit Reading(Options& options) : options_(options) {}

    void map(const yaml::Node& node, const std::string& prefix) {
        for (std::size_t i = 0; i < node.size(); ++i) {
            entry(node.key(i), node.value(i), prefix);
        }
    }
    void wrong(const yaml::Node& where, const std::string& sentence) {
        const yaml::Position at = where.position();
        problems.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                           sentence);
    }
    std::vector<std::string> problems;

private:
    void entry(const yaml::Node& key, const yaml::Node& value, const std::string& prefix) {
        const std::string name = prefix + std::string(key.text());
        const auto all = settings();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&name](const Setting& one) { return one.key == name; });
        if (found != all.end() && !name.empty()) {
            return scalar(*found, value);
        }
        const bool is_group = std::any_of(all.begin(), all.end(), [&name](const Setting& one) {
            return one.key.starts_with(name + ".");
        });
        if (!is_group || !key.is_scalar()) {
            return wrong(key, "There is no setting \"" + bounded_text(name, 60) + "\".");
        }
        if (value.is_map()) {
            return map(value, name + ".");
        }
        if (!value.is_scalar() || !value.text().empty()) { // an empty group decides nothing
            wrong(value, name + " is a group of settings.");
        }
    }
    void scalar(const Setting& setting, const yaml::Node& value) {
        if (!value.is_scalar() || !value.tag().empty() || !value.anchor().empty()) {
            return wrong(value, std::string(setting.key) + " takes one plain value.");
        }
        const std::string text(value.text());
        if (text.empty() && setting.standard.empty()) {
            return; // as if it were not there
        }
        if (const auto set = setting.set(options_, std::string(setting.key), text); !set) {
            return wrong(value, set.error().message);
        }
        options_.given[setting.name()] = text;
    }

    Options& options_;
};

} // namespace

std::vector<std::string> apply_config(Options& options, const std::string& text) {
    Reading reading(options);
    const auto document = yaml::Document::parse(text, {.bytes = 64U << 10U, .depth = 8});
    if (!document) {
        const auto at = yaml::error_position(document.error()).value_or(yaml::Position{});
        const std::string& message = document.error().message;
        const std::size_t colon = message.find(": "); // behind "Line 3, column 7"
        const bool placed = message.starts_with("Line ") && colon != std::string::npos;
        return {std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                (placed ? message.substr(colon + 2) : message)};
    }
    const auto root = document->root();
    if (root && !root->is_map()) {
        reading.wrong(*root, "The file must be a list of settings, each with its value.");
    } else if (root) {
        reading.map(*root, "");
    }
    return reading.problems;
}

} // namespace tau::vaultd
