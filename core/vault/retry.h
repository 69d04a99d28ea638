#pragma once

#include "core/ports.h"

#include <optional>

namespace tau::vault {

/// How long an answer's Retry-After asks to wait: seconds, or an HTTP date (RFC 9110 5.6.7,
/// IMF-fixdate) held against the answer's own Date, so that neither clock must be right. nullopt
/// when there is none or it cannot be read. Never negative.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, std::int64_t now);

/// "Sun, 06 Nov 1994 08:49:37 GMT" as unix seconds.
std::optional<std::int64_t> parse_http_date(std::string_view text);

/// Waits, or returns early and false when `stop` is requested.
bool wait_for(std::chrono::milliseconds time, std::stop_token stop);

} // namespace tau::vault
