#pragma once

#include "core/keys/owner_key.h"
#include "core/vault/network.h"

#include <array>
#include <map>
#include <span>

namespace tau::vault {

/// The part of the internet that an auditor reached a node in: who has one address there often has
/// many, so a console wants only one vault of each.
struct NetworkPrefix {
    std::uint8_t kind = 0;               ///< 0: not known, 4: IPv4 /24, 6: IPv6 /48
    std::array<std::uint8_t, 6> bytes{}; ///< the first 3 or 6 of the address, then zeros
    // The check takes the comparison's zero for a pointer.
    auto operator<=>(const NetworkPrefix&) const = default; // NOLINT(modernize-use-nullptr)
};
/// Summary::network: the first two bytes of SHA-256(kind | bytes), never 0 for a known one.
std::uint16_t network_hash(const NetworkPrefix& prefix);

/// What one auditor found out about one node.
struct Finding {
    Hash32 node{}; ///< hash of the node's id
    /// Audits passed and failed, in thousandths, decayed as in Storj's satellite: each audit
    /// multiplies both by 0.999 and then adds 1 to one of them. So they never exceed 1,000
    /// together.
    std::uint32_t passed = 0;
    std::uint32_t failed = 0;
    std::uint32_t slots = 0; ///< measured registrations an hour; 0: not measured
    std::uint32_t up = 0;    ///< probes of the last 30 days that the node answered …
    std::uint32_t down = 0;  ///< … and did not: what Sia's uptime is made of
    std::uint8_t flags = 0;  ///< NodeFlag bits 0..4
    NetworkPrefix prefix;
    bool operator==(const Finding&) const = default;
};

struct AuditReport {
    seal::Point auditor{};
    std::uint64_t made = 0;        ///< unix seconds
    std::vector<Finding> findings; ///< ids ascending
};

/// "TVA1" | auditor 32 | made u64 | number u32 | each: node 32, passed u32, failed u32, slots u32,
/// up u32, down u32, flags u8, prefix kind u8, prefix 6 | signature 64. Little-endian. The
/// signature is over H("tau-vault-aud-v1", 64, all before it).
Bytes report_file(const AuditReport& report, const keys::OwnerKey& auditor);
inline constexpr std::size_t max_report_file = 80U << 20U; ///< of a million nodes and more
/// `corrupt` for a wrong shape, `untrusted` when the signature is not that of the auditor it names.
Result<AuditReport> read_report_file(ByteView file);

/// The same by hand; for `tau-directory report`:
///   nodes:
///     - {node: <id in base58>, passed: 240, failed: 1.5, slots: 390, up: 719, down: 1,
///        network: 192.0.2.0/24, flags: [auditor, operator, hardware, capacity, place-refuted]}
/// All but `node` may be left out. Gives no auditor, time or signature.
Result<AuditReport> parse_findings(std::string_view yaml);

/// A report that counts, and its file.
struct HeardReport {
    AuditReport report;
    Bytes file;
};
struct Hearing {
    std::vector<HeardReport> heard; ///< by auditor's key
    std::vector<RefusedRecord> refused;
};
/// Of these files those that are by one of the auditors and of the last 7 days, the newest of each.
Hearing hear(std::span<const Bytes> files, std::span<const seal::Point> auditors, std::int64_t now);

/// What follows for one node. NaN: fewer than three auditors can say.
struct Verdict {
    float reputation = 0; ///< Wilson's lower bound
    float slots = 0;
    float uptime = 0;
    std::uint16_t network = 0;
    std::uint8_t flags = 0;
};

/// For each figure, of the auditors that have one: the low median, which of an even number is the
/// one that is worse for the node (Tor's rule for measured bandwidth); so no minority of auditors
/// can raise it. A flag or network prefix counts when more than half of three or more say so, a
/// refuted place when two do.
std::map<Hash32, Verdict> combine(std::span<const HeardReport> reports);

} // namespace tau::vault
