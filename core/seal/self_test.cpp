#include "core/seal/points.h"
#include "core/seal/proof_steps.h"

#include <algorithm>

namespace tau::seal {

namespace {

/// first, first + 1, … : the keys and random bytes of the known answer.
Secret counting_bytes(std::uint8_t first) {
    Secret out(32);
    for (std::uint8_t& byte : out.bytes()) {
        byte = first++;
    }
    return out;
}

/// One proof with fixed input covers every derivation; its hash is published with TVE1.
bool known_proof_comes_out() {
    constexpr std::string_view expected =
        "451c4bfc8aeb9d5ad274756073f880e0422486035f386f35ee1a3d35fe7f7d2c";
    constexpr std::string_view context_hex =
        "ae139fb7a27beb66450158127621c005e3098478463196b8c06267c6a63dc0d8";
    Secret vault_key(crypto_sign_SECRETKEYBYTES);
    Secret deploy_key(crypto_sign_SECRETKEYBYTES);
    Secret v(scalar_size);
    Secret x(64);
    Secret reduced(scalar_size);
    Point V;
    Point Y;
    crypto_sign_seed_keypair(V.data(), vault_key.data(), counting_bytes(0x40).data());
    crypto_sign_seed_keypair(Y.data(), deploy_key.data(), counting_bytes(0x00).data());
    crypto_sign_ed25519_sk_to_curve25519(v.data(), vault_key.data());
    crypto_sign_ed25519_sk_to_curve25519(x.data(), deploy_key.data());
    crypto_core_ed25519_scalar_reduce(reduced.data(), x.data());
    const auto context_bytes = from_hex(context_hex);
    Hash32 context;
    std::copy(context_bytes->begin(), context_bytes->end(), context.begin());

    const Result<Proof> proof = prove_with(reduced, Y, V, context, counting_bytes(0xe0));
    if (!proof) {
        return false;
    }
    Hash32 digest;
    crypto_hash_sha256(digest.data(), proof->data(), proof->size());
    const std::optional<Secret> opened = recover_unverified(suite1, v, Y, V, context, *proof);
    return to_hex(digest) == expected && opened && opened->equals(reduced);
}

} // namespace

Result<void> self_test() {
    if (sodium_init() < 0 || !sodium_rejects_torsion() || !known_proof_comes_out()) {
        return fail(ErrorCode::internal,
                    "The cryptography of this build does not give the published answers, so "
                    "nothing is sealed or opened with it.",
                    "Install the libsodium of your distribution with its security updates.");
    }
    return {};
}

} // namespace tau::seal
