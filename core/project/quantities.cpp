// Sizes and durations, as the cloud reads and writes them.
#include "core/base/text.h"
#include "core/project/scalars.h"

#include <array>
#include <cmath>
#include <limits>

namespace tau::project {

namespace {

constexpr double int64_limit = 9223372036854775808.0; // 2^63

/// One part of a composite quantity: a number, then letters up to the next number.
struct Part {
    double number = 0;
    std::string_view unit;
};

/// Takes a part off the text; false when there is no number at its beginning.
bool take_part(std::string_view& text, Part& part) {
    std::size_t at = 0;
    bool digits = false;
    double number = 0;
    for (; at < text.size() && is_digit(text[at]); ++at, digits = true) {
        number = number * 10 + (text[at] - '0');
    }
    if (number >= int64_limit) {
        return false;
    }
    if (at < text.size() && text[at] == '.') {
        double fraction = 0;
        double scale = 1;
        for (++at; at < text.size() && is_digit(text[at]); ++at, digits = true) {
            if (scale < 1e18) { // more digits than a double tells apart
                fraction = fraction * 10 + (text[at] - '0');
                scale *= 10;
            }
        }
        number += fraction / scale;
    }
    if (!digits) {
        return false;
    }
    const std::size_t unit = at;
    while (at < text.size() && text[at] != '.' && !is_digit(text[at])) {
        ++at;
    }
    part = {number, text.substr(unit, at - unit)};
    text.remove_prefix(at);
    return true;
}

constexpr std::string_view prefixes = "KMGTPE";

/// Bytes of one unit; 0 when there is no such unit among those of 1024 or 1000.
double unit_bytes(std::string_view unit, bool binary) {
    if (unit == "B") {
        return 1;
    }
    const std::string_view suffix = binary ? "iB" : "B";
    if (unit.size() != suffix.size() + 1 || !unit.ends_with(suffix)) {
        return 0;
    }
    const char letter = !binary && unit[0] == 'k' ? 'K' : unit[0];
    const std::size_t power = prefixes.find(letter);
    return power == std::string_view::npos
               ? 0
               : std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power + 1));
}

struct Size {
    std::int64_t bytes = 0;
    std::string problem; ///< in the words of the units library
};

Size read_size(std::string_view text, bool binary) {
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) {
        rest.remove_prefix(1);
    }
    if (rest == "0") {
        return {};
    }
    const std::string invalid = "units: invalid " + std::string(text);
    if (rest.empty()) {
        return {0, invalid};
    }
    double sum = 0;
    while (!rest.empty()) {
        Part part;
        if (!take_part(rest, part)) {
            return {0, invalid};
        }
        const double unit = unit_bytes(part.unit, binary);
        if (unit == 0) {
            return {0,
                    "units: unknown unit " + std::string(part.unit) + " in " + std::string(text)};
        }
        sum += part.number * unit;
    }
    if (sum >= int64_limit) {
        return {0, "units: overflow parsing unit"};
    }
    return {static_cast<std::int64_t>(negative ? -sum : sum), {}};
}

Size read_size(std::string_view text) {
    Size size = read_size(text, true);
    return size.problem.empty() ? size : read_size(text, false);
}

struct Unit {
    std::string_view name;
    double nanoseconds;
};
constexpr std::array<Unit, 8> duration_units{{{"ns", 1},
                                              {"us", 1e3},
                                              {"\xc2\xb5s", 1e3}, // the micro sign
                                              {"\xce\xbcs", 1e3}, // the Greek letter
                                              {"ms", 1e6},
                                              {"s", 1e9},
                                              {"m", 60e9},
                                              {"h", 3600e9}}};

struct Duration {
    std::chrono::nanoseconds value{0};
    std::string problem; ///< in Go's words
};

Duration read_duration(std::string_view text) {
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) {
        rest.remove_prefix(1);
    }
    if (rest == "0") {
        return {};
    }
    const std::string quoted = go_quoted(text);
    if (rest.empty()) {
        return {{}, "time: invalid duration " + quoted};
    }
    double sum = 0;
    while (!rest.empty()) {
        Part part;
        if (!take_part(rest, part)) {
            return {{}, "time: invalid duration " + quoted};
        }
        if (part.unit.empty()) {
            return {{}, "time: missing unit in duration " + quoted};
        }
        double unit = 0;
        for (const Unit& each : duration_units) {
            unit = each.name == part.unit ? each.nanoseconds : unit;
        }
        if (unit == 0) {
            return {{}, "time: unknown unit " + go_quoted(part.unit) + " in duration " + quoted};
        }
        sum += part.number * unit;
    }
    if (sum >= int64_limit) {
        return {{}, "time: invalid duration " + quoted};
    }
    return {std::chrono::nanoseconds(std::llround(negative ? -sum : sum)), {}};
}

} // namespace

std::optional<std::int64_t> parse_bytes(std::string_view text) {
    const Size size = read_size(text);
    return size.problem.empty() ? std::optional(size.bytes) : std::nullopt;
}

std::optional<std::string> bytes_problem(std::string_view text) {
    const Size size = read_size(text);
    if (size.problem.empty()) {
        return std::nullopt;
    }
    return "invalid size " + go_quoted(text) + ": " + size.problem;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const Duration duration = read_duration(text);
    return duration.problem.empty() ? std::optional(duration.value) : std::nullopt;
}

std::optional<std::string> duration_problem(std::string_view text) {
    const Duration duration = read_duration(text);
    if (duration.problem.empty()) {
        return std::nullopt;
    }
    return "invalid duration " + go_quoted(text) + ": " + duration.problem;
}

} // namespace tau::project
