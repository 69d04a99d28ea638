#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tau::git {

struct Url {
    std::string scheme;     ///< "ssh" or "https"
    std::string user;       ///< "git" when none is given and the scheme is ssh
    std::string host;       ///< lower case
    std::uint16_t port = 0; ///< 0: the scheme's own
    std::string path;       ///< "/owner/name.git"
    std::string to_string() const;
};

/// ssh and https only; takes scp form (git@host:path) too. Refuses passwords in the address,
/// control characters, quotes, '%', "..", a leading '-', and over 1024 bytes.
Result<Url> parse_url(std::string_view text);

/// "ssh://git@host[:port]/path.git", the form that contexts and registrations carry (TVE1 3.4).
Result<std::string> canonical_ssh_url(std::string_view text);

} // namespace tau::git
