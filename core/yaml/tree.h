#pragma once

#include "core/yaml/document.h"

#include <algorithm>

namespace tau::yaml {

/// The root of a tree that has none.
constexpr std::uint32_t no_node = 0xffffffff;

/// One node in 16 bytes, because ten thousand small files are held at once.
struct Item {
    std::uint32_t start = 0; ///< bytes of the text
    std::uint32_t end = 0;
    /// Collections: their first child among the items, or where in Tree::children its own begin if
    /// a child has children. Scalars and aliases: where in Rarities::arena the value is, or in the
    /// text if it stands there as it is.
    std::uint32_t first = 0;
    Shape shape : 4 = Shape::scalar;
    Style style : 3 = Style::plain;
    bool in_arena : 1 = false;    ///< of a collection: in Tree::children
    std::uint32_t count : 24 = 0; ///< collections: children; scalars in the text: value's length
};
static_assert(sizeof(Item) == 16);

/// What few nodes have.
struct Properties {
    std::uint32_t node = 0;
    std::string tag;
    std::string anchor;
};

/// Where each thousandth byte is, so that a place is found without counting from the beginning.
struct Milestone {
    std::uint32_t offset = 0;
    Position position;
};

struct Rarities {
    std::string arena; ///< values that differ from the text: length (4 bytes), bytes
    std::vector<Properties> properties; ///< by node
    std::vector<Milestone> milestones;  ///< of texts longer than their distance
    std::vector<Oddity> oddities;
};

struct Tree {
    std::string text;
    std::vector<Item> items; ///< in the order of the text: parents before children
    /// Of each collection that holds others, together; keys and values alternate. The children of
    /// the others stand among the items, one behind the other.
    std::vector<std::uint32_t> children;
    std::unique_ptr<Rarities> rare; ///< none in most files
    std::uint32_t root = no_node;

    Rarities& rarities() {
        if (rare == nullptr) {
            rare = std::make_unique<Rarities>();
        }
        return *rare;
    }

    const Properties* properties_of(std::uint32_t node) const {
        if (rare == nullptr) {
            return nullptr;
        }
        const auto found = std::lower_bound(
            rare->properties.begin(), rare->properties.end(), node,
            [](const Properties& entry, std::uint32_t wanted) { return entry.node < wanted; });
        return found != rare->properties.end() && found->node == node ? &*found : nullptr;
    }
    std::uint32_t child(const Item& item, std::size_t index) const {
        const std::size_t at = item.first + index;
        return item.in_arena ? children[at] : static_cast<std::uint32_t>(at);
    }
    std::string_view value(const Item& item) const;
    Position position(std::size_t offset) const;
};

/// Goes over one character of well-formed UTF-8 at `offset`, which is inside the text.
void step(std::string_view text, std::size_t& offset, Position& position);

} // namespace tau::yaml
