#include "core/project/config.h"

#include "core/base/text.h"
#include "core/project/identifiers.h"
#include "core/project/yaml_text.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <yaml-cpp/yaml.h>

namespace tau::project {

namespace {

constexpr std::size_t max_config = 1U << 20U;

std::string readme(const Draft& draft, const std::string& what) {
    std::string text = "# " + draft.name + "\n\n";
    if (!draft.description.empty()) {
        text += draft.description + "\n\n";
    }
    return text + what;
}

Error yaml_error(const YAML::Exception& error) {
    return Error{ErrorCode::corrupt,
                 "config.yaml cannot be read: line " + std::to_string(error.mark.line + 1) +
                     ", column " + std::to_string(error.mark.column + 1) + ": " +
                     bounded_text(error.msg, 200) + ".",
                 "Correct this line in the configuration repository.",
                 {}};
}

Result<std::string> read_text(const YAML::Node& parent, const std::string& key, bool required) {
    const YAML::Node node = parent[key];
    if (!node || node.IsNull()) {
        if (required) {
            return fail(ErrorCode::corrupt, "config.yaml has no " + key + ".",
                        "Add the line '" + key + ": …' to config.yaml.");
        }
        return std::string();
    }
    if (!node.IsScalar()) {
        return fail(ErrorCode::corrupt,
                    "The " + key + " in config.yaml, line " + std::to_string(node.Mark().line + 1) +
                        ", column " + std::to_string(node.Mark().column + 1) + ", is not a text.");
    }
    return node.Scalar();
}

Result<ProjectConfig> read_config(const YAML::Node& root) {
    if (!root.IsMap()) {
        return fail(ErrorCode::corrupt, "config.yaml, line 1, column 1, is not a list of settings.",
                    "Check that this is a project's configuration repository.");
    }
    ProjectConfig config;
    const std::array<std::tuple<const char*, std::string*, bool>, 3> fields{
        {{"id", &config.id, true},
         {"name", &config.name, true},
         {"description", &config.description, false}}};
    for (const auto& [key, target, required] : fields) {
        auto text = read_text(root, key, required);
        if (!text) {
            return fail(text.error());
        }
        *target = std::move(*text);
    }
    const YAML::Node notification = root["notification"];
    if (notification && notification.IsMap()) {
        auto email = read_text(notification, "email", false);
        if (!email) {
            return fail(email.error());
        }
        config.email = std::move(*email);
    }
    return config;
}

} // namespace

std::string new_project_id(Entropy& entropy) {
    std::array<std::uint8_t, 32> random{};
    entropy.fill(random);
    return id_of(random);
}

bool is_project_id(std::string_view text) {
    if (text.size() != 46 || !text.starts_with("Qm")) {
        return false;
    }
    const auto bytes = from_base58(text);
    return bytes && bytes->size() == 34 && (*bytes)[0] == 0x12 && (*bytes)[1] == 0x20;
}

git::Files configuration_files(const Draft& draft, const std::string& project_id) {
    YAML::Emitter out;
    out.SetIndent(4);
    out << YAML::BeginMap;
    put_text(out, "id", project_id);
    put_text(out, "name", draft.name);
    put_text(out, "description", draft.description);
    if (!draft.email.empty()) {
        out << YAML::Key << "notification" << YAML::Value << YAML::BeginMap;
        put_text(out, "email", draft.email);
        out << YAML::EndMap;
    }
    out << YAML::EndMap;
    return {{"config.yaml", std::string(out.c_str()) + "\n"},
            {"README.md",
             readme(draft, "Configuration of the Taubyte project " + draft.name +
                               ". `config.yaml` names the project; functions, websites, databases "
                               "and the other\nresources are YAML files in folders of their kind, "
                               "for example `functions/ping.yaml`.\n")}};
}

git::Files code_files(const Draft& draft) {
    return {{"README.md",
             readme(draft, "Inline code of the Taubyte project " + draft.name +
                               ". The code of a function lies in `functions/<name>/`, that of a "
                               "function of an\napplication in `<application>/functions/<name>/`, "
                               "each with its `.taubyte/config.yaml`.\n")}};
}

Result<ProjectConfig> parse_config(std::string_view yaml) {
    if (yaml.size() > max_config) {
        return fail(ErrorCode::limit_exceeded, "config.yaml is larger than 1 MB.",
                    "Check that it is the right file.");
    }
    try {
        return read_config(YAML::Load(std::string(yaml)));
    } catch (const YAML::Exception& error) {
        return fail(yaml_error(error));
    }
}

} // namespace tau::project
