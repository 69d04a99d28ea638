#pragma once

#include "core/base/encoding.h"

namespace tau::keys {

/// OpenSSH's key derivation for encrypted private keys: PBKDF2's shape over a bcrypt that hashes
/// with SHA-512. Fills all of `out` (1 to 1024 bytes). The passphrase and the salt must not be
/// empty; `rounds` is 1 to 1000, each costing about 10 ms.
/// Source: T. Unangst, bcrypt_pbkdf(3) of OpenBSD; D. Provos and D. Mazieres, "A
/// Future-Adaptable Password Scheme", 1999.
Result<void> bcrypt_pbkdf(const Secret& passphrase, ByteView salt, unsigned rounds, Secret& out);

} // namespace tau::keys
