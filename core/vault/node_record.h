// core/vault: what a console and a vault node both speak, and how a node is chosen.
// node_record.h   a node's signed description of itself
// network.h       a network as one small file: its git host and its nodes
// node_source.h   all nodes that the file leads to, as one table
// seer.h          the nodes of a Taubyte cloud
// directory/      a signed list of a million nodes: see directory/head.h
// ranking/        the order of the nodes, and why: see ranking/node_table.h
// registration.h  the messages of the registration protocol, and its receipt
// claim.h         the owner's signed claim on a repository
// client.h        a vault node's HTTP interface, seen from the console
#pragma once

#include "core/keys/owner_key.h"
#include "core/seal/seal.h"

#include <cstdint>
#include <string>

namespace tau::vault {

using keys::Signature;

/// A self-signed node record (registration protocol, "Node record"). Integers little-endian.
struct NodeRecord {
    seal::Point sign_key{}; ///< the node's identity
    seal::Point seal_key{}; ///< TVE1's V
    Hash32 tls_spki{};      ///< zero: a public CA
    std::uint64_t seq = 0;
    std::uint32_t not_before = 0;     ///< unix seconds
    std::uint32_t expires = 0;        ///< at most 7 days after not_before
    std::int16_t latitude = 0;        ///< 1/100 degree
    std::int16_t longitude = 0;       ///< 1/100 degree
    std::uint16_t region = 0;         ///< see region_name
    std::uint16_t slots_per_hour = 0; ///< registrations it says it can take
    std::uint16_t flags = 0;
    std::string name;       ///< 1..64 bytes, UTF-8 without control characters
    std::string endpoint;   ///< http(s)://host[:port], at most 200 bytes
    Signature possession{}; ///< by the seal key, TVE1 3.3
    Signature signature{};  ///< by the sign key, over all of the above

    std::string node_id() const; ///< base58 of BLAKE2b-256(sign_key)
    bool operator==(const NodeRecord&) const = default;
};

inline constexpr std::uint64_t tombstone_seq = ~std::uint64_t{0};

/// Signs H(tag, 64, data) with a node's key (libsodium's 64 bytes).
Result<Signature> sign_with_node_key(const Secret& secret_key, std::string_view tag, ByteView data);

/// Fills possession and signature. Both secret keys are libsodium's 64 bytes.
Result<void> sign_record(NodeRecord& record, const Secret& sign_secret_key,
                         const Secret& seal_secret_key);
Bytes encode(const NodeRecord& record);
/// Strict about shape; refuses a bad signature of either kind, an invalid seal key, an endpoint
/// that is not http(s) (plain http: loopback only), a life over 7 days, and `untrusted` when
/// expired or not yet valid at `now` (5 minutes of tolerance).
Result<NodeRecord> decode_record(ByteView bytes, std::int64_t now);

/// "eu-west" … ; "unknown" for numbers of the future.
std::string_view region_name(std::uint16_t region);
Result<std::uint16_t> region_from_name(std::string_view name);

} // namespace tau::vault
