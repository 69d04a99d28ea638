#pragma once

#include "core/yaml/document.h"

#include <functional>

namespace tau::yaml {

/// Where a key stands among its siblings: lower first, equal ones in the order of the text. The
/// path is from the document's root and ends in the key.
using KeyOrder = std::function<std::size_t(const Path& path)>;

/// The document in canonical form: keys in the given order, four spaces, block style, no quotes
/// where no reader needs them, each comment where it belongs, at most one blank line. The same
/// text for the same content; its own format is itself. The result is read again: `conflict` when
/// it would mean something else, or a comment would be lost.
Result<std::string> format(const Document& document, const KeyOrder& order);

/// Part of a document written so, without that check: as a document of its own, or with each line
/// `indent` spaces in. Paths for `order` begin at the part.
class Formatter {
public:
    /// `line_break` ends each line written; empty: as in the document.
    explicit Formatter(const Document& document, std::string line_break = {});
    Formatter(const Formatter&) = delete;
    Formatter& operator=(const Formatter&) = delete;
    ~Formatter();
    /// Whole lines. Nothing for a part that is null. False when it cannot be written in this form:
    /// it has a collection for a key.
    bool write(std::string& out, const Node& part, std::size_t indent, const KeyOrder& order);

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

/// Whether two documents say the same, keys of a map in any order.
bool same_content(const Document& a, const Document& b);

} // namespace tau::yaml
