// core/yaml: YAML text with the place of everything in it, for people's own files: what a program
// does not understand must survive it.
// document.h  one document as a tree over its text: values, styles, positions.
// scalar.h    what type a plain scalar has, as the cloud's parser takes it.
// edit.h      one value changed, and not a byte elsewhere; format.h all of a file in canonical
// form. The events come from libyaml, which the cloud's own parser descends from.
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tau::yaml {

/// A place in a text, counted from 1; columns in characters, as editors and the cloud count them.
/// A byte order mark has no width.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    bool operator==(const Position&) const = default;
};

enum class Shape : std::uint8_t { scalar, sequence, map, alias };
/// The first five are a scalar's (an alias is plain), the others a collection's.
enum class Style : std::uint8_t {
    plain,
    single_quoted,
    double_quoted,
    literal,
    folded,
    block,
    flow
};

struct Limits {
    std::size_t bytes = 1U << 20U; ///< at most 4 GB
    std::size_t depth = 64;
    std::size_t nodes = 200'000; ///< at most 16 million
    /// Takes what go-yaml takes into a node though it reads only part of it; see Oddity.
    bool forgiving = false;
};

/// What go-yaml passes over: a key that a map has already, and all from a second document on.
struct Oddity {
    bool is_key = false;
    Position position;
    Position first;  ///< of a key: where it stands first
    std::string key; ///< bounded, for messages
};

struct Tree;

/// A part of a document: cheap to copy, valid while any copy of its document lives. Each call is
/// O(1) but for find, which looks at a map's keys in order.
class Node {
public:
    Shape shape() const;
    Style style() const;
    bool is_scalar() const { return shape() == Shape::scalar; }
    bool is_map() const { return shape() == Shape::map; }
    bool is_sequence() const { return shape() == Shape::sequence; }

    /// A scalar's value, unescaped; the name of an alias; empty for a collection.
    std::string_view text() const;
    /// As libyaml resolves it ("tag:yaml.org,2002:str", "!local"); empty when none is written.
    std::string_view tag() const;
    /// The name it can be referred to by; empty when it has none.
    std::string_view anchor() const;

    /// Where the node itself begins: behind tag and anchor, at the quote or the bracket.
    Position position() const;
    Position end() const;
    /// The same as bytes of Document::text(): [start_byte, end_byte). The end of a block scalar is
    /// before its last line break; that of a block collection is the end of its last part.
    std::size_t start_byte() const;
    std::size_t end_byte() const;

    /// Items of a sequence or entries of a map; 0 for the others.
    std::size_t size() const;
    Node item(std::size_t index) const;  ///< of a sequence; index < size()
    Node key(std::size_t index) const;   ///< of a map; index < size()
    Node value(std::size_t index) const; ///< of a map; index < size()
    /// The value under a scalar key of a map. nullopt too when this is no map.
    std::optional<Node> find(std::string_view key) const;

    /// Whether both are the same node of the same document.
    bool operator==(const Node&) const = default;

private:
    friend class Document;
    Node(const Tree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
    const Tree* tree_;
    std::uint32_t index_;
};

/// One YAML document, which never changes; copies share it.
class Document {
public:
    /// Takes UTF-8 (a byte order mark is allowed). `limit_exceeded` beyond the limits; `corrupt`
    /// when it is not YAML, is UTF-16, or has what an Oddity is: the message begins
    /// with "Line 3, column 7: ", and error_position() gives it as numbers. Aliases are not
    /// expanded, merge keys are keys like others. O(n).
    static Result<Document> parse(std::string text, const Limits& limits = {});

    const std::string& text() const;
    /// nullopt when the text holds nothing but white space and comments.
    std::optional<Node> root() const;
    /// None unless the limits were forgiving.
    std::span<const Oddity> oddities() const;
    /// Whether one of them is a second document.
    bool has_more() const;
    /// How many nodes there are; each key is one.
    std::size_t size() const;
    /// The place of a byte of the text (offset <= text().size()). O(1), within a thousand bytes.
    Position position(std::size_t offset) const;

private:
    explicit Document(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
    std::shared_ptr<const Tree> tree_;
};

/// Whether a text begins with the mark of UTF-16, which go-yaml reads and Document does not.
bool is_utf16(std::string_view text);

/// Where Document::parse failed; nullopt for errors that have no place.
std::optional<Position> error_position(const Error& error);

/// Keys from the root; an item of a sequence by its index ("0").
using Path = std::vector<std::string>;
std::optional<Node> find(const Document& document, const Path& path);
/// The scalar under a key of the root; empty when there is none.
std::string text_at(const Document& document, std::string_view key);
/// "trigger/paths/0", for messages.
std::string to_string(const Path& path);

} // namespace tau::yaml
