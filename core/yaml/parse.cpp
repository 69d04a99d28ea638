#include "core/base/text.h"
#include "core/yaml/libyaml.h"
#include "core/yaml/tree.h"

#include <array>
#include <cstring>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tau::yaml {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t milestone_distance = 1024;

Error fault(Position position, const std::string& why) {
    return Error{ErrorCode::corrupt,
                 "Line " + std::to_string(position.line) + ", column " +
                     std::to_string(position.column) + ": " + why + ".",
                 "Correct this place of the file.",
                 std::to_string(position.line) + ":" + std::to_string(position.column)};
}

Error too_much(const std::string& what) {
    return Error{ErrorCode::limit_exceeded,
                 "The YAML text has more than " + what + ".",
                 "Check that it is the right file.",
                 {}};
}

Error too_much_at(Position position, const std::string& what) {
    Error error = fault(position, "the YAML text has more than " + what);
    error.code = ErrorCode::limit_exceeded;
    error.hint = "Check that it is the right file.";
    return error;
}

std::string_view view(const yaml_char_t* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

Style style_of(yaml_scalar_style_t style) {
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return Style::single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return Style::double_quoted;
    case YAML_LITERAL_SCALAR_STYLE:
        return Style::literal;
    case YAML_FOLDED_SCALAR_STYLE:
        return Style::folded;
    default:
        return Style::plain;
    }
}

/// Makes a tree of libyaml's events.
class Builder {
public:
    Builder(Tree& tree, const Limits& limits)
        : tree_(tree), limits_(limits),
          start_(tree.text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0),
          offsets_(tree.text, start_) {}

    Result<void> build();

private:
    struct Open {
        std::uint32_t node;
        std::size_t first; ///< of its children, in pending_
    };

    Error parser_error(const yaml_parser_t& parser);
    Item item_of(const yaml_event_t& event) {
        Item item;
        item.start = static_cast<std::uint32_t>(offsets_.of(event.start_mark));
        item.end = static_cast<std::uint32_t>(offsets_.of(event.end_mark));
        return item;
    }
    Result<void> take(const yaml_event_t& event);
    Result<void> add(const Item& item, std::string_view tag, std::string_view anchor);
    Result<void> add_scalar(const yaml_event_t& event);
    Result<void> add_alias(const yaml_event_t& event);
    Result<void> open(const yaml_event_t& event);
    Result<void> close(const yaml_event_t& event);
    Result<void> check_keys(std::span<const std::uint32_t> children);
    void put_value(Item& item, std::string_view value);
    std::uint32_t behind_properties(std::uint32_t start, std::uint32_t end) const;
    std::uint32_t block_scalar_end(std::uint32_t start, std::uint32_t end) const;
    void place_milestones();

    Tree& tree_;
    const Limits& limits_;
    std::size_t start_;
    ByteOffsets offsets_;
    std::vector<Open> open_;
    std::vector<std::uint32_t> pending_; ///< children of what is open, innermost last
    std::unordered_set<std::string> anchors_;
    std::size_t documents_ = 0;
};

Error Builder::parser_error(const yaml_parser_t& parser) {
    std::string why = parser.problem == nullptr ? "this is not YAML" : parser.problem;
    if (parser.context != nullptr) {
        why += std::string(" ") + parser.context;
    }
    const std::size_t at = parser.error == YAML_READER_ERROR ? start_ + parser.problem_offset
                                                             : offsets_.of(parser.problem_mark);
    return fault(tree_.position(at), bounded_text(why, 200));
}

/// Where a node with tag or anchor begins itself.
std::uint32_t Builder::behind_properties(std::uint32_t start, std::uint32_t end) const {
    const std::string_view text = tree_.text;
    std::size_t at = start;
    while (at < end) {
        const char c = text[at];
        if (c == '&' || c == '!') {
            at = std::min<std::size_t>(text.find_first_of(" \t\r\n", at), end);
        } else if (c == '#') {
            at = std::min<std::size_t>(text.find_first_of("\r\n", at), end);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            ++at;
        } else {
            break;
        }
    }
    return static_cast<std::uint32_t>(at);
}

/// libyaml ends a block scalar where the next thing begins, behind empty lines.
std::uint32_t Builder::block_scalar_end(std::uint32_t start, std::uint32_t end) const {
    const std::string_view text = std::string_view(tree_.text).substr(0, end);
    const std::string_view header = text.substr(start, text.find_first_of("#\r\n", start) - start);
    const bool keep = header.find('+') != std::string_view::npos;
    std::size_t at = end;
    while (at > start && (text[at - 1] == '\n' || text[at - 1] == '\r')) {
        at -= text[at - 1] == '\n' && at > start + 1 && text[at - 2] == '\r' ? 2U : 1U;
        if (keep) {
            break;
        }
    }
    return static_cast<std::uint32_t>(at);
}

