#include "core/yaml/format.h"

#include "core/yaml/comments.h"
#include "core/yaml/emit.h"
#include "core/yaml/layout.h"
#include "core/yaml/model.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace tau::yaml {

namespace {

constexpr std::size_t canonical_indent = 4;

/// "&name !tag ", each with a space behind it.
std::string written_properties(const Node& node) {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    std::string text;
    if (!node.anchor().empty()) {
        text.append("&").append(node.anchor()).append(" ");
    }
    const std::string_view tag = node.tag();
    if (tag.starts_with(core)) {
        text.append("!!").append(tag.substr(core.size())).append(" ");
    } else if (tag.starts_with('!')) {
        text.append(tag).append(" ");
    } else if (!tag.empty()) {
        text.append("!<").append(tag).append("> ");
    }
    return text;
}

/// On one line, without properties.
std::string scalar_line(const Node& node) {
    if (node.shape() == Shape::alias) {
        return "*" + std::string(node.text());
    }
    const bool raw = node.style() == Style::plain &&
                     (!node.tag().empty() || scalar_type(node) != ScalarType::text);
    return raw && node.text().find_first_of("\r\n") == std::string_view::npos
               ? std::string(node.text())
               : scalar(node.text());
}

bool is_branch(const Node& node) {
    return node.size() > 0;
}

} // namespace

struct Formatter::Work {
    explicit Work(const Document& document_)
        : document(document_), line_break(layout_of(document_).line_break) {
        const std::string& text = document.text();
        const bool plain = text.find('#') == std::string::npos &&
                           text.find(line_break + line_break) == std::string::npos;
        if (!plain) {
            comments = comments_of(document);
        }
        if (text.find('*') != std::string::npos && document.root()) {
            std::map<std::string_view, std::size_t> anchors;
            find_targets(*document.root(), anchors);
        }
    }

    /// What each alias names: the last before it that has the name.
    void find_targets(const Node& node, std::map<std::string_view, std::size_t>& anchors) {
        if (!node.anchor().empty()) {
            anchors[node.anchor()] = node.start_byte();
        } else if (node.shape() == Shape::alias) {
            targets[node.start_byte()] = anchors[node.text()];
        }
        for (std::size_t i = 0; i < node.size(); ++i) {
            if (node.is_map()) {
                find_targets(node.key(i), anchors);
            }
            find_targets(node.is_map() ? node.value(i) : node.item(i), anchors);
        }
    }
    /// An alias must still stand behind what it names.
    void note(const Node& node) {
        if (targets.empty()) {
            return;
        }
        if (!node.anchor().empty()) {
            written_anchors[node.anchor()] = node.start_byte();
        } else if (node.shape() == Shape::alias) {
            const auto found = written_anchors.find(node.text());
            in_order = in_order && found != written_anchors.end() &&
                       found->second == targets[node.start_byte()];
        }
    }

    void lines(const Comments::Lines& texts, std::size_t indent) {
        for (const std::string_view text : texts) {
            if (!text.empty()) {
                out->append(indent, ' ').append(text);
            }
            out->append(line_break);
        }
    }
    std::string_view behind(const Node& node) const {
        const auto found = comments.behind.find(node.start_byte());
        return found == comments.behind.end() ? std::string_view() : found->second;
    }
    void end_line(std::string_view comment) {
        if (!comment.empty()) {
            out->append(" ").append(comment);
        }
        out->append(line_break);
    }
    std::vector<std::size_t> order_of(const Node& node) const;
    void value(const Node& node, std::size_t indent, std::string_view key_comment);
    void entries(const Node& node, std::size_t indent, bool inline_first);
    void head(const Node& key);
    void header(const Node& part, std::size_t indent);
    Comments::Lines above(const Node& head, bool first) const;

    const Document& document;
    std::string line_break;
    Comments comments;
    const KeyOrder* order = nullptr;
    std::string* out = nullptr;
    Path path;
    bool good = true;
    std::map<std::size_t, std::size_t> targets; ///< of aliases, each by where it begins
    std::map<std::string_view, std::size_t> written_anchors;
    bool in_order = true;
};

