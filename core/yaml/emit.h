#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tau::yaml {

enum class Context { block, flow };

/// Whether the text can stand without quotes and is the same text to every reader, of YAML 1.1 and
/// 1.2, in a value or a key: not `yes`, `1:30`, `0x1f`, `~`.
bool is_safe_plain(std::string_view text, Context context = Context::block);

/// In double quotes, on one line. The text is UTF-8; NUL is allowed.
std::string double_quoted(std::string_view text);

/// In single quotes, on one line; nullopt when it has characters that need an escape.
std::optional<std::string> single_quoted(std::string_view text);

/// `|` or `|-` and the lines below it, `indent` spaces each, without the last line break; nullopt
/// when a literal block cannot hold the text or it has no second line.
std::optional<std::string> literal(std::string_view text, std::size_t indent,
                                   std::string_view line_break = "\n");

/// Plain where that is safe, in double quotes otherwise.
std::string scalar(std::string_view text, Context context = Context::block);

} // namespace tau::yaml