void Builder::put_value(Item& item, std::string_view value) {
    const bool quoted = item.style == Style::single_quoted || item.style == Style::double_quoted;
    const std::uint32_t from = item.start + (quoted ? 1 : 0);
    const std::uint32_t to = std::max(from, item.end - (quoted ? 1 : 0));
    if (std::string_view(tree_.text).substr(from, to - from) == value &&
        value.size() < (1U << 24U)) {
        item.first = from;
        item.count = static_cast<std::uint32_t>(value.size()) & 0xffffffU;
        return;
    }
    const auto length = static_cast<std::uint32_t>(value.size());
    std::array<char, sizeof length> bytes{};
    std::memcpy(bytes.data(), &length, sizeof length);
    item.in_arena = true;
    std::string& arena = tree_.rarities().arena;
    item.first = static_cast<std::uint32_t>(arena.size());
    arena.append(bytes.data(), bytes.size()).append(value);
}

Result<void> Builder::add(const Item& item, std::string_view tag, std::string_view anchor) {
    if (tree_.items.size() >= limits_.nodes) {
        return fail(
            too_much_at(tree_.position(item.start), std::to_string(limits_.nodes) + " values"));
    }
    const auto index = static_cast<std::uint32_t>(tree_.items.size());
    tree_.items.push_back(item);
    if (open_.empty()) {
        tree_.root = index;
    } else {
        pending_.push_back(index);
    }
    if (!tag.empty() || !anchor.empty()) {
        tree_.rarities().properties.push_back({index, std::string(tag), std::string(anchor)});
        anchors_.emplace(anchor);
    }
    return {};
}

Result<void> Builder::add_scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    Item item = item_of(event);
    item.style = style_of(scalar.style);
    if (scalar.tag != nullptr || scalar.anchor != nullptr) {
        item.start = behind_properties(item.start, item.end);
    }
    if (item.style == Style::literal || item.style == Style::folded) {
        item.end = block_scalar_end(item.start, item.end);
    }
    put_value(item, {reinterpret_cast<const char*>(scalar.value), scalar.length});
    return add(item, view(scalar.tag), view(scalar.anchor));
}

Result<void> Builder::add_alias(const yaml_event_t& event) {
    Item item = item_of(event);
    item.shape = Shape::alias;
    item.first = item.start + 1;
    item.count = (item.end - item.first) & 0xffffffU;
    const std::string name(tree_.value(item));
    if (anchors_.count(name) == 0) {
        return fail(fault(tree_.position(item.start), "nothing before this place is called \"" +
                                                          bounded_text(name, 60) + "\""));
    }
    return add(item, {}, {});
}

Result<void> Builder::open(const yaml_event_t& event) {
    Item item = item_of(event);
    if (open_.size() >= limits_.depth) {
        return fail(
            too_much_at(tree_.position(item.start), std::to_string(limits_.depth) + " levels"));
    }
    std::string_view tag;
    std::string_view anchor;
    if (event.type == YAML_SEQUENCE_START_EVENT) {
        const auto& start = event.data.sequence_start;
        item.shape = Shape::sequence;
        item.style = start.style == YAML_FLOW_SEQUENCE_STYLE ? Style::flow : Style::block;
        tag = view(start.tag);
        anchor = view(start.anchor);
    } else {
        const auto& start = event.data.mapping_start;
        item.shape = Shape::map;
        item.style = start.style == YAML_FLOW_MAPPING_STYLE ? Style::flow : Style::block;
        tag = view(start.tag);
        anchor = view(start.anchor);
    }
    if (!tag.empty() || !anchor.empty()) {
        item.start = behind_properties(item.start, item.end);
    }
    if (auto added = add(item, tag, anchor); !added) {
        return added;
    }
    open_.push_back({static_cast<std::uint32_t>(tree_.items.size() - 1), pending_.size()});
    return {};
}

Result<void> Builder::close(const yaml_event_t& event) {
    const Open last = open_.back();
    open_.pop_back();
    Item& item = tree_.items[last.node];
    const std::span children(pending_.begin() + static_cast<std::ptrdiff_t>(last.first),
                             pending_.end());
    item.in_arena = tree_.items.size() - last.node - 1 != children.size();
    item.first = item.in_arena ? static_cast<std::uint32_t>(tree_.children.size()) : last.node + 1;
    item.count = static_cast<std::uint32_t>(children.size()) & 0xffffffU;
    item.end = item.style == Style::flow || children.empty()
                   ? static_cast<std::uint32_t>(offsets_.of(event.end_mark))
                   : std::max(item.start, tree_.items[children.back()].end);
    if (item.in_arena) {
        tree_.children.insert(tree_.children.end(), children.begin(), children.end());
    }
    Result<void> keys;
    if (item.shape == Shape::map) {
        keys = check_keys(children);
    }
    pending_.resize(last.first);
    return keys;
}

