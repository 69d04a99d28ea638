#pragma once

#include "core/base/result.h"
#include "core/git/url.h"

#include <chrono>
#include <stop_token>
#include <string>

namespace tau::node {

/// Whether a numeric address (IPv4 or IPv6) is of the public internet: not loopback, private,
/// link-local, carrier-grade, multicast, documentation, or one of those in IPv6's clothes.
bool is_public_address(const std::string& numeric);

/// The address to connect to instead of the name, so that the name cannot lead elsewhere a moment
/// later. `permission_denied` when any of its addresses is not public, unless `allow_local`;
/// `unavailable` when it has none. Asks the system's resolver, for at most `patience` (`timeout`),
/// or until `stop` (`cancelled`).
Result<std::string> resolve(const std::string& host, bool allow_local,
                            std::chrono::milliseconds patience, std::stop_token stop = {});

} // namespace tau::node
