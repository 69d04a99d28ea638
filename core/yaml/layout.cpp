#include "core/yaml/layout.h"

#include <algorithm>

namespace tau::yaml {

namespace {

constexpr std::string_view breaks = "\r\n";

/// Looks for the first map in a map and the first sequence in a map, in block style.
struct Search {
    std::optional<std::size_t> indent;
    std::optional<std::size_t> dash_indent;

    void look(const Node& node) {
        for (std::size_t i = 0; i < node.size() && !(indent && dash_indent); ++i) {
            if (!node.is_map()) {
                look(node.item(i));
                continue;
            }
            const Node value = node.value(i);
            if (value.style() == Style::block && node.style() == Style::block) {
                const std::size_t outer = column_of(node.key(i));
                const std::size_t inner = column_of(value);
                auto& found = value.is_map() ? indent : dash_indent;
                if (!found && inner >= outer) {
                    found = inner - outer;
                }
            }
            look(value);
        }
    }
};

} // namespace

std::size_t column_of(const Node& node) {
    return node.position().column - 1;
}

Layout layout_of(const Document& document) {
    Layout layout;
    const std::string& text = document.text();
    const std::size_t end = text.find_first_of(breaks);
    if (end != std::string::npos) {
        layout.line_break = text.substr(end, text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    }
    Search search;
    if (const auto root = document.root()) {
        search.look(*root);
    }
    layout.indent = search.indent.value_or(search.dash_indent.value_or(0) > 0 ? *search.dash_indent
                                                                              : layout.indent);
    layout.dash_indent = search.dash_indent.value_or(layout.indent);
    return layout;
}

std::size_t skip_blank(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const char c = text[at];
        if (c == '#') {
            at = line_end(text, at);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            ++at;
        } else {
            break;
        }
    }
    return at;
}

std::size_t line_start(std::string_view text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.find_last_of(breaks, at - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    return start == 0 && text.starts_with("\xef\xbb\xbf") ? 3 : start;
}

std::size_t line_end(std::string_view text, std::size_t at) {
    return std::min(text.find_first_of(breaks, at), text.size());
}

std::size_t next_line(std::string_view text, std::size_t at) {
    const std::size_t end = line_end(text, at);
    return std::min(text.size(), end + (text.substr(end).starts_with("\r\n") ? 2U : 1U));
}

std::string apply(const std::string& text, const std::vector<Splice>& splices) {
    std::string out;
    std::size_t at = 0;
    for (const Splice& splice : splices) {
        out.append(text, at, splice.start - at).append(splice.text);
        at = splice.end;
    }
    return out.append(text, at);
}

} // namespace tau::yaml
