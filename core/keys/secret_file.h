#pragma once

#include "core/ports.h"

#include <filesystem>
#include <memory>

namespace tau::keys {

/// Cost of turning the passphrase into a key (libsodium's Argon2id limits).
enum class KeyStretching { interactive, moderate };

/// SecretStore as one encrypted file (0600): Argon2id, then XChaCha20-Poly1305 over all entries.
/// The file is replaced atomically under a lock, so several processes may share it.
/// Opening makes the file if there is none; a wrong passphrase is `unauthenticated`.
Result<std::unique_ptr<SecretStore>> open_secret_file(const std::filesystem::path& path,
                                                      const Secret& passphrase, KeyStretching cost,
                                                      Entropy& entropy);

/// Whether a file with this content is one; says nothing about the passphrase.
bool is_secret_file(const Secret& content);

} // namespace tau::keys
