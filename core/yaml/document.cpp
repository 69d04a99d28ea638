#include "core/yaml/document.h"

#include "core/yaml/model.h"
#include "core/yaml/tree.h"

#include <charconv>
#include <cstring>
#include <span>

namespace tau::yaml {

std::string_view Tree::value(const Item& item) const {
    if (item.shape == Shape::map || item.shape == Shape::sequence) {
        return {};
    }
    if (!item.in_arena) {
        return std::string_view(text).substr(item.first, item.count);
    }
    std::uint32_t length = 0;
    std::memcpy(&length, rare->arena.data() + item.first, sizeof length);
    return std::string_view(rare->arena).substr(item.first + sizeof length, length);
}

void step(std::string_view text, std::size_t& offset, Position& position) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned lead = byte(offset);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    // The line breaks of YAML 1.1: LF, CR, CRLF, NEL, LS, PS.
    const bool breaks =
        lead == '\n' || lead == '\r' || (lead == 0xc2 && byte(offset + 1) == 0x85) ||
        (lead == 0xe2 && byte(offset + 1) == 0x80 && (byte(offset + 2) | 1U) == 0xa9);
    const bool mark = offset == 0 && text.starts_with("\xef\xbb\xbf");
    offset += lead == '\r' && byte(offset + 1) == '\n' ? 2 : length;
    if (breaks) {
        ++position.line;
        position.column = 1;
    } else if (!mark) {
        ++position.column;
    }
}

Position Tree::position(std::size_t offset) const {
    const std::span<const Milestone> milestones =
        rare == nullptr ? std::span<const Milestone>() : rare->milestones;
    const auto after = std::upper_bound(
        milestones.begin(), milestones.end(), offset,
        [](std::size_t wanted, const Milestone& stone) { return wanted < stone.offset; });
    const Milestone from = after == milestones.begin() ? Milestone{} : *(after - 1);
    Position position = from.position;
    for (std::size_t at = from.offset; at < offset && at < text.size();) {
        Position next = position;
        step(text, at, next);
        if (at > offset) {
            break; // between CR and LF, or inside a character
        }
        position = next;
    }
    return position;
}

Shape Node::shape() const {
    return tree_->items[index_].shape;
}

Style Node::style() const {
    return tree_->items[index_].style;
}

std::string_view Node::text() const {
    return tree_->value(tree_->items[index_]);
}

std::string_view Node::tag() const {
    const Properties* properties = tree_->properties_of(index_);
    return properties == nullptr ? std::string_view() : properties->tag;
}

std::string_view Node::anchor() const {
    const Properties* properties = tree_->properties_of(index_);
    return properties == nullptr ? std::string_view() : properties->anchor;
}

Position Node::position() const {
    return tree_->position(start_byte());
}

Position Node::end() const {
    return tree_->position(end_byte());
}

std::size_t Node::start_byte() const {
    return tree_->items[index_].start;
}

std::size_t Node::end_byte() const {
    return tree_->items[index_].end;
}

std::size_t Node::size() const {
    const Item& item = tree_->items[index_];
    switch (item.shape) {
    case Shape::sequence:
        return item.count;
    case Shape::map:
        return item.count / 2;
    default:
        return 0;
    }
}

Node Node::item(std::size_t index) const {
    return {tree_, tree_->child(tree_->items[index_], index)};
}

Node Node::key(std::size_t index) const {
    return {tree_, tree_->child(tree_->items[index_], 2 * index)};
}

Node Node::value(std::size_t index) const {
    return {tree_, tree_->child(tree_->items[index_], 2 * index + 1)};
}

std::optional<Node> Node::find(std::string_view key) const {
    if (is_map()) {
        for (std::size_t i = 0; i < size(); ++i) {
            const Node candidate = this->key(i);
            if (candidate.is_scalar() && candidate.text() == key) {
                return value(i);
            }
        }
    }
    return std::nullopt;
}

const std::string& Document::text() const {
    return tree_->text;
}

std::optional<Node> Document::root() const {
    if (tree_->root == no_node) {
        return std::nullopt;
    }
    return Node(tree_.get(), tree_->root);
}

std::size_t Document::size() const {
    return tree_->items.size();
}

std::span<const Oddity> Document::oddities() const {
    return tree_->rare == nullptr ? std::span<const Oddity>() : tree_->rare->oddities;
}

bool Document::has_more() const {
    return !oddities().empty() && !oddities().back().is_key;
}

Position Document::position(std::size_t offset) const {
    return tree_->position(offset);
}

bool is_utf16(std::string_view text) {
    return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

std::optional<Position> error_position(const Error& error) {
    Position position;
    const char* const end = error.detail.data() + error.detail.size();
    const auto line = std::from_chars(error.detail.data(), end, position.line);
    if (line.ec != std::errc() || line.ptr == end || *line.ptr != ':') {
        return std::nullopt;
    }
    const auto column = std::from_chars(line.ptr + 1, end, position.column);
    if (column.ec != std::errc() || column.ptr != end) {
        return std::nullopt;
    }
    return position;
}

std::optional<Node> find(const Document& document, const Path& path) {
    std::optional<Node> node = document.root();
    for (const std::string& part : path) {
        if (!node) {
            return std::nullopt;
        }
        if (node->is_map()) {
            node = node->find(part);
            continue;
        }
        const auto index = index_of(part);
        if (!node->is_sequence() || !index || *index >= node->size()) {
            return std::nullopt;
        }
        node = node->item(*index);
    }
    return node;
}

std::string text_at(const Document& document, std::string_view key) {
    const auto root = document.root();
    const auto node = root ? root->find(key) : std::nullopt;
    return node && node->is_scalar() ? std::string(node->text()) : std::string();
}

std::string to_string(const Path& path) {
    std::string text;
    for (const std::string& part : path) {
        text += (text.empty() ? "" : "/") + part;
    }
    return text;
}

} // namespace tau::yaml
