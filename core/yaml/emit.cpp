#include "core/yaml/emit.h"

#include "core/base/text.h"
#include "core/yaml/scalar.h"

#include <algorithm>
#include <array>

namespace tau::yaml {

namespace {

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

/// The code point at the start of well-formed UTF-8 that is not ASCII.
char32_t code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
    char32_t value = byte(0) & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        value = value << 6U | (byte(i) & 0x3fU);
    }
    return value;
}

std::size_t width(char32_t code) {
    return code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/// What YAML lets stand in a text as itself and what is visible there: no C1, no-break space, line
/// and paragraph separator, byte order mark, non-character.
bool is_visible(char32_t code) {
    return code > 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff &&
           (code & 0xfffeU) != 0xfffe;
}

bool all_visible(std::string_view text, std::string_view allowed_controls) {
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (is_ascii(c)) {
            if ((c < 0x20 && allowed_controls.find(c) == std::string_view::npos) || c == 0x7f) {
                return false;
            }
            ++at;
            continue;
        }
        const char32_t code = code_point(text.substr(at));
        if (!is_visible(code)) {
            return false;
        }
        at += width(code);
    }
    return true;
}

/// What YAML 1.1 takes for a boolean and YAML 1.2 does not, and numbers with colons.
bool is_doubtful(std::string_view text) {
    constexpr std::array words{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    const std::string lower = to_lower_ascii(text);
    return std::any_of(words.begin(), words.end(), [&](const char* w) { return lower == w; }) ||
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || std::string_view("-+.:,_").find(c) != std::string_view::npos;
           });
}

std::string escaped(char32_t code) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const std::size_t length = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8;
    std::string text(length == 2 ? "\\x" : length == 4 ? "\\u" : "\\U");
    for (std::size_t i = length; i-- > 0;) {
        text += digits[(code >> (4 * i)) & 0xfU];
    }
    return text;
}

} // namespace

bool is_safe_plain(std::string_view text, Context context) {
    if (text.empty() || text.back() == ' ' || text.back() == ':' || !all_visible(text, "")) {
        return false;
    }
    const char first = text.front();
    if (!is_letter(first) && !is_digit(first) && is_ascii(first) &&
        std::string_view("/._").find(first) == std::string_view::npos) {
        return false;
    }
    if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos ||
        text.starts_with("...")) {
        return false;
    }
    if (context == Context::flow && text.find_first_of(",[]{}:?#\"'") != std::string_view::npos) {
        return false;
    }
    return text == "." || (!is_doubtful(text) && plain_type(text) == ScalarType::text);
}

std::string double_quoted(std::string_view text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (!is_ascii(c)) {
            const char32_t code = code_point(text.substr(at));
            out += is_visible(code) ? std::string(text.substr(at, width(code))) : escaped(code);
            at += width(code);
            continue;
        }
        ++at;
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c < 0x20 || c == 0x7f) {
            out += escaped(static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::optional<std::string> single_quoted(std::string_view text) {
    if (!all_visible(text, "\t")) {
        return std::nullopt;
    }
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') {
            out += c;
        }
    }
    return out + "'";
}

std::optional<std::string> literal(std::string_view text, std::size_t indent,
                                   std::string_view line_break) {
    const bool ends = text.ends_with('\n');
    const std::string_view body = text.substr(0, text.size() - (ends ? 1U : 0U));
    if (body.find('\n') == std::string_view::npos || body.ends_with('\n') ||
        std::string_view("\n \t").find(body.front()) != std::string_view::npos ||
        !all_visible(body, "\n\t")) {
        return std::nullopt;
    }
    std::string out = ends ? "|" : "|-";
    for (std::size_t at = 0; at <= body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        out += line_break;
        if (end > at) {
            out.append(indent, ' ').append(body.substr(at, end - at));
        }
        at = end + 1;
    }
    return out;
}

std::string scalar(std::string_view text, Context context) {
    return is_safe_plain(text, context) ? std::string(text) : double_quoted(text);
}

} // namespace tau::yaml
