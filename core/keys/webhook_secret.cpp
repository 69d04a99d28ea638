#include "core/keys/webhook_secret.h"

#include "core/base/declassify.h"
#include "core/seal/locked.h"
#include "core/seal/points.h"
#include "core/seal/tagged_hash.h"

namespace tau::keys {

namespace {

constexpr std::string_view header_prefix = "sha256=";

constexpr std::string_view signature_prefix = "v1,";

Hash32 hmac_sha256(const Secret& secret, std::initializer_list<std::string_view> parts) {
    seal::Locked<crypto_auth_hmacsha256_state> state;
    Hash32 mac;
    crypto_auth_hmacsha256_init(&*state, secret.data(), secret.size());
    for (const std::string_view part : parts) {
        crypto_auth_hmacsha256_update(&*state, as_bytes(part).data(), part.size());
    }
    crypto_auth_hmacsha256_final(&*state, mac.data());
    return mac;
}

/// Whether it fits is the answer; how far it fits would help to guess it.
bool same_mac(const Hash32& mac, const Result<Bytes>& claimed) {
    return claimed && claimed->size() == mac.size() &&
           declassified(sodium_memcmp(claimed->data(), mac.data(), mac.size())) == 0;
}

} // namespace

WebhookSecret WebhookSecret::generate(Entropy& entropy) {
    Secret wide(crypto_core_ed25519_NONREDUCEDSCALARBYTES);
    Secret s(crypto_core_ed25519_SCALARBYTES);
    std::optional<seal::Point> commitment;
    while (!commitment) { // 512 bits reduced are uniform but for 2^-259, and zero as rarely
        entropy.fill(wide.bytes());
        crypto_core_ed25519_scalar_reduce(s.data(), wide.data());
        commitment = seal::base_times(s.bytes());
    }
    declassify(commitment->data(), commitment->size()); // published
    return WebhookSecret(std::move(s), *commitment);
}

Result<WebhookSecret> WebhookSecret::from_scalar(const Secret& s) {
    if (!seal::is_canonical_scalar(s.bytes())) {
        return fail(ErrorCode::invalid_argument, "The webhook's scalar is not a canonical one.");
    }
    const std::optional<seal::Point> commitment = seal::base_times(s.bytes());
    if (!commitment) {
        return fail(ErrorCode::invalid_argument, "The webhook's scalar has no commitment.");
    }
    declassify(commitment->data(), commitment->size());
    return WebhookSecret(s.clone(), *commitment);
}

Secret WebhookSecret::text(const Hash32& nonce) const {
    const Secret raw = seal::keyed_hash("TauVE1-hooksec", 32, scalar_, {commitment_, nonce});
    Secret hex_and_zero(2 * raw.size() + 1);
    sodium_bin2hex(reinterpret_cast<char*>(hex_and_zero.data()), hex_and_zero.size(), raw.data(),
                   raw.size());
    return Secret::copy_of(ByteView(hex_and_zero.data(), 2 * raw.size()));
}

std::string sign_webhook(const Secret& secret, std::string_view body) {
    const Hash32 mac = hmac_sha256(secret, {body});
    declassify(mac.data(), mac.size()); // sent beside the body
    return std::string(header_prefix) + to_hex(mac);
}

bool verify_webhook(const Secret& secret, std::string_view body, std::string_view header) {
    if (!header.starts_with(header_prefix)) {
        return false;
    }
    return same_mac(hmac_sha256(secret, {body}), from_hex(header.substr(header_prefix.size())));
}

Secret webhook_signing_key(const Secret& text) {
    Secret key(32);
    std::size_t size = 0;
    const bool is_hex = text.size() == 2 * key.size() &&
                        sodium_hex2bin(key.data(), key.size(), text.view().data(), text.size(),
                                       nullptr, &size, nullptr) == 0 &&
                        size == key.size();
    return is_hex ? std::move(key) : Secret();
}

std::string sign_webhook_with_ids(const Secret& key, std::string_view id, std::string_view time,
                                  std::string_view body) {
    const Hash32 mac = hmac_sha256(key, {id, ".", time, ".", body});
    declassify(mac.data(), mac.size()); // sent beside the body
    return std::string(signature_prefix) + to_base64(mac);
}

bool verify_webhook_with_ids(const Secret& key, std::string_view id, std::string_view time,
                             std::string_view body, std::string_view signature) {
    return !key.empty() && signature.starts_with(signature_prefix) &&
           same_mac(hmac_sha256(key, {id, ".", time, ".", body}),
                    from_base64(signature.substr(signature_prefix.size())));
}

} // namespace tau::keys
