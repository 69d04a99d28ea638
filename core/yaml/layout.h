#pragma once

#include "core/yaml/document.h"

namespace tau::yaml {

/// How a file is laid out, so that what is added looks like the rest.
struct Layout {
    std::string line_break = "\n"; ///< the file's first one
    std::size_t indent = 4;        ///< of a map in a map
    std::size_t dash_indent = 4;   ///< of a sequence in a map; 0 when dashes stand below the key
};
Layout layout_of(const Document& document);

/// Behind spaces, tabs, line breaks and comments.
std::size_t skip_blank(std::string_view text, std::size_t at);
/// The start of the line that `at` is in.
std::size_t line_start(std::string_view text, std::size_t at);
/// The line break of the line that `at` is in, or the end of the text.
std::size_t line_end(std::string_view text, std::size_t at);
/// The start of the next line, or the end of the text.
std::size_t next_line(std::string_view text, std::size_t at);
/// How far from its line's start a node begins, in characters.
std::size_t column_of(const Node& node);

/// Bytes [start, end) become `text`.
struct Splice {
    std::size_t start = 0;
    std::size_t end = 0;
    std::string text;
};
/// `splices` are in order and do not overlap.
std::string apply(const std::string& text, const std::vector<Splice>& splices);

} // namespace tau::yaml
