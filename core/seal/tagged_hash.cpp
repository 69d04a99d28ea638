#include "core/seal/tagged_hash.h"

#include "core/seal/locked.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tau::seal {

void start_hash(HashState& state, std::string_view tag, std::size_t digest, ByteView key) {
    std::array<std::uint8_t, crypto_generichash_blake2b_PERSONALBYTES> personal{};
    if (tag.size() > personal.size()) {
        throw std::length_error("hash tag longer than 16 bytes");
    }
    std::copy(tag.begin(), tag.end(), personal.begin());
    if (crypto_generichash_blake2b_init_salt_personal(&state, key.data(), key.size(), digest,
                                                      nullptr, personal.data()) != 0) {
        throw std::length_error("hash or key size out of range");
    }
}

void finish_hash(HashState& state, std::span<std::uint8_t> digest) {
    crypto_generichash_blake2b_final(&state, digest.data(), digest.size());
    sodium_memzero(&state, sizeof state);
}

void hash_parts(HashState& state, std::string_view tag, ByteView key,
                std::initializer_list<ByteView> parts, std::span<std::uint8_t> digest) {
    start_hash(state, tag, digest.size(), key);
    for (const ByteView part : parts) {
        add_to_hash(state, part);
    }
    finish_hash(state, digest);
}

Secret keyed_hash(std::string_view tag, std::size_t digest, const Secret& key,
                  std::initializer_list<ByteView> parts) {
    Locked<HashState> state;
    Secret out(digest);
    hash_parts(*state, tag, key.bytes(), parts, out.bytes());
    return out;
}

} // namespace tau::seal
