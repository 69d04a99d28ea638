#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <ctime>

namespace tau {

namespace {

/// Length of the well-formed UTF-8 sequence at the start of text, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return lead == 0 ? 0 : 1;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) {
        return 0;
    }
    // The second byte carries the over-long, surrogate and range rules (RFC 3629 section 4).
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return 0;
        }
    }
    return length;
}

/// Whether the first eight bytes are ASCII and none of them is NUL.
bool starts_with_ascii_word(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = ones << 7U;
    std::uint64_t word = 0;
    if (text.size() < sizeof word) {
        return false;
    }
    std::memcpy(&word, text.data(), sizeof word);
    return (word & tops) == 0 && ((word - ones) & tops) == 0;
}

/// Code points U+0000–U+001F, U+007F–U+009F at the start of text.
bool starts_with_control(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    return first < 0x20 || first == 0x7f ||
           (first == 0xc2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xa0);
}

bool is_domain(std::string_view text) {
    std::size_t label = 0;
    char previous = '.';
    for (const char c : text) {
        if (c == '.') {
            if (label == 0 || previous == '-') {
                return false;
            }
            label = 0;
        } else if ((!is_letter(c) && !is_digit(c) && c != '-') || (label == 0 && c == '-') ||
                   ++label > 63) {
            return false;
        }
        previous = c;
    }
    return label > 0 && previous != '-';
}

} // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        // Nearly all that is sent here is ASCII, and some of it long.
        const std::size_t length = starts_with_ascii_word(text) ? 8 : sequence_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

bool has_control_characters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\t' && text[i] != '\n' && starts_with_control(text.substr(i))) {
            return true;
        }
    }
    return false;
}

bool is_identifier(std::string_view text) {
    return !text.empty() && !is_digit(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_email(std::string_view text) {
    constexpr std::string_view atom_marks = "!#$%&'*+-/=?^_`{|}~.";
    const std::size_t at = text.rfind('@');
    if (text.size() > 254 || at == std::string_view::npos || at == 0 || at > 64) {
        return false;
    }
    const std::string_view local = text.substr(0, at);
    return local.front() != '.' && local.back() != '.' &&
           local.find("..") == std::string_view::npos &&
           std::all_of(local.begin(), local.end(),
                       [&](char c) {
                           return is_letter(c) || is_digit(c) ||
                                  atom_marks.find(c) != std::string_view::npos;
                       }) &&
           is_domain(text.substr(at + 1));
}

bool is_repository_name(std::string_view text) {
    if (text.empty() || text.size() > 62 || text.front() == '.' || text.front() == '-' ||
        text.back() == '.' || text.back() == '-') {
        return false;
    }
    for (const std::string_view suffix : {".git", ".wiki", ".atom", ".rss"}) {
        if (text.ends_with(suffix)) {
            return false;
        }
    }
    return text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '-' || c == '.';
           });
}

bool is_branch_name(std::string_view text) {
    constexpr std::string_view forbidden = " ~^:?*[\\\x7f";
    if (text.empty() || text.size() > 200 || text.front() == '-' || text.front() == '/' ||
        text.back() == '/' || text.back() == '.' || text == "@" || text == "HEAD" ||
        !is_utf8(text)) {
        return false;
    }
    for (const std::string_view bad : {"..", "//", "@{", "/."}) {
        if (text.find(bad) != std::string_view::npos) {
            return false;
        }
    }
    if (text.front() == '.' || text.ends_with(".lock") ||
        text.find(".lock/") != std::string_view::npos) {
        return false;
    }
    return std::none_of(text.begin(), text.end(), [&](char c) {
        return static_cast<unsigned char>(c) < 0x20 || forbidden.find(c) != std::string_view::npos;
    });
}

std::string shorten_middle(std::string_view text, std::size_t head, std::size_t tail) {
    if (text.size() <= head + tail + 1) {
        return std::string(text);
    }
    return std::string(text.substr(0, head)) + "…" + std::string(text.substr(text.size() - tail));
}

std::string bounded_text(std::string_view text, std::size_t limit) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        const bool keep = length > 0 && !starts_with_control(text);
        const std::string_view piece = keep ? text.substr(0, length) : std::string_view(" ");
        if (out.size() + piece.size() > limit) {
            break;
        }
        out += piece;
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return std::string(trim(out));
}

std::string escaped_name(std::string_view name) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    while (!name.empty()) {
        const std::size_t length = sequence_length(name);
        const bool keep = length > 0 && !starts_with_control(name);
        for (const char c : name.substr(0, std::max<std::size_t>(length, 1))) {
            const auto byte = static_cast<unsigned char>(c);
            if (keep) {
                out += c;
            } else {
                out.append("\\x").append({digits[byte >> 4U], digits[byte & 15U]});
            }
        }
        name.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string to_iso8601(std::int64_t unix_seconds) {
    const auto time = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> buffer{};
    const std::size_t size =
        std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {buffer.data(), size};
}

} // namespace tau
