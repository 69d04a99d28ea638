#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tau {

/// ASCII, whatever the locale.
constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Well-formed UTF-8 without NUL (RFC 3629: no surrogates, nothing over-long).
bool is_utf8(std::string_view text);

/// Whether text holds control characters (C0 but for tab and line feed, DEL, C1).
bool has_control_characters(std::string_view text);

/// The compiler's rule for names: ^[a-zA-Z_][a-zA-Z0-9_]*$.
bool is_identifier(std::string_view text);

/// One e-mail address, as Go's mail.ParseAddress takes it without a display name:
/// local@domain, no spaces, at most 254 bytes.
bool is_email(std::string_view text);

/// Repository names that all five git hosts take: lower-case letters, digits, '_', '-' and '.',
/// at most 62 bytes, not ending in .git, .wiki or .atom.
bool is_repository_name(std::string_view text);

/// A branch name as `git check-ref-format --branch` takes it, at most 200 bytes.
bool is_branch_name(std::string_view text);

/// "SHA256:x1c…9Qe": keeps `head` and `tail` characters and puts an ellipsis between them.
std::string shorten_middle(std::string_view text, std::size_t head, std::size_t tail);

/// For text of the other side that goes into an Error or a log: valid UTF-8, no control
/// characters, at most `limit` bytes.
std::string bounded_text(std::string_view text, std::size_t limit = 500);

/// The same for the name of a file, so that it can be told from others: what is left out there is
/// written as "\\x0a" here, and nothing is cut off.
std::string escaped_name(std::string_view name);

std::string to_lower_ascii(std::string_view text);
std::string_view trim(std::string_view text);

/// Seconds since 1970 as "2026-11-22T10:05:00Z".
std::string to_iso8601(std::int64_t unix_seconds);

} // namespace tau
