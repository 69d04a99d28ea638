#include "core/keys/owner_key.h"

#include "core/base/declassify.h"

#include <algorithm>
#include <sodium.h>

namespace tau::keys {

namespace {

constexpr std::string_view store_name = "owner";

seal::Point public_key_of(const Secret& seed) {
    seal::Point public_key;
    Secret secret_key(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    declassify(public_key.data(), public_key.size());
    return public_key;
}

} // namespace

OwnerKey OwnerKey::generate(Entropy& entropy) {
    Secret seed(crypto_sign_SEEDBYTES);
    entropy.fill(seed.bytes());
    const seal::Point public_key = public_key_of(seed);
    return OwnerKey(std::move(seed), public_key);
}

Result<OwnerKey> OwnerKey::from_seed(const Secret& seed) {
    if (seed.size() != crypto_sign_SEEDBYTES) {
        return fail(ErrorCode::invalid_argument, "The seed of an owner key has 32 bytes.");
    }
    return OwnerKey(seed.clone(), public_key_of(seed));
}

Signature OwnerKey::sign(std::string_view tag, ByteView data) const {
    Secret secret_key(crypto_sign_SECRETKEYBYTES); // libsodium's form: seed || public key
    std::copy(public_.begin(), public_.end(),
              std::copy(seed_.data(), seed_.data() + seed_.size(), secret_key.data()));
    const Hash64 digest = tagged_hash64(tag, data);
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr, digest.data(), digest.size(),
                         secret_key.data());
    declassify(signature.data(), signature.size()); // published
    return signature;
}

bool verify_signature(const seal::Point& key, std::string_view tag, ByteView data,
                      const Signature& signature) {
    const Hash64 digest = tagged_hash64(tag, data);
    return crypto_sign_verify_detached(signature.data(), digest.data(), digest.size(),
                                       key.data()) == 0;
}

Result<OwnerKey> load_or_create_owner_key(SecretStore& store, Entropy& entropy) {
    const Result<Secret> kept = store.put_if_absent(store_name, OwnerKey::generate(entropy).seed());
    if (!kept) {
        return fail(kept.error());
    }
    Result<OwnerKey> key = OwnerKey::from_seed(*kept);
    return key ? std::move(key)
               : fail(ErrorCode::corrupt, "The owner key in the secret store is damaged.",
                      "Import it from the file you exported.");
}

} // namespace tau::keys