/// go-yaml compares keys by what they say, quoted or not, and takes none twice.
Result<void> Builder::check_keys(std::span<const std::uint32_t> children) {
    const auto twice = [&](const Item& first, const Item& second) -> Result<void> {
        const Position before = tree_.position(first.start);
        if (limits_.forgiving) {
            tree_.rarities().oddities.push_back({true, tree_.position(second.start), before,
                                                 bounded_text(tree_.value(second), 60)});
            return {};
        }
        return fail(fault(tree_.position(second.start),
                          "the key \"" + bounded_text(tree_.value(second), 60) +
                              "\" is here a second time (line " + std::to_string(before.line) +
                              ", column " + std::to_string(before.column) + " has it first)"));
    };
    const auto is_name = [](const Item& item) {
        return item.shape == Shape::scalar || item.shape == Shape::alias;
    };
    constexpr std::size_t few = 32;
    std::unordered_map<std::string_view, const Item*> seen;
    for (std::size_t i = 0; i < children.size(); i += 2) {
        const Item& key = tree_.items[children[i]];
        if (!is_name(key)) {
            continue;
        }
        const std::string_view text = tree_.value(key);
        if (children.size() > few) {
            const auto [found, added] = seen.emplace(text, &key);
            if (!added && found->second->shape == key.shape) {
                if (auto taken = twice(*found->second, key); !taken) {
                    return taken;
                }
            }
            continue;
        }
        for (std::size_t j = 0; j < i; j += 2) {
            const Item& other = tree_.items[children[j]];
            if (other.shape == key.shape && tree_.value(other) == text) {
                if (auto taken = twice(other, key); !taken) {
                    return taken;
                }
                break;
            }
        }
    }
    return {};
}

Result<void> Builder::take(const yaml_event_t& event) {
    switch (event.type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++documents_ > 1 && limits_.forgiving) {
            tree_.rarities().oddities.push_back(
                {false, tree_.position(offsets_.of(event.start_mark)), {}, {}});
            return {};
        }
        if (documents_ > 1) {
            return fail(fault(tree_.position(offsets_.of(event.start_mark)),
                              "a second document begins here, and a file may hold only one"));
        }
        return {};
    case YAML_SCALAR_EVENT:
        return add_scalar(event);
    case YAML_ALIAS_EVENT:
        return add_alias(event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open(event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close(event);
    default:
        return {};
    }
}

void Builder::place_milestones() {
    Milestone here;
    for (std::size_t at = 0; at < tree_.text.size();) {
        if (at >= here.offset + milestone_distance) {
            here.offset = static_cast<std::uint32_t>(at);
            tree_.rarities().milestones.push_back(here);
        }
        step(tree_.text, at, here.position);
    }
}

Result<void> Builder::build() {
    if (tree_.text.size() > milestone_distance) {
        place_milestones();
    }
    Parser parser;
    if (!parser.good()) {
        return fail(ErrorCode::internal, "There is not enough memory to read YAML.");
    }
    yaml_parser_set_encoding(parser.get(), YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser.get(),
                                 reinterpret_cast<const unsigned char*>(tree_.text.data()) + start_,
                                 tree_.text.size() - start_);
    for (bool more = true; more;) {
        Event event;
        if (yaml_parser_parse(parser.get(), event.get()) == 0) {
            return fail(parser_error(*parser.get()));
        }
        if (auto taken = take(*event.get()); !taken) {
            return taken;
        }
        more = event->type != YAML_STREAM_END_EVENT && documents_ < 2;
    }
    tree_.items.shrink_to_fit();
    tree_.children.shrink_to_fit();
    if (tree_.rare != nullptr) {
        tree_.rare->arena.shrink_to_fit();
        tree_.rare->properties.shrink_to_fit();
        tree_.rare->milestones.shrink_to_fit();
    }
    return {};
}

} // namespace

Result<Document> Document::parse(std::string text, const Limits& limits) {
    if (text.size() > limits.bytes) {
        return fail(too_much(std::to_string(limits.bytes >> 10U) + " KB"));
    }
    if (is_utf16(text)) {
        Error error = fault({}, "this is UTF-16 text, and a file must be UTF-8");
        error.hint = "Save it as UTF-8.";
        return fail(std::move(error));
    }
    auto tree = std::make_shared<Tree>();
    tree->text = std::move(text);
    tree->text.shrink_to_fit();
    if (auto built = Builder(*tree, limits).build(); !built) {
        return fail(built.error());
    }
    return Document(std::move(tree));
}

} // namespace tau::yaml
