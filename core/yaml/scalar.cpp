#include "core/yaml/scalar.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>

namespace tau::yaml {

namespace {

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::size_t digits(std::string_view text, std::size_t from) {
    std::size_t at = from;
    while (at < text.size() && is_digit(text[at])) {
        ++at;
    }
    return at - from;
}

/// Go's ParseInt with base 0, or ParseUint, once '_' are out: 64 bits, base by prefix.
bool is_integer(std::string_view text) {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    unsigned base = 10;
    if (text.size() > 1 && text[0] == '0') {
        const char mark = static_cast<char>(text[1] | 0x20);
        base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
        text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
    const std::uint64_t most = minus ? 1ULL << 63U : ~0ULL;
    std::uint64_t value = 0;
    for (const char c : text) {
        const char lower = static_cast<char>(c | 0x20);
        const unsigned digit = is_digit(c) ? static_cast<unsigned>(c - '0')
                               : lower >= 'a' && lower <= 'f'
                                   ? static_cast<unsigned>(lower - 'a') + 10
                                   : 16;
        if (digit >= base || value > (most - digit) / base) {
            return false;
        }
        value = value * base + digit;
    }
    return !text.empty();
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_decimal(std::string_view text) {
    std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const std::size_t whole = digits(text, at);
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = digits(text, at + 1);
        at += 1 + fraction;
        if (whole + fraction == 0) {
            return false;
        }
    } else if (whole == 0) {
        return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1U : 0U;
        const std::size_t exponent = digits(text, at);
        if (exponent == 0) {
            return false;
        }
        at += exponent;
    }
    return at == text.size();
}

/// 2026-1-2, or that with a time behind 'T', 't' or a space.
bool is_time(std::string_view text) {
    if (digits(text, 0) != 4 || text.size() < 8 || text[4] != '-') {
        return false;
    }
    const std::size_t month = digits(text, 5);
    const std::size_t day_at = 6 + month;
    if (month < 1 || month > 2 || text.size() < day_at || text[day_at - 1] != '-') {
        return false;
    }
    const std::size_t day = digits(text, day_at);
    const std::string_view rest = text.substr(std::min(day_at + day, text.size()));
    if (day < 1 || day > 2) {
        return false;
    }
    return rest.empty() || (std::string_view("Tt ").find(rest[0]) != std::string_view::npos &&
                            rest.size() > 1 && is_digit(rest[1]));
}

} // namespace

ScalarType plain_type(std::string_view text) {
    static constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
    static constexpr std::array<std::string_view, 6> booleans{"true",  "True",  "TRUE",
                                                              "false", "False", "FALSE"};
    static constexpr std::array<std::string_view, 12> numbers{".nan",  ".NaN",  ".NAN",  ".inf",
                                                              ".Inf",  ".INF",  "+.inf", "+.Inf",
                                                              "+.INF", "-.inf", "-.Inf", "-.INF"};
    if (is_one_of(text, nulls)) {
        return ScalarType::null;
    }
    if (is_one_of(text, booleans)) {
        return ScalarType::boolean;
    }
    if (is_one_of(text, numbers)) {
        return ScalarType::number;
    }
    if (text == "<<") {
        return ScalarType::merge;
    }
    if (!is_digit(text[0]) && text[0] != '-' && text[0] != '+' && text[0] != '.') {
        return ScalarType::text;
    }
    if (is_time(text)) {
        return ScalarType::time;
    }
    std::string bare(text);
    std::erase(bare, '_');
    if (is_integer(bare)) {
        return ScalarType::integer;
    }
    return is_decimal(bare) ? ScalarType::number : ScalarType::text;
}

ScalarType scalar_type(const Node& node) {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    if (!node.is_scalar()) {
        return ScalarType::text;
    }
    const std::string_view tag = node.tag();
    if (tag.empty()) {
        return node.style() == Style::plain ? plain_type(node.text()) : ScalarType::text;
    }
    if (!tag.starts_with(core)) {
        return ScalarType::text;
    }
    const std::string_view name = tag.substr(core.size());
    return name == "null"        ? ScalarType::null
           : name == "bool"      ? ScalarType::boolean
           : name == "int"       ? ScalarType::integer
           : name == "float"     ? ScalarType::number
           : name == "timestamp" ? ScalarType::time
           : name == "merge"     ? ScalarType::merge
                                 : ScalarType::text;
}

} // namespace tau::yaml
