#pragma once

#include "core/ports.h"

namespace tau::keys {

/// Argon2id's cost as it stands in front of a file: operations and memory.
struct StretchCost {
    std::uint32_t operations;
    std::uint32_t memory_kib;
};

inline constexpr std::size_t stretch_salt_size = 16;
using StretchSalt = std::array<std::uint8_t, stretch_salt_size>;

/// A 32-byte key from a passphrase. A cost read from a file may be hostile: more than 10
/// operations or 1 GiB is `corrupt`; `unavailable` when the memory cannot be had.
Result<Secret> stretch_passphrase(const Secret& passphrase, const StretchSalt& salt,
                                  StretchCost cost);

/// nonce 24 || XChaCha20-Poly1305(plain), bound to `ad`.
Bytes close_box(const Secret& key, ByteView plain, ByteView ad, Entropy& entropy);
/// nullopt when the key or any byte does not fit.
std::optional<Secret> open_box(const Secret& key, ByteView box, ByteView ad);

} // namespace tau::keys
