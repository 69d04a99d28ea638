#include "core/yaml/place.h"

#include "core/yaml/model.h"

namespace tau::yaml {

Place::Place(const Document& document, const Path& path) {
    std::optional<Node> node = document.root();
    for (std::size_t depth = 0; node; ++depth) {
        if (!nodes.empty()) {
            flow = flow || nodes.back().style() == Style::flow;
        }
        nodes.push_back(*node);
        if (depth == path.size()) {
            break;
        }
        if (node->is_map()) {
            node = node->find(path[depth]);
        } else {
            const auto index = index_of(path[depth]);
            node = node->is_sequence() && index && *index < node->size()
                       ? std::optional(node->item(*index))
                       : std::nullopt;
        }
    }
}

bool is_null(const Node& node) {
    return node.is_scalar() && scalar_type(node) == ScalarType::null;
}

std::size_t entry_of(const Node& map, std::string_view key) {
    std::size_t i = 0;
    while (!map.key(i).is_scalar() || map.key(i).text() != key) {
        ++i;
    }
    return i;
}

std::size_t dash_of(const std::string& text, const Node& sequence, std::size_t index) {
    return index == 0 ? sequence.start_byte()
                      : skip_blank(text, sequence.item(index - 1).end_byte());
}

std::optional<std::size_t> slot_of(const std::string& text, const Node& parent,
                                   const std::string& key_or_index) {
    if (parent.is_sequence()) {
        return parent.style() == Style::block
                   ? std::optional(dash_of(text, parent, *index_of(key_or_index)) + 1)
                   : std::nullopt;
    }
    const Node key = parent.key(entry_of(parent, key_or_index));
    const std::size_t at = text.find_first_not_of(" \t", key.end_byte());
    return at < text.size() && text[at] == ':' ? std::optional(at + 1) : std::nullopt;
}

} // namespace tau::yaml
