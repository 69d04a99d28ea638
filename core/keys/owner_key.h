#pragma once

#include "core/keys/scalar_signer.h"
#include "core/ports.h"

#include <string>

namespace tau::keys {

/// The person's own Ed25519 key. Every signature is over H(tag, 64, data) with data explicit,
/// length-prefixed bytes.
class OwnerKey {
public:
    static OwnerKey generate(Entropy& entropy);
    static Result<OwnerKey> from_seed(const Secret& seed); ///< 32 bytes
    const seal::Point& public_key() const { return public_; }
    const Secret& seed() const { return seed_; }
    Signature sign(std::string_view tag, ByteView data) const;

private:
    OwnerKey(Secret seed, const seal::Point& public_key)
        : seed_(std::move(seed)), public_(public_key) {}
    Secret seed_;
    seal::Point public_;
};

bool verify_signature(const seal::Point& key, std::string_view tag, ByteView data,
                      const Signature& signature);

/// The owner key of this store (name "owner"), made on first use; programs that start at the same
/// moment get the same one.
Result<OwnerKey> load_or_create_owner_key(SecretStore& store, Entropy& entropy);

/// A text file for taking the key to another computer: Argon2id and XChaCha20-Poly1305 under a
/// passphrase of at least 8 bytes.
Result<std::string> export_owner_key(const OwnerKey& key, const Secret& passphrase,
                                     Entropy& entropy);
/// `unauthenticated` for a wrong passphrase, `corrupt` for a file that is not one of ours.
Result<OwnerKey> import_owner_key(std::string_view text, const Secret& passphrase);

} // namespace tau::keys
