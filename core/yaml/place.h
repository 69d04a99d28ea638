#pragma once

#include "core/yaml/edit.h"
#include "core/yaml/layout.h"
#include "core/yaml/scalar.h"

namespace tau::yaml {

/// The nodes from the root along a path, as far as they exist.
struct Place {
    Place(const Document& document, const Path& path);
    bool complete(const Path& path) const { return nodes.size() == path.size() + 1; }
    bool has_root() const { return !nodes.empty(); }
    const Node& last() const { return nodes.back(); }
    bool has_parent() const { return nodes.size() > 1; }
    const Node& parent() const { return nodes[nodes.size() - 2]; }

    std::vector<Node> nodes; ///< nodes[i + 1] is below nodes[i] at path[i]
    bool flow = false;       ///< a collection around the last one is in flow style
};

bool is_null(const Node& node);
/// The index of a map's entry, which exists.
std::size_t entry_of(const Node& map, std::string_view key);
/// Where the dash of an item of a block sequence stands.
std::size_t dash_of(const std::string& text, const Node& sequence, std::size_t index);
/// Behind the colon of an entry or the dash of an item, which exist; nullopt in flow sequences and
/// where the colon is not beside the key.
std::optional<std::size_t> slot_of(const std::string& text, const Node& parent,
                                   const std::string& key_or_index);

} // namespace tau::yaml
