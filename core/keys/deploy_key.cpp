#include "core/keys/deploy_key.h"

#include "core/base/declassify.h"
#include "core/base/text.h"
#include "core/keys/bcrypt_pbkdf.h"
#include "core/keys/ssh_wire.h"

#include <algorithm>
#include <memory>
#include <openssl/evp.h>
#include <sodium.h>

namespace tau::keys {

namespace {

constexpr std::size_t seed_size = crypto_sign_SEEDBYTES;
constexpr std::size_t salt_size = 16;
constexpr std::size_t aes_key_size = 32;
constexpr std::size_t aes_block_size = 16;
constexpr std::size_t plain_block_size = 8;
constexpr std::size_t line_width = 70;
constexpr std::string_view first_line = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view last_line = "-----END OPENSSH PRIVATE KEY-----\n";

/// libsodium's secret key: seed || public key.
Secret sodium_secret_key(const Secret& seed, seal::Point& public_key) {
    Secret secret_key(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    declassify(public_key.data(), public_key.size());
    return secret_key;
}

/// Fills a Secret of known size from front to back.
class SecretWriter {
public:
    explicit SecretWriter(Secret& out) : rest_(out.bytes()) {}
    SecretWriter& raw(ByteView bytes) {
        std::copy(bytes.begin(), bytes.end(), rest_.begin());
        rest_ = rest_.subspan(bytes.size());
        return *this;
    }
    SecretWriter& string(ByteView bytes) { return raw(ssh_u32(bytes.size())).raw(bytes); }
    std::span<std::uint8_t> rest() { return rest_; }

private:
    std::span<std::uint8_t> rest_;
};

/// The private section: check words, key, comment, padding 1, 2, 3, … to a whole block.
Secret private_section(const Secret& seed, const seal::Point& public_key, std::string_view comment,
                       std::size_t block_size) {
    const Bytes blob = ssh_public_blob(public_key);
    const std::size_t content =
        4 + 4 + blob.size() + 4 + crypto_sign_SECRETKEYBYTES + 4 + comment.size();
    Secret out((content + block_size - 1) / block_size * block_size);
    std::array<std::uint8_t, 4> check;
    randombytes_buf(check.data(), check.size());
    SecretWriter writer(out);
    writer.raw(check).raw(check).raw(blob);
    writer.raw(ssh_u32(crypto_sign_SECRETKEYBYTES)).raw(seed.bytes()).raw(public_key);
    writer.string(as_bytes(comment));
    std::uint8_t pad = 0;
    for (std::uint8_t& byte : writer.rest()) {
        byte = ++pad;
    }
    return out;
}

/// aes256-ctr in place. `key_and_iv` is 48 bytes.
Result<void> encrypt_aes256_ctr(Secret& data, const Secret& key_and_iv) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int written = 0;
    if (!context ||
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, key_and_iv.data(),
                           key_and_iv.data() + aes_key_size) != 1 ||
        EVP_EncryptUpdate(context.get(), data.data(), &written, data.data(),
                          static_cast<int>(data.size())) != 1 ||
        static_cast<std::size_t>(written) != data.size()) {
        return fail(ErrorCode::internal, "This computer's OpenSSL cannot encrypt with AES-256.");
    }
    return {};
}

/// Base64 in lines between the two marker lines, with the final line end that ssh insists on.
Secret armour(const Secret& binary) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    Secret base64(sodium_base64_encoded_len(binary.size(), variant));
    sodium_bin2base64(reinterpret_cast<char*>(base64.data()), base64.size(), binary.data(),
                      binary.size(), variant);
    ByteView text = base64.bytes().first(base64.size() - 1); // without the final zero
    const std::size_t lines = (text.size() + line_width - 1) / line_width;
    Secret out(first_line.size() + text.size() + lines + last_line.size());
    SecretWriter writer(out);
    writer.raw(as_bytes(first_line));
    while (!text.empty()) {
        const ByteView line = text.first(std::min(line_width, text.size()));
        writer.raw(line).raw(as_bytes("\n"));
        text = text.subspan(line.size());
    }
    writer.raw(as_bytes(last_line));
    return out;
}

} // namespace

DeployKey DeployKey::generate(Entropy& entropy) {
    Secret seed(seed_size);
    entropy.fill(seed.bytes());
    seal::Point public_key;
    sodium_secret_key(seed, public_key);
    return DeployKey(std::move(seed), public_key);
}

Result<DeployKey> DeployKey::from_seed(const Secret& seed) {
    if (seed.size() != seed_size) {
        return fail(ErrorCode::invalid_argument, "The seed of a deploy key has 32 bytes.");
    }
    seal::Point public_key;
    sodium_secret_key(seed, public_key);
    return DeployKey(seed.clone(), public_key);
}

Secret DeployKey::scalar() const {
    seal::Point public_key;
    const Secret secret_key = sodium_secret_key(seed_, public_key);
    Secret wide(crypto_core_ed25519_NONREDUCEDSCALARBYTES);
    crypto_sign_ed25519_sk_to_curve25519(wide.data(), secret_key.data());
    Secret scalar(crypto_core_ed25519_SCALARBYTES);
    crypto_core_ed25519_scalar_reduce(scalar.data(), wide.data());
    return scalar;
}

Result<Secret> DeployKey::openssh_private_key(std::string_view comment, const Secret* passphrase,
                                              unsigned rounds) const {
    const std::string clean = bounded_text(comment);
    const bool encrypted = passphrase != nullptr;
    Secret section =
        private_section(seed_, public_, clean, encrypted ? aes_block_size : plain_block_size);
    Bytes options;
    if (encrypted) {
        std::array<std::uint8_t, salt_size> salt;
        randombytes_buf(salt.data(), salt.size());
        Secret key_and_iv(aes_key_size + aes_block_size);
        if (const auto derived = bcrypt_pbkdf(*passphrase, salt, rounds, key_and_iv); !derived) {
            return fail(derived.error());
        }
        if (const auto done = encrypt_aes256_ctr(section, key_and_iv); !done) {
            return fail(done.error());
        }
        append_ssh_string(options, salt);
        const auto cost = ssh_u32(rounds);
        options.insert(options.end(), cost.begin(), cost.end());
    }
    Bytes head;
    const auto add = [&head](std::string_view text) { append_ssh_string(head, as_bytes(text)); };
    constexpr std::string_view magic("openssh-key-v1\0", 15);
    head.assign(magic.begin(), magic.end());
    add(encrypted ? "aes256-ctr" : "none");
    add(encrypted ? "bcrypt" : "none");
    append_ssh_string(head, options);
    const auto key_count = ssh_u32(1);
    head.insert(head.end(), key_count.begin(), key_count.end());
    append_ssh_string(head, ssh_public_blob(public_));

    Secret binary(head.size() + 4 + section.size());
    SecretWriter(binary).raw(head).string(section.bytes());
    return armour(binary);
}

} // namespace tau::keys