std::vector<std::size_t> Formatter::Work::order_of(const Node& node) const {
    std::vector<std::size_t> all(node.size());
    std::iota(all.begin(), all.end(), 0U);
    if (!node.is_map()) {
        return all;
    }
    std::vector<std::size_t> ranks(all.size());
    Path at = path;
    at.emplace_back();
    for (const std::size_t i : all) {
        at.back() = node.key(i).text();
        ranks[i] = (*order)(at);
    }
    std::stable_sort(all.begin(), all.end(),
                     [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; });
    return all;
}

/// What stands behind a colon or a dash, from the space on, and what is below it. `indent` is for
/// the lines below.
void Formatter::Work::value(const Node& node, std::size_t indent, std::string_view key_comment) {
    const std::string before = written_properties(node);
    note(node);
    if (is_branch(node)) {
        if (!before.empty()) {
            out->append(" ").append(before, 0, before.size() - 1);
        }
        end_line(key_comment);
        entries(node, indent, false);
        return;
    }
    std::string text = node.is_map() ? "{}" : node.is_sequence() ? "[]" : scalar_line(node);
    const std::string_view header = header_comment(document, node);
    std::string_view comment = header.empty() ? behind(node) : header;
    if (comment.empty()) {
        comment = key_comment;
    }
    if (text.starts_with('"')) {
        if (auto block = literal(node.text(), indent, line_break)) {
            const std::size_t mark = line_end(*block, 0);
            block->insert(mark, comment.empty() ? "" : " " + std::string(comment));
            comment = {};
            text = std::move(*block);
        }
    }
    if (!before.empty() || !text.empty()) {
        out->append(" ").append(before, 0, before.size() - (text.empty() ? 1U : 0U)).append(text);
    }
    end_line(comment);
}

void Formatter::Work::head(const Node& key) {
    if (is_branch(key) || key.is_map() || key.is_sequence()) {
        good = false;
        return;
    }
    const std::string text = scalar_line(key);
    note(key);
    good = good && !text.empty();
    out->append(written_properties(key)).append(text);
    out->append(key.shape() == Shape::alias ? " :" : ":");
}

Comments::Lines Formatter::Work::above(const Node& head, bool first) const {
    const auto found = comments.above.find(head.start_byte());
    if (found == comments.above.end()) {
        return {};
    }
    Comments::Lines all = found->second;
    while (first && !all.empty() && all.front().empty()) {
        all.erase(all.begin());
    }
    return all;
}

void Formatter::Work::entries(const Node& node, std::size_t indent, bool inline_first) {
    bool first = true;
    for (const std::size_t i : order_of(node)) {
        const Node head_node = node.is_map() ? node.key(i) : node.item(i);
        if (!inline_first) {
            lines(above(head_node, first), indent);
            out->append(indent, ' ');
        }
        inline_first = false;
        first = false;
        if (node.is_map()) {
            const Node below = node.value(i);
            head(head_node);
            path.emplace_back(head_node.text());
            value(below, indent + canonical_indent, behind(head_node));
            path.pop_back();
            continue;
        }
        out->append("-");
        path.push_back(std::to_string(i));
        const bool short_form = is_branch(head_node) && written_properties(head_node).empty();
        if (short_form) {
            const std::size_t top = order_of(head_node).front();
            const Node inner = head_node.is_map() ? head_node.key(top) : head_node.item(top);
            const bool crowded =
                inner.start_byte() != head_node.start_byte() && !above(inner, true).empty();
            if (!crowded) {
                out->append(" ");
            } else {
                out->append(line_break);
            }
            entries(head_node, indent + 2, !crowded);
        } else {
            value(head_node, indent + 2, {});
        }
        path.pop_back();
    }
    if (const auto found = comments.below.find(node.start_byte()); found != comments.below.end()) {
        Comments::Lines tail = found->second;
        std::erase(tail, std::string_view());
        lines(tail, indent);
    }
}

/// The first comments, up to a blank line, are about the whole and stay on top.
void Formatter::Work::header(const Node& part, std::size_t indent) {
    const Node first = part.is_map() ? part.key(0) : part.item(0);
    const auto found = comments.above.find(first.start_byte());
    if (found == comments.above.end()) {
        return;
    }
    Comments::Lines& all = found->second;
    const auto blank = std::find(all.rbegin(), all.rend(), std::string_view()).base();
    Comments::Lines top(all.begin(), blank);
    all.erase(all.begin(), blank);
    top.erase(top.begin(), std::find_if(top.begin(), top.end(),
                                        [](std::string_view line) { return !line.empty(); }));
    lines(top, indent);
}

