#include "core/keys/sealed_box.h"

#include "core/base/declassify.h"

#include <sodium.h>

namespace tau::keys {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::uint32_t max_operations = 10;
constexpr std::uint32_t max_memory_kib = 1U << 20U;
static_assert(stretch_salt_size == crypto_pwhash_argon2id_SALTBYTES);

} // namespace

Result<Secret> stretch_passphrase(const Secret& passphrase, const StretchSalt& salt,
                                  StretchCost cost) {
    const std::size_t memory = std::size_t{cost.memory_kib} * 1024;
    if (cost.operations < crypto_pwhash_argon2id_OPSLIMIT_MIN || cost.operations > max_operations ||
        cost.memory_kib > max_memory_kib || memory < crypto_pwhash_argon2id_MEMLIMIT_MIN) {
        return fail(ErrorCode::corrupt, "The file asks for an impossible amount of work.",
                    "Check that it is the right file.");
    }
    Secret key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    if (crypto_pwhash_argon2id(key.data(), key.size(),
                               reinterpret_cast<const char*>(passphrase.data()), passphrase.size(),
                               salt.data(), cost.operations, memory,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        return fail(ErrorCode::unavailable,
                    "There is not enough free memory to turn the passphrase into a key.",
                    "Close other programs and try again; " + std::to_string(memory >> 20U) +
                        " MiB are needed.");
    }
    return key;
}

Bytes close_box(const Secret& key, ByteView plain, ByteView ad, Entropy& entropy) {
    Bytes box(nonce_size + plain.size() + tag_size);
    entropy.fill(std::span(box).first(nonce_size));
    crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + nonce_size, nullptr, plain.data(),
                                               plain.size(), ad.data(), ad.size(), nullptr,
                                               box.data(), key.data());
    declassify(box.data(), box.size()); // as good as published: it is written to a file
    return box;
}

std::optional<Secret> open_box(const Secret& key, ByteView box, ByteView ad) {
    if (box.size() < nonce_size + tag_size) {
        return std::nullopt;
    }
    Secret plain(box.size() - nonce_size - tag_size);
    std::uint8_t nothing = 0; // libsodium wants an address even for an empty message
    // Whether it opens is the answer.
    if (declassified(crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain.empty() ? &nothing : plain.data(), nullptr, nullptr, box.data() + nonce_size,
            box.size() - nonce_size, ad.data(), ad.size(), box.data(), key.data())) != 0) {
        return std::nullopt;
    }
    return plain;
}

} // namespace tau::keys
