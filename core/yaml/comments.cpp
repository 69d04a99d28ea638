#include "core/yaml/comments.h"

#include "core/yaml/layout.h"

#include <algorithm>

namespace tau::yaml {

namespace {

struct Leaf {
    std::size_t start;
    std::size_t end;
};

/// An entry of a map or an item of a sequence.
struct Entry {
    std::size_t start;
    Node owner;
};

struct Found {
    std::size_t offset = 0;
    std::string_view text; ///< empty: a blank line
    bool own_line = true;
};

/// The parts of a document in the order of the text.
struct Parts {
    explicit Parts(const Document& document) {
        if (const auto root = document.root()) {
            visit(*root);
        }
    }

    void visit(const Node& node) {
        if (node.is_scalar() || node.shape() == Shape::alias) {
            leaves.push_back({node.start_byte(), node.end_byte()});
            return;
        }
        for (std::size_t i = 0; i < node.size(); ++i) {
            const Node head = node.is_map() ? node.key(i) : node.item(i);
            entries.push_back({head.start_byte(), node});
            visit(head);
            if (node.is_map()) {
                visit(node.value(i));
            }
        }
    }

    std::vector<Leaf> leaves;
    std::vector<Entry> entries;
};

/// Without a look back: all may stand in one line. A byte order mark is no part of it.
bool starts_line(std::string_view text, std::size_t at) {
    return at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r' ||
           (at == 3 && text.starts_with("\xef\xbb\xbf"));
}

/// Comments and blank lines of [from, to), which holds no part of a scalar.
void collect(std::string_view text, std::size_t from, std::size_t to, std::vector<Found>& found) {
    bool fresh = starts_line(text, from);
    bool blank_before = false;
    for (std::size_t at = from; at < to;) {
        const char c = text[at];
        const bool apart =
            fresh || std::string_view(" \t\r\n,[]{}").find(text[at - 1]) != std::string::npos;
        if (c == '#' && apart) {
            const std::size_t end = line_end(text, at);
            const std::size_t last = text.find_last_not_of(" \t", end - 1) + 1;
            found.push_back({at, text.substr(at, last - at), fresh});
            blank_before = false;
            fresh = false;
            at = end;
        } else if (c == '\n' || c == '\r') {
            if (fresh && !blank_before) {
                found.push_back({at, {}, true});
                blank_before = true;
            }
            at += text.substr(at).starts_with("\r\n") ? 2U : 1U;
            fresh = true;
        } else {
            if (c != ' ' && c != '\t') {
                blank_before = false;
                fresh = false;
            }
            ++at;
        }
    }
}

class Attribution {
public:
    explicit Attribution(const Document& document)
        : text_(document.text()), root_(document.root()), parts_(document) {}

    Comments run() {
        each_gap([&](const std::vector<Found>& found, const Leaf* before) {
            for (const Found& one : found) {
                give(one, before);
            }
        });
        return std::move(comments_);
    }

    template <typename Take>
    void each_gap(Take take) const {
        std::size_t from = line_start(text_, 0); // behind a byte order mark
        std::vector<Found> found;
        for (std::size_t i = 0; i <= parts_.leaves.size(); ++i) {
            const bool last = i == parts_.leaves.size();
            const std::size_t to = last ? text_.size() : std::max(from, parts_.leaves[i].start);
            found.clear();
            collect(text_, from, to, found);
            take(found, i == 0 ? nullptr : &parts_.leaves[i - 1]);
            from = last ? to : std::max(to, parts_.leaves[i].end);
        }
    }

private:
    void give(const Found& one, const Leaf* before) {
        const bool beside =
            before != nullptr && !one.own_line && line_end(text_, before->end) > one.offset;
        if (beside && comments_.behind.emplace(before->start, one.text).second) {
            return;
        }
        const auto next = std::upper_bound(
            parts_.entries.begin(), parts_.entries.end(), one.offset,
            [](std::size_t offset, const Entry& entry) { return offset < entry.start; });
        const bool belongs = !one.text.empty() && one.own_line;
        const std::optional<Node> owner = belongs ? owner_of(one.offset) : std::nullopt;
        if (next == parts_.entries.end()) {
            const std::optional<Node> last = owner ? owner : root_;
            comments_.below[last ? last->start_byte() : 0].push_back(one.text);
        } else if (owner && *owner != next->owner && column_of(*owner) > column_of(next->owner)) {
            comments_.below[owner->start_byte()].push_back(one.text);
        } else {
            comments_.above[next->start].push_back(one.text);
        }
    }

    /// The innermost block collection that a comment in this place and column can belong to.
    std::optional<Node> owner_of(std::size_t offset) const {
        const std::size_t column = offset - line_start(text_, offset);
        std::optional<Node> owner;
        for (std::optional<Node> at = root_; at && is_block(*at) && column_of(*at) <= column;) {
            owner = at;
            const std::size_t count = heads_before(*at, offset);
            at = count == 0
                     ? std::nullopt
                     : std::optional(at->is_map() ? at->value(count - 1) : at->item(count - 1));
        }
        return owner;
    }
    static bool is_block(const Node& node) {
        return node.size() > 0 && node.style() == Style::block;
    }
    /// How many entries begin before the offset.
    static std::size_t heads_before(const Node& node, std::size_t offset) {
        std::size_t low = 0;
        std::size_t high = node.size();
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            const Node head = node.is_map() ? node.key(middle) : node.item(middle);
            (head.start_byte() < offset ? low : high) =
                head.start_byte() < offset ? middle + 1 : middle;
        }
        return low;
    }

    std::string_view text_;
    std::optional<Node> root_;
    Parts parts_;
    Comments comments_;
};

void collect_headers(const Document& document, const Node& node,
                     std::vector<std::string_view>& texts) {
    if (const auto header = header_comment(document, node); !header.empty()) {
        texts.push_back(header);
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        if (node.is_map()) {
            collect_headers(document, node.key(i), texts);
        }
        collect_headers(document, node.is_map() ? node.value(i) : node.item(i), texts);
    }
}

} // namespace

Comments comments_of(const Document& document) {
    return Attribution(document).run();
}

std::vector<std::string_view> comment_texts(const Document& document) {
    std::vector<std::string_view> texts;
    Attribution(document).each_gap([&](const std::vector<Found>& found, const Leaf*) {
        for (const Found& one : found) {
            if (!one.text.empty()) {
                texts.push_back(one.text);
            }
        }
    });
    if (const auto root = document.root()) {
        collect_headers(document, *root, texts);
    }
    return texts;
}

bool same_comments(const Document& a, const Document& b) {
    auto one = comment_texts(a);
    auto two = comment_texts(b);
    std::sort(one.begin(), one.end());
    std::sort(two.begin(), two.end());
    return one == two;
}

std::string_view header_comment(const Document& document, const Node& node) {
    if (node.style() != Style::literal && node.style() != Style::folded) {
        return {};
    }
    const std::string_view text = document.text();
    const std::size_t end = line_end(text, node.start_byte());
    const std::size_t mark = text.find('#', node.start_byte());
    if (mark >= end) {
        return {};
    }
    return text.substr(mark, text.find_last_not_of(" \t", end - 1) + 1 - mark);
}

} // namespace tau::yaml
