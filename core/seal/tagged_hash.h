#pragma once

#include "core/base/secret.h"

#include <initializer_list>
#include <sodium.h>
#include <span>
#include <string_view>

namespace tau::seal {

using HashState = crypto_generichash_blake2b_state;

/// Starts H (no key) or Hk of TVE1 3.1. `digest` is 16 to 64 bytes, the tag at most 16.
void start_hash(HashState& state, std::string_view tag, std::size_t digest, ByteView key = {});
inline void add_to_hash(HashState& state, ByteView part) {
    crypto_generichash_blake2b_update(&state, part.data(), part.size());
}
/// Gives the digest and wipes the state.
void finish_hash(HashState& state, std::span<std::uint8_t> digest);

/// All at once over the parts in order. The caller says where the state lives, because a state
/// that has read a secret belongs into locked memory.
void hash_parts(HashState& state, std::string_view tag, ByteView key,
                std::initializer_list<ByteView> parts, std::span<std::uint8_t> digest);

/// Hk(tag, digest, key, parts) for single use.
Secret keyed_hash(std::string_view tag, std::size_t digest, const Secret& key,
                  std::initializer_list<ByteView> parts);

} // namespace tau::seal
