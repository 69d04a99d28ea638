#pragma once

#include <string_view>

namespace tau::vault {

/// What keeps this from being http(s)://host[:port], as the end of a sentence ("has a bad port");
/// nullptr when it is one. Plain http is for this computer only. Names in lower case, no user.
const char* endpoint_fault(std::string_view endpoint);

/// The same for an address with a path: at most 300 bytes, of plain segments, no query.
const char* address_fault(std::string_view address);

} // namespace tau::vault
