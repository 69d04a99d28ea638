#include "core/keys/bcrypt_pbkdf.h"

#include "core/keys/blowfish.h"
#include "core/seal/locked.h"

#include <algorithm>
#include <sodium.h>

namespace tau::keys {

namespace {

constexpr std::size_t block_size = 32;
constexpr std::size_t max_output = 1024;
constexpr unsigned max_rounds = 1000;
constexpr int expensive_rounds = 64;
constexpr int encryptions = 64;

struct BcryptWork {
    Blowfish cipher;
    std::array<std::uint8_t, 64> password; ///< SHA-512 of the passphrase
    std::array<std::uint8_t, 64> salt;     ///< SHA-512 of what this round hashes
    std::array<std::uint32_t, block_size / 4> text;
    std::array<std::uint8_t, block_size> block;
    std::array<std::uint8_t, block_size> sum;
    crypto_hash_sha512_state hash;
};

/// work.block = bcrypt(work.password, work.salt).
void bcrypt_hash(BcryptWork& work) {
    constexpr std::string_view constant = "OxychromaticBlowfishSwatDynamite";
    static_assert(constant.size() == block_size);
    work.cipher = initial_blowfish();
    work.cipher.expand(work.password, work.salt);
    for (int i = 0; i < expensive_rounds; ++i) {
        work.cipher.expand(work.salt);
        work.cipher.expand(work.password);
    }
    std::size_t offset = 0;
    for (std::uint32_t& word : work.text) {
        word = next_word(as_bytes(constant), offset);
    }
    for (int i = 0; i < encryptions; ++i) {
        for (std::size_t j = 0; j < work.text.size(); j += 2) {
            work.cipher.encrypt(work.text[j], work.text[j + 1]);
        }
    }
    for (std::size_t i = 0; i < block_size; ++i) { // each word little-endian
        work.block[i] = static_cast<std::uint8_t>(work.text[i / 4] >> (8 * (i % 4)) & 0xffU);
    }
}

/// work.sum = block `number` of the output, before the bytes are spread.
void derive_block(BcryptWork& work, ByteView salt, std::uint32_t number, unsigned rounds) {
    const std::array<std::uint8_t, 4> counter = {
        static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16 & 0xffU),
        static_cast<std::uint8_t>(number >> 8 & 0xffU), static_cast<std::uint8_t>(number & 0xffU)};
    crypto_hash_sha512_init(&work.hash);
    crypto_hash_sha512_update(&work.hash, salt.data(), salt.size());
    crypto_hash_sha512_update(&work.hash, counter.data(), counter.size());
    crypto_hash_sha512_final(&work.hash, work.salt.data());
    bcrypt_hash(work);
    work.sum = work.block;
    for (unsigned round = 1; round < rounds; ++round) {
        crypto_hash_sha512(work.salt.data(), work.block.data(), work.block.size());
        bcrypt_hash(work);
        for (std::size_t i = 0; i < block_size; ++i) {
            work.sum[i] = static_cast<std::uint8_t>(work.sum[i] ^ work.block[i]);
        }
    }
}

} // namespace

Result<void> bcrypt_pbkdf(const Secret& passphrase, ByteView salt, unsigned rounds, Secret& out) {
    if (passphrase.empty() || salt.empty() || rounds < 1 || rounds > max_rounds || out.empty() ||
        out.size() > max_output) {
        return fail(ErrorCode::invalid_argument,
                    "A key needs a passphrase that is not empty, and 1 to 1000 rounds.");
    }
    seal::Locked<BcryptWork> work;
    crypto_hash_sha512(work->password.data(), passphrase.data(), passphrase.size());
    // The blocks are interleaved: byte i of block b is byte i·blocks + b of the output.
    const std::size_t blocks = (out.size() + block_size - 1) / block_size;
    for (std::size_t b = 0; b < blocks; ++b) {
        derive_block(*work, salt, static_cast<std::uint32_t>(b + 1), rounds);
        for (std::size_t i = 0; i * blocks + b < out.size(); ++i) {
            out.bytes()[i * blocks + b] = work->sum[i];
        }
    }
    return {};
}

} // namespace tau::keys
