#include "app/vaultd/request_check.h"

#include <algorithm>

namespace tau::vaultd {

std::optional<Refusal> check_raw_header(std::string_view header) {
    const std::string_view first_line = header.substr(0, header.find('\n'));
    const bool printable = std::all_of(first_line.begin(), first_line.end(), [](char c) {
        return (c >= ' ' && c < '\x7f') || c == '\r';
    });
    if (!printable) {
        return Refusal{400, "bad_target", "The request's first line must be plain ASCII."};
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (header[i] == '\0') {
            return Refusal{400, "bad_header", "A header must not hold a NUL byte."};
        }
        if (header[i] != '\n') {
            continue;
        }
        if (i == 0 || header[i - 1] != '\r') {
            return Refusal{400, "bad_header", "Lines must end with CR and LF."};
        }
        if (i + 1 < header.size() && (header[i + 1] == ' ' || header[i + 1] == '\t')) {
            return Refusal{400, "bad_header", "Folded header lines are not taken."};
        }
    }
    return std::nullopt;
}

} // namespace tau::vaultd
