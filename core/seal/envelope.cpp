#include "core/seal/envelope.h"

#include "core/base/declassify.h"
#include "core/keys/deploy_key.h"
#include "core/seal/tagged_hash.h"

namespace tau::seal {

namespace {

constexpr std::size_t seed_size = 32;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(envelope_size == nonce_size + seed_size + crypto_aead_xchacha20poly1305_ietf_ABYTES);

Secret envelope_key(const Secret& a, const EnvelopeBinding& binding) {
    return keyed_hash("TauVE1-envkey", crypto_aead_xchacha20poly1305_ietf_KEYBYTES, a,
                      {binding.point, binding.vault_key, binding.nonce});
}

Bytes associated_data(const EnvelopeBinding& binding) {
    return ByteWriter()
        .text("TauVE1-envelope")
        .raw(binding.point)
        .raw(binding.vault_key)
        .raw(binding.nonce)
        .take();
}

} // namespace

Bytes seal_seed(const Secret& seed, const Secret& a, const EnvelopeBinding& binding,
                Entropy& entropy) {
    Bytes envelope(envelope_size);
    entropy.fill(std::span(envelope).first(nonce_size));
    const Bytes ad = associated_data(binding);
    crypto_aead_xchacha20poly1305_ietf_encrypt(envelope.data() + nonce_size, nullptr, seed.data(),
                                               seed.size(), ad.data(), ad.size(), nullptr,
                                               envelope.data(), envelope_key(a, binding).data());
    declassify(envelope.data(), envelope.size()); // published beside the proof
    return envelope;
}

std::optional<Secret> open_seed(ByteView envelope, const Secret& a,
                                const EnvelopeBinding& binding) {
    if (envelope.size() != envelope_size) {
        return std::nullopt;
    }
    Secret seed(seed_size);
    const Bytes ad = associated_data(binding);
    // The outcome is told to whoever asks; so is that of the comparison below.
    if (declassified(crypto_aead_xchacha20poly1305_ietf_decrypt(
            seed.data(), nullptr, nullptr, envelope.data() + nonce_size,
            envelope.size() - nonce_size, ad.data(), ad.size(), envelope.data(),
            envelope_key(a, binding).data())) != 0) {
        return std::nullopt;
    }
    const Result<keys::DeployKey> key = keys::DeployKey::from_seed(seed);
    if (!key || !key->scalar().equals(a)) {
        return std::nullopt;
    }
    return seed;
}

Hash32 envelope_hash(ByteView envelope) {
    return envelope.empty() ? Hash32{} : tagged_hash32("TauVE1-envelope", envelope);
}

} // namespace tau::seal
