#pragma once

#include "core/base/encoding.h"
#include "core/vault/ranking/node_table.h"

#include <cstdint>
#include <optional>

namespace tau::vault {

inline constexpr std::size_t summary_size = 16;
inline constexpr std::size_t summary_key_size = 6;

/// What a directory says of one node. On the wire, little-endian:
///   key 6 | network 2 | latitude 2 | longitude 2 | reputation 1 | slots 1 | age 1 | flags 1
/// A byte of 0 is "unknown"; the scales are
///   reputation  1 - 10^(-3 (q-1)/254): a step is 2.8 % of what is missing to 1
///   slots       10^(4.8 (q-1)/254) registrations an hour
///   age         2^((q-1)/20) days since first seen
/// The key is the number that Summary::key is, so its last byte comes first.
struct Summary {
    std::uint64_t key = 0; ///< first 6 bytes of the node id's hash, big-endian
    /// 16 bits of a hash of the /24 or /48 that auditors reached; 0: unknown.
    std::uint16_t network = 0;
    std::int16_t latitude = 0; ///< 1/100 degree
    std::int16_t longitude = 0;
    std::uint8_t reputation = 0;
    std::uint8_t slots = 0;
    std::uint8_t age = 0;
    std::uint8_t flags = 0; ///< NodeFlag bits 0..4; uptime in bits 5..7 (0 unknown, else 7 steps)
    bool operator==(const Summary&) const = default;
};

void append(Bytes& out, const Summary& summary);
/// Exactly 16 bytes; every bit pattern is a summary but coordinates out of range: `corrupt`.
Result<Summary> decode_summary(ByteView bytes);

void write_key(ByteWriter& out, std::uint64_t key); ///< 6 bytes, the lowest first
std::uint64_t read_key(ByteReader& in);

/// Nearest step of each scale; NaN is 0.
std::uint8_t quantise_reputation(float lower_bound);
std::uint8_t quantise_slots(float slots_per_hour);
std::uint8_t quantise_age(float days);
/// 3 bits: 0 unknown, 1: below 0.90, then from 0.90, 0.95, 0.98, 0.99, 0.995, 7: from 0.999.
std::uint8_t quantise_uptime(float share);
/// NaN for 0. A step of uptime stands for its lowest share, the first one for 0.80.
float reputation_of(std::uint8_t q);
float slots_of(std::uint8_t q);
float age_of(std::uint8_t q);
float uptime_of(std::uint8_t q);

/// Summary::key of a node with this id hash (BLAKE2b-256 of its sign key).
std::uint64_t summary_key(const Hash32& node_id);
std::uint64_t summary_key(const NodeRecord& record);

} // namespace tau::vault
