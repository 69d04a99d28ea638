#pragma once

#include "core/yaml/edit.h"
#include "core/yaml/emit.h"
#include "core/yaml/layout.h"

#include <span>

namespace tau::yaml {

// Each answers with the ways there are to write something, the one that fits best first.

/// A text or a plain value. `style` is what stands there now; `indent` is for the lines of a
/// literal block.
std::vector<std::string> scalar_texts(const Value& value, std::optional<Style> style,
                                      Context context, std::size_t indent, const Layout& layout);
/// Any value on one line: [a, b], {}.
std::vector<std::string> one_line(const Value& value, std::optional<Style> style, Context context);
/// What stands behind the colon of a key in the given column: " x", or the lines of a list.
std::vector<std::string> behind_colon(const Value& value, std::size_t column, const Layout& layout);
/// "a:⏎    b: value" for the keys a and b; the first in the given column, whose spaces are not
/// written. At least one key.
std::vector<std::string> entry_lines(std::span<const std::string> keys, const Value& value,
                                     std::size_t column, const Layout& layout);
/// "a: {b: value}"
std::vector<std::string> flow_entry(std::span<const std::string> keys, const Value& value,
                                    bool quoted_keys);

} // namespace tau::yaml
