#include "core/yaml/splice.h"

#include "core/yaml/emit.h"
#include "core/yaml/model.h"
#include "core/yaml/place.h"
#include "core/yaml/render.h"

namespace tau::yaml {

namespace {

/// One edit's surroundings.
struct Site {
    Site(const Document& document_, const Path& path_)
        : document(document_), text(document_.text()), path(path_), layout(layout_of(document_)),
          place(document_, path_) {}

    std::optional<std::size_t> slot() const {
        return slot_of(text, place.parent(), path[place.nodes.size() - 2]);
    }
    /// Where the key or the dash stands that the last node belongs to.
    std::size_t column() const {
        const Node& parent = place.parent();
        return column_of(parent) + (parent.is_sequence() ? 2 : 0);
    }

    const Document& document;
    const std::string& text;
    const Path& path;
    Layout layout;
    Place place;
};

bool has_properties(const Node& node) {
    return !node.tag().empty() || !node.anchor().empty();
}

/// Each text instead of bytes [start, end); with a space before it where nothing parts them.
Candidates instead(const std::string& text, std::size_t start, std::size_t end,
                   const std::vector<std::string>& texts) {
    const bool glued = start == end && start > 0 &&
                       std::string_view(" \t\r\n[{,").find(text[start - 1]) == std::string::npos;
    Candidates all;
    for (const std::string& one : texts) {
        all.push_back({{start, end, (glued && one.front() != ',' ? " " : "") + one}});
    }
    return all;
}

/// Each text behind the colon or dash, instead of what ends at `end`. A comment on the key's line
/// stays on it.
Candidates behind(const Site& site, std::size_t end, const std::vector<std::string>& texts) {
    const auto slot = site.slot();
    if (!slot) {
        return {};
    }
    const std::size_t rest = line_end(site.text, *slot);
    const bool on_other_line = rest < end;
    Candidates all;
    for (const std::string& one : texts) {
        if (!on_other_line) {
            all.push_back({{*slot, end, one}});
        } else if (one.starts_with(site.layout.line_break)) {
            all.push_back({{rest, end, one}});
        } else {
            all.push_back({{*slot, *slot, one}, {rest, end, ""}});
        }
    }
    return all;
}

/// Lines of their own below what the last node is the value of, which is null or an empty
/// collection.
Candidates open_block(const Site& site, const std::vector<std::string>& texts) {
    const Node& node = site.place.last();
    const std::size_t at = line_end(site.text, node.end_byte());
    std::size_t from = node.start_byte();
    while (from > 0 && from < node.end_byte() && site.text[from - 1] == ' ') {
        --from;
    }
    Candidates all;
    for (const std::string& one : texts) {
        all.push_back({{from, node.end_byte(), ""}, {at, at, one}});
    }
    return all;
}

std::vector<std::string> on_own_line(const Site& site, std::size_t column,
                                     std::vector<std::string> texts) {
    for (std::string& text : texts) {
        text.insert(0, site.layout.line_break + std::string(column, ' '));
    }
    return texts;
}

/// What a block scalar's first line says behind `|` or `>`, with the space before it.
std::string header_comment(const std::string& text, const Node& node) {
    const std::size_t end = line_end(text, node.start_byte());
    const std::size_t mark = text.find('#', node.start_byte());
    if (mark >= end) {
        return {};
    }
    const std::size_t space = text.find_last_not_of(" \t", mark - 1) + 1;
    return text.substr(space, end - space);
}

bool is_block_scalar(const Node& node) {
    return node.style() == Style::literal || node.style() == Style::folded;
}

/// How far the lines of a literal block go in: as those that are there, or as a map would.
std::size_t literal_indent(const Site& site) {
    const Node& node = site.place.last();
    const std::size_t outer = site.place.has_parent() ? column_of(site.place.parent()) : 0;
    if (is_block_scalar(node)) {
        const std::size_t line = next_line(site.text, node.start_byte());
        const std::size_t first =
            std::min(site.text.find_first_not_of(" \r\n", line), site.text.size());
        const std::size_t inner = first - line_start(site.text, first);
        if (first < node.end_byte() && inner > outer) {
            return inner;
        }
    }
    return outer + site.layout.indent;
}

Candidates replace_scalar(const Site& site, const Value& value) {
    const Node& node = site.place.last();
    auto texts = scalar_texts(value, node.is_scalar() ? std::optional(node.style()) : std::nullopt,
                              site.place.flow ? Context::flow : Context::block,
                              literal_indent(site), site.layout);
    if (is_block_scalar(node)) {
        const std::string comment = header_comment(site.text, node);
        for (std::string& text : texts) {
            text.insert(line_end(text, 0), comment);
        }
    }
    return instead(site.text, node.start_byte(), node.end_byte(), texts);
}

Candidates replace(const Site& site, const Value& value) {
    const Node& node = site.place.last();
    const bool scalar = value.kind == Value::Kind::text || value.kind == Value::Kind::plain;
    if (scalar && (node.is_scalar() || node.shape() == Shape::alias)) {
        return replace_scalar(site, value);
    }
    if (site.place.flow || !site.place.has_parent() || has_properties(node)) {
        return instead(site.text, node.start_byte(), node.end_byte(),
                       one_line(value, {}, site.place.flow ? Context::flow : Context::block));
    }
    if (site.place.parent().is_sequence()) {
        auto texts = one_line(value, {}, Context::block);
        for (std::string& text : texts) {
            text.insert(0, " ");
        }
        return behind(site, node.end_byte(), texts);
    }
    return behind(site, node.end_byte(), behind_colon(value, site.column(), site.layout));
}

using Rest = std::span<const std::string>;

/// An item or an entry more, as a line below the last one.
Candidates add_line(const Site& site, Rest rest, const Value& value) {
    const Node& parent = site.place.last();
    const std::size_t column = column_of(parent);
    std::vector<std::string> lines = parent.is_map() ? entry_lines(rest, value, column, site.layout)
                                                     : one_line(value, {}, Context::block);
    const std::size_t at = next_line(site.text, parent.end_byte());
    const bool ends = line_end(site.text, parent.end_byte()) < site.text.size();
    const std::string before = std::string(column, ' ') + (parent.is_map() ? "" : "- ");
    Candidates all;
    for (const std::string& line : lines) {
        std::string added = ends ? before : site.layout.line_break + before;
        added += line;
        if (ends) {
            added += site.layout.line_break;
        }
        all.push_back({{at, at, std::move(added)}});
    }
    return all;
}

Candidates add_in_flow(const Site& site, Rest rest, const Value& value) {
    const Node& parent = site.place.last();
    const bool quoted =
        parent.is_map() && parent.size() > 0 && parent.key(0).style() == Style::double_quoted;
    std::vector<std::string> texts =
        parent.is_map() ? flow_entry(rest, value, quoted) : one_line(value, {}, Context::flow);
    if (parent.size() == 0) {
        return instead(site.text, parent.start_byte() + 1, parent.end_byte() - 1, texts);
    }
    const std::size_t last = parent.size() - 1;
    const std::size_t at =
        parent.is_map() ? std::max(parent.key(last).end_byte(), parent.value(last).end_byte())
                        : parent.item(last).end_byte();
    for (std::string& text : texts) {
        text.insert(0, ", ");
    }
    return instead(site.text, at, at, texts);
}

/// A whole file that has no root yet, or an empty one.
Candidates add_root(const Site& site, const Value& value) {
    const auto texts = entry_lines(site.path, value, 0, site.layout);
    if (site.place.has_root() && site.place.last().end_byte() > site.place.last().start_byte()) {
        return instead(site.text, site.place.last().start_byte(), site.place.last().end_byte(),
                       texts);
    }
    const std::size_t end = site.text.size();
    const bool fresh = line_start(site.text, end) == end;
    Candidates all;
    for (const std::string& text : texts) {
        all.push_back(
            {{end, end, (fresh ? "" : site.layout.line_break) + text + site.layout.line_break}});
    }
    return all;
}

Candidates add(const Site& site, const Value& value) {
    if (!site.place.has_root()) {
        return add_root(site, value);
    }
    const Node& parent = site.place.last();
    const Rest rest = Rest(site.path).subspan(site.place.nodes.size() - 1);
    const bool empty = is_null(parent) || (parent.size() == 0 && !parent.is_scalar() &&
                                           parent.shape() != Shape::alias);
    if (parent.is_sequence() && (rest.size() > 1 || index_of(rest.front()) != parent.size())) {
        return {};
    }
    if (!empty) {
        if (!parent.is_map() && !parent.is_sequence()) {
            return {};
        }
        return parent.style() == Style::flow ? add_in_flow(site, rest, value)
                                             : add_line(site, rest, value);
    }
    if (!site.place.has_parent() && !parent.is_sequence()) {
        return add_root(site, value);
    }
    if (site.place.flow || (has_properties(parent) && !is_null(parent)) ||
        !site.place.has_parent() || site.place.parent().is_sequence()) {
        if (!is_null(parent)) {
            return add_in_flow(site, rest, value);
        }
        auto texts = flow_entry(rest, value, false);
        for (std::string& text : texts) {
            text.insert(0, "{").append("}");
        }
        return instead(site.text, parent.start_byte(), parent.end_byte(), texts);
    }
    const std::size_t column = site.column();
    if (parent.is_sequence()) {
        const std::size_t dash = column + site.layout.dash_indent;
        auto items = one_line(value, {}, Context::block);
        for (std::string& item : items) {
            item.insert(0, "- ");
        }
        return open_block(site, on_own_line(site, dash, std::move(items)));
    }
    const std::size_t inner = column + site.layout.indent;
    return open_block(site, on_own_line(site, inner, entry_lines(rest, value, inner, site.layout)));
}

/// The lines from start to end with their line break, when nothing else stands on them.
std::optional<Splice> whole_lines(const std::string& text, std::size_t start, std::size_t end) {
    const std::size_t first = line_start(text, start);
    if (text.find_first_not_of(' ', first) < start) {
        return std::nullopt;
    }
    if (line_end(text, end) < text.size() || first == 0) {
        return Splice{first, next_line(text, end), ""};
    }
    const std::size_t previous =
        text[first - 1] == '\n' && first > 1 && text[first - 2] == '\r' ? first - 2 : first - 1;
    return Splice{previous, text.size(), ""};
}

struct Extent {
    std::size_t start;
    std::size_t end;
};

Extent extent_of(const std::string& text, const Node& parent, std::size_t index) {
    if (parent.is_map()) {
        return {parent.key(index).start_byte(),
                std::max(parent.key(index).end_byte(), parent.value(index).end_byte())};
    }
    const Node item = parent.item(index);
    const std::size_t start =
        parent.style() == Style::block ? dash_of(text, parent, index) : item.start_byte();
    return {start, std::max(start, item.end_byte())};
}

/// The last item of a sequence goes: what stays is [].
Candidates empty_sequence(const Site& site, const Path& path) {
    const Path up(path.begin(), path.end() - 1);
    const Site above(site.document, up);
    const Node& sequence = above.place.last();
    if (sequence.style() == Style::flow || !above.place.has_parent() || has_properties(sequence)) {
        return {{{sequence.start_byte(), sequence.end_byte(), "[]"}}};
    }
    const auto slot = above.slot();
    const Extent item = extent_of(site.text, sequence, 0);
    if (!slot) {
        return {};
    }
    const auto lines = whole_lines(site.text, item.start, item.end);
    if (lines && line_end(site.text, *slot) <= lines->start) {
        return {{{*slot, *slot, " []"}, *lines}};
    }
    return {{{*slot, item.end, " []"}}};
}

} // namespace

Candidates set_splices(const Document& document, const Path& path, const Value& value) {
    const Site site(document, path);
    return site.place.complete(path) ? replace(site, value) : add(site, value);
}

Candidates remove_splices(const Document& document, const Path& path) {
    const Site site(document, path);
    const std::string& text = site.text;
    const Node& parent = site.place.parent();
    const std::size_t index =
        parent.is_map() ? entry_of(parent, path.back()) : *index_of(path.back());
    if (parent.size() == 1 && parent.is_sequence()) {
        return empty_sequence(site, path);
    }
    if (parent.size() == 1 && parent.style() == Style::flow) {
        return {{{parent.start_byte(), parent.end_byte(), "{}"}}};
    }
    const Extent extent = extent_of(text, parent, index);
    if (parent.style() == Style::flow) {
        const bool last = index + 1 == parent.size();
        return {{{last ? extent_of(text, parent, index - 1).end : extent.start,
                  last ? extent.end : extent_of(text, parent, index + 1).start, ""}}};
    }
    if (const auto lines = whole_lines(text, extent.start, extent.end)) {
        return {{*lines}};
    }
    if (index + 1 < parent.size()) {
        return {{{extent.start, extent_of(text, parent, index + 1).start, ""}}};
    }
    return {};
}

Candidates rename_splices(const Document& document, const Path& path, const std::string& key) {
    const Place place(document, path);
    const Node old = place.parent().key(entry_of(place.parent(), path.back()));
    const auto texts =
        scalar_texts(Value::of_text(key), old.style(), place.flow ? Context::flow : Context::block,
                     0, layout_of(document));
    return instead(document.text(), old.start_byte(), old.end_byte(), texts);
}

} // namespace tau::yaml
