#pragma once

#include "core/base/encoding.h"

namespace tau::keys {

/// Blowfish with bcrypt's key schedule (B. Schneier 1993; Provos and Mazieres 1999), only for
/// bcrypt_pbkdf. A plain struct, so that its owner can keep it in locked memory.
struct Blowfish {
    std::array<std::uint32_t, 18> p;
    std::array<std::array<std::uint32_t, 256>, 4> s;

    void encrypt(std::uint32_t& left, std::uint32_t& right) const;
    /// Mixes the key, and the salt when there is one, into the tables.
    void expand(ByteView key, ByteView salt = {});
};

/// The tables before any key: the first 33,344 bits of pi's fraction.
const Blowfish& initial_blowfish();

/// The next four bytes, big-endian, going round at the end; moves `offset` on.
std::uint32_t next_word(ByteView bytes, std::size_t& offset);

} // namespace tau::keys
