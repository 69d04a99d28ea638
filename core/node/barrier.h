#pragma once

#include "core/ports.h"

#include <filesystem>
#include <functional>

namespace tau::node {

inline constexpr std::size_t barrier_key_size = 32;

/// What stands between a node and whoever holds its database: keys made of one that is kept
/// elsewhere. They authenticate every row and encrypt those that are secret.
class Barrier {
public:
    /// `key`: barrier_key_size random bytes.
    explicit Barrier(const Secret& key);
    Hash32 mac(ByteView bytes) const;
    /// XChaCha20-Poly1305 with a nonce of its own, bound to the place where it stands.
    Bytes close(ByteView plain, ByteView place) const;
    /// nullopt when the key, the place or any byte does not fit.
    std::optional<Bytes> open(ByteView box, ByteView place) const;
    /// Says which key it is and nothing about it.
    Hash32 name() const;

private:
    Secret mac_key_;
    Secret box_key_;
};

/// Asks the operator; called only when the file is protected by one.
using AskPassphrase = std::function<Result<Secret>()>;

/// The key in this file, which its user alone can read: 32 bytes as they are, or the file that
/// make_barrier_key() made with a passphrase. With an empty path it is systemd's credential
/// "barrier.key" ($CREDENTIALS_DIRECTORY); `invalid_argument` when there is none either.
Result<Secret> read_barrier_key(const std::filesystem::path& file, const AskPassphrase& ask);

/// Writes a new key, encrypted under the passphrase (Argon2id) when there is one. `already_exists`
/// rather than to replace one.
Result<void> make_barrier_key(const std::filesystem::path& file, const Secret* passphrase,
                              Entropy& entropy);

} // namespace tau::node
