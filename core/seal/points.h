#pragma once

#include "core/seal/seal.h"

#include <optional>

namespace tau::seal {

inline constexpr std::size_t scalar_size = 32;

/// The group order L of edwards25519, little-endian.
inline constexpr std::array<std::uint8_t, scalar_size> group_order = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/// The neutral point.
inline constexpr Point identity = {1};

/// Whether 32 bytes are a scalar below L and not zero, in constant time.
bool is_canonical_scalar(ByteView scalar);

/// scalar·B, nothing when it is the identity. The scalar is below 2^255 and not clamped.
std::optional<Point> base_times(ByteView scalar);

/// Whether scalar·B is this point, in constant time: what else it may be stays unknown.
bool gives_point(ByteView scalar, const Point& expected);

/// Whether this libsodium refuses B + (0, -1), which it does since CVE-2025-69277 was mended.
bool sodium_rejects_torsion();

} // namespace tau::seal
