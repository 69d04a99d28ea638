#pragma once

#include "core/yaml/document.h"

namespace tau::yaml {

/// What can be put into a file.
struct Value {
    enum class Kind {
        text,  ///< reads as a text for everybody: quoted where it could be taken for something else
        plain, ///< a number, true, false: written as it is
        list,  ///< of texts
        map    ///< an empty one
    };
    static Value of_text(std::string text) { return {Kind::text, std::move(text), {}}; }
    static Value of_plain(std::string text) { return {Kind::plain, std::move(text), {}}; }
    static Value of_list(std::vector<std::string> items) {
        return {Kind::list, {}, std::move(items)};
    }
    static Value of_map() { return {Kind::map, {}, {}}; }

    Kind kind = Kind::text;
    std::string scalar;
    std::vector<std::string> items;
};

// Each gives the whole new text. Every byte outside of the edited value stays: comments, order,
// quoting, indentation, line ends, and whether the file ends with one. The result is read again and
// compared with what was asked; if it means anything else the answer is `conflict` and nothing is
// changed. So is an edit of what other places of the file refer to (&name and *name).

/// Replaces the value, or adds the key (and missing parents) at the end of its map. A scalar keeps
/// its quoting where that can hold the new one; new keys get the file's own indentation, or four
/// spaces. The index behind a sequence's last adds an item. In a list, an item that says the same
/// stays as it is written, with its comments, wherever it comes to stand. `invalid_argument` for a
/// text that is not UTF-8.
Result<std::string> set(const Document& document, const Path& path, const Value& value);

/// Takes the key with its value, or the item, and its comment on the same line. A map that becomes
/// empty goes too; a sequence becomes []. `not_found` when there is no such path.
Result<std::string> remove(const Document& document, const Path& path);

/// `already_exists` when the map has the new key.
Result<std::string> rename_key(const Document& document, const Path& path, const std::string& key);

} // namespace tau::yaml
