#pragma once

#include "core/yaml/splice.h"

namespace tau::yaml {

/// What becomes of a sequence's items when it is to hold other texts.
struct ItemPlan {
    /// For each new item the old one it comes from.
    std::vector<std::optional<std::size_t>> from;
    /// Whether that one stays as it is written; else it only lends its place and its comment.
    std::vector<bool> stays;
};

/// An old item that says the same stays, wherever it comes to stand; one that goes makes room for a
/// new one behind the same neighbour. O(n log n).
ItemPlan plan_items(const Node& sequence, const std::vector<std::string>& items);

/// The path leads to a sequence. An item that moves takes its comments along: on its line and
/// above. None when the sequence is written in a way that cannot be taken apart.
Candidates item_splices(const Document& document, const Path& path, const ItemPlan& plan,
                        const std::vector<std::string>& items);

} // namespace tau::yaml
