#pragma once

#include "core/yaml/document.h"

#include <unordered_map>

namespace tau::yaml {

/// The comments and blank lines of a document, each with what it belongs to. A blank line is an
/// empty text; several are one.
struct Comments {
    using Lines = std::vector<std::string_view>;
    /// Above an entry or an item; by where its key, or the item, begins.
    std::unordered_map<std::size_t, Lines> above;
    /// Behind a scalar, on its line; by where that begins.
    std::unordered_map<std::size_t, std::string_view> behind;
    /// Below the last entry of a collection; by where that begins.
    std::unordered_map<std::size_t, Lines> below;
};
Comments comments_of(const Document& document);

/// All comments, without blank lines.
std::vector<std::string_view> comment_texts(const Document& document);
/// Wherever they stand.
bool same_comments(const Document& a, const Document& b);

/// What the first line of a block scalar says behind its marks ("# code"); may be empty.
std::string_view header_comment(const Document& document, const Node& node);

} // namespace tau::yaml
