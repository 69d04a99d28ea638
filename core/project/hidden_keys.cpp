#include "core/project/hidden_keys.h"

#include "core/base/text.h"
#include "core/project/fixes.h"
#include "core/project/key_tree.h"
#include "core/yaml/scalar.h"

namespace tau::project {

bool is_merge_key(const yaml::Node& key) {
    return key.is_scalar() && yaml::scalar_type(key) == yaml::ScalarType::merge;
}

std::string what_hides(const yaml::Document& document, const std::string& path) {
    const yaml::Path keys = key_path(path);
    if (const auto node = obstacle(document, keys)) {
        return node->shape() == yaml::Shape::alias
                   ? "The cloud does not follow *" + bounded_text(node->text(), 60) +
                         " here: write its keys out."
                   : "What stands there holds no keys: write a map in its place.";
    }
    for (std::size_t depth = 0; depth < keys.size(); ++depth) {
        const auto map = yaml::find(
            document, yaml::Path(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(depth)));
        for (std::size_t i = 0; map && map->is_map() && i < map->size(); ++i) {
            if (is_merge_key(map->key(i))) {
                return merge_hint;
            }
        }
    }
    return {};
}

} // namespace tau::project
