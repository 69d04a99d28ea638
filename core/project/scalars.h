#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tau::project {

// Values of single fields, by the cloud's own rules. Each *_problem gives the sentence that the
// cloud's compiler gives, nullopt when it takes the value.

/// "512MB", "1GB500MB", "1.5GB", "1GiB" as bytes, as alecthomas/units reads it: a unit is needed,
/// case counts, units of 1024 (KiB) and of 1000 (KB) do not mix. nullopt for anything else.
std::optional<std::int64_t> parse_bytes(std::string_view text);
std::optional<std::string> bytes_problem(std::string_view text);

/// "20s", "1h15m", "1.5s", "250ms" as Go's time.ParseDuration takes it.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
std::optional<std::string> duration_problem(std::string_view text);

/// CIDs: 46 characters "Qm…" (base58 of 0x12 0x20 and a SHA-256), or version 1 in base16, base32
/// or base58, which nothing generates.
std::optional<std::string> cid_problem(std::string_view text);

/// ^[a-zA-Z_][a-zA-Z0-9_]*$
std::optional<std::string> variable_name_problem(std::string_view text);

/// Go's rule for DNS names: labels of up to 63 letters, digits, '-' and '_', 254 in all, a '-'
/// neither first nor last in the name nor beside a dot before it, not digits alone.
bool is_dns_name(std::string_view text);
std::optional<std::string> fqdn_problem(std::string_view text);

/// Go's mail.ParseAddress: "me@example.org", "Me <me@example.org>"; without groups, comments and
/// addresses by number, which are refused.
std::optional<std::string> email_problem(std::string_view text);

/// In any case.
std::optional<std::string> http_method_problem(std::string_view text);

/// "." or "libraries/<name>".
std::optional<std::string> source_problem(std::string_view text);

/// As Go's %q writes it, for the cloud's sentences.
std::string go_quoted(std::string_view text);

} // namespace tau::project
