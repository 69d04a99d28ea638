#include "core/project/identifiers.h"

#include <sodium.h>

namespace tau::project {

std::string id_of(ByteView bytes) {
    // A multihash: 0x12 is SHA2-256, 0x20 its 32 bytes.
    std::array<std::uint8_t, 34> id{0x12, 0x20};
    crypto_hash_sha256(id.data() + 2, bytes.data(), bytes.size());
    return to_base58(id);
}

std::string new_resource_id(std::string_view project_id, std::string_view name, Entropy& entropy,
                            std::int64_t unix_seconds) {
    std::array<std::uint8_t, 32> random{};
    entropy.fill(random);
    ByteWriter seed;
    seed.u64(project_id.size()).text(project_id).u64(name.size()).text(name);
    seed.raw(random).u64(static_cast<std::uint64_t>(unix_seconds));
    return id_of(seed.bytes());
}

} // namespace tau::project
