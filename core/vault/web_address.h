#pragma once

#include <string_view>

namespace tau::vault {

/// Whether this host is this computer: "localhost", or a number of 127.0.0.0/8 or ::1, in brackets
/// or not. Names are not looked up.
bool is_loopback(std::string_view host);

/// What keeps this from being http(s)://host[:port], as the end of a sentence ("has a bad port");
/// nullptr when it is one. Plain http is for this computer only. Names in lower case, no user.
const char* endpoint_fault(std::string_view endpoint);

/// The same for an address with a path: at most 300 bytes, of plain segments, no query.
const char* address_fault(std::string_view address);

/// The host of http(s)://host[:port], an IPv6 address without its brackets.
std::string_view host_of(std::string_view endpoint);

/// Who runs a node, as far as its address tells: the last two labels of its host's name
/// ("example.org"), or all of an IP address. Nothing that anybody signs names an operator, and
/// everybody who runs several nodes for real puts them under a domain of his own. It errs towards
/// "the same" ("co.uk"), and one operator with two domains is not seen.
std::string_view operator_of(std::string_view endpoint);

} // namespace tau::vault
