#pragma once

#include <optional>
#include <string_view>

namespace tau::vaultd {

struct Refusal {
    int status = 400;
    std::string_view reason;
    std::string_view sentence;
};

/// What the HTTP parser lets pass but this server does not, seen in the bytes of a header (up to
/// and with the empty line): folded lines, bare line feeds, NUL, anything but printable ASCII in
/// the first line.
std::optional<Refusal> check_raw_header(std::string_view header);

} // namespace tau::vaultd