Formatter::Formatter(const Document& document, std::string line_break)
    : work_(std::make_unique<Work>(document)) {
    if (!line_break.empty()) {
        work_->line_break = std::move(line_break);
    }
}
Formatter::~Formatter() = default;

bool Formatter::write(std::string& out, const Node& part, std::size_t indent,
                      const KeyOrder& order) {
    Work& work = *work_;
    work.out = &out;
    if (part.is_scalar() && scalar_type(part) == ScalarType::null && part.text().empty() &&
        written_properties(part).empty()) {
        return true;
    }
    const bool branch = is_branch(part) && written_properties(part).empty();
    if (branch) {
        work.header(part, indent);
    }
    const std::size_t begin = out.size();
    // Where an alias would come before what it names, the file's own order stays.
    const KeyOrder file_order = [](const Path&) { return std::size_t{0}; };
    for (const KeyOrder* each : {&order, &file_order}) {
        out.resize(begin);
        work.order = each;
        work.good = true;
        work.in_order = true;
        work.written_anchors.clear();
        if (branch) {
            work.entries(part, indent, false);
        } else {
            std::string text;
            work.out = &text;
            out.append(indent, ' ');
            work.value(part, indent + canonical_indent, {});
            work.out = &out;
            out.append(text, text.starts_with(' ') ? 1 : 0);
        }
        if (work.in_order) {
            break;
        }
    }
    return work.good && work.in_order;
}

namespace {

Error stays_as_it_is(const std::string& why) {
    return Error{ErrorCode::conflict,
                 "This file stays as it is: " + why + ".",
                 "Format this part by hand.",
                 {}};
}

void sort_keys(Model& model) {
    for (Model& child : model.children) {
        sort_keys(child);
    }
    if (model.shape != Shape::map) {
        return;
    }
    std::vector<std::size_t> order(model.children.size() / 2);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return model.children[2 * a].text < model.children[2 * b].text;
    });
    std::vector<Model> sorted;
    sorted.reserve(model.children.size());
    for (const std::size_t i : order) {
        sorted.push_back(std::move(model.children[2 * i]));
        sorted.push_back(std::move(model.children[2 * i + 1]));
    }
    model.children = std::move(sorted);
}

std::optional<std::string> formatted(const Document& document, const KeyOrder& order) {
    std::string out;
    Formatter formatter(document);
    return formatter.write(out, *document.root(), 0, order) ? std::optional(out) : std::nullopt;
}

/// The canonical form, if it is one: the same content and comments, and its own format.
std::optional<std::string> checked(const Document& document, const KeyOrder& order) {
    constexpr Limits after{std::size_t{1} << 31U, 1000, std::size_t{1} << 23U, true};
    auto text = formatted(document, order);
    if (!text) {
        return std::nullopt;
    }
    const auto again = Document::parse(*text, after);
    if (!again || !same_content(document, *again) || !same_comments(document, *again) ||
        formatted(*again, order) != text) {
        return std::nullopt;
    }
    return text;
}

} // namespace

Result<std::string> format(const Document& document, const KeyOrder& order) {
    const auto root = document.root();
    if (!root) {
        return document.text();
    }
    const std::string_view before = std::string_view(document.text()).substr(0, root->start_byte());
    if (before.starts_with('%') || before.find("\n%") != std::string_view::npos) {
        return fail(stays_as_it_is("it has YAML directives"));
    }
    if (document.has_more()) {
        return fail(stays_as_it_is("it holds a second document"));
    }
    if (auto text = checked(document, order)) {
        return std::move(*text);
    }
    return fail(
        stays_as_it_is("something in it has no canonical form, or a comment would lose its place"));
}

bool same_content(const Document& a, const Document& b) {
    auto one = model_of(a);
    auto two = model_of(b);
    if (one) {
        sort_keys(*one);
    }
    if (two) {
        sort_keys(*two);
    }
    return same(one, two);
}

} // namespace tau::yaml
