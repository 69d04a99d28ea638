#include "core/node/challenge.h"

#include <sodium.h>

namespace tau::node {

namespace {

Hash32 mac(const Secret& key, ByteView nonce_and_expiry, const seal::Point& owner_key) {
    ByteWriter in;
    in.text("TauREG1-challenge").raw(nonce_and_expiry).raw(owner_key);
    Hash32 out{};
    crypto_generichash(out.data(), out.size(), in.bytes().data(), in.bytes().size(), key.data(),
                       key.size());
    return out;
}

} // namespace

Bytes make_challenge(const Secret& key, const seal::Point& owner_key, std::int64_t now,
                     Entropy& entropy) {
    std::array<std::uint8_t, 16> nonce{};
    entropy.fill(nonce);
    ByteWriter out;
    out.raw(nonce).u64(static_cast<std::uint64_t>(now + challenge_life));
    const Hash32 tag = mac(key, out.bytes(), owner_key);
    out.raw(tag);
    return out.take();
}

Result<Challenge> open_challenge(const Secret& key, const seal::Point& owner_key, ByteView bytes) {
    if (bytes.size() == challenge_size) {
        const ByteView covered = bytes.first(24);
        const Hash32 tag = mac(key, covered, owner_key);
        if (sodium_memcmp(tag.data(), bytes.data() + 24, tag.size()) == 0) {
            ByteReader in(covered);
            const ByteView nonce = in.raw(16);
            return Challenge{Bytes(nonce.begin(), nonce.end()),
                             static_cast<std::int64_t>(in.u64())};
        }
    }
    return fail(ErrorCode::unauthenticated,
                "The challenge is not one that this node gave to this owner.");
}

} // namespace tau::node
