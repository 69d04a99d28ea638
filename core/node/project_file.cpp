#include "core/node/project_file.h"

#include "core/base/text.h"

#include <yaml-cpp/yaml.h>

namespace tau::node {

Result<std::string> project_id_of(const std::string& config_yaml) {
    try {
        const YAML::Node root = YAML::Load(config_yaml);
        if (root.IsMap() && root["id"].IsDefined() && root["id"].IsScalar()) {
            return root["id"].Scalar();
        }
    } catch (const YAML::Exception& error) {
        return fail(ErrorCode::corrupt,
                    "config.yaml is not YAML: " + bounded_text(error.msg, 200) + ".");
    }
    return fail(ErrorCode::corrupt, "config.yaml has no id.");
}

} // namespace tau::node
