#include "core/keys/scalar_signer.h"

#include "core/base/declassify.h"
#include "core/keys/deploy_key.h"
#include "core/keys/ssh_wire.h"
#include "core/seal/locked.h"
#include "core/seal/points.h"
#include "core/seal/tagged_hash.h"

#include <algorithm>

namespace tau::keys {

namespace {

struct SigningWork {
    crypto_hash_sha512_state hash;
    seal::HashState tagged;
    std::array<std::uint8_t, 64> prefix; ///< the first half is used
    std::array<std::uint8_t, 32> fresh;  ///< Z
    std::array<std::uint8_t, 64> wide;
    std::array<std::uint8_t, 32> r;
    std::array<std::uint8_t, 32> k;
    std::array<std::uint8_t, 32> product;
};

/// `out` = SHA-512(parts) mod L.
void hash_to_scalar(SigningWork& work, std::initializer_list<ByteView> parts,
                    std::array<std::uint8_t, 32>& out) {
    crypto_hash_sha512_init(&work.hash);
    for (const ByteView part : parts) {
        crypto_hash_sha512_update(&work.hash, part.data(), part.size());
    }
    crypto_hash_sha512_final(&work.hash, work.wide.data());
    crypto_core_ed25519_scalar_reduce(out.data(), work.wide.data());
}

/// Whether `blob` is what an SSH client signs to log in with this key (RFC 4252 section 7, and
/// OpenSSH's host-bound form of it, which names the server's key too).
bool is_login_request(ByteView blob, const seal::Point& key, std::string_view user) {
    constexpr std::uint8_t userauth_request = 50;
    SshReader in(blob);
    const ByteView session = in.string();
    const std::uint8_t message = in.u8();
    const std::string_view login = as_text(in.string());
    const std::string_view service = as_text(in.string());
    const std::string_view method = as_text(in.string());
    const std::uint8_t has_signature = in.u8();
    const std::string_view algorithm = as_text(in.string());
    const ByteView public_blob = in.string();
    const bool host_bound = method == "publickey-hostbound-v00@openssh.com";
    if (host_bound) {
        in.string();
    }
    const Bytes own_blob = ssh_public_blob(key);
    return in.at_end() && session.size() >= 20 && session.size() <= 64 &&
           message == userauth_request && login == user && service == "ssh-connection" &&
           (host_bound || method == "publickey") && has_signature == 1 &&
           algorithm == ssh_key_type &&
           std::equal(public_blob.begin(), public_blob.end(), own_blob.begin(), own_blob.end());
}

} // namespace

Result<ScalarSigner> ScalarSigner::create(const Secret& scalar) {
    if (!seal::is_canonical_scalar(scalar.bytes())) {
        return fail(ErrorCode::invalid_argument, "The signing scalar is not a canonical one.");
    }
    const std::optional<seal::Point> point = seal::base_times(scalar.bytes());
    if (!point) {
        return fail(ErrorCode::invalid_argument, "The signing scalar has no public key.");
    }
    declassify(point->data(), point->size()); // the public key
    return ScalarSigner(scalar.clone(), *point);
}

Result<Signature> ScalarSigner::sign(ByteView message, Entropy& entropy) const {
    seal::Locked<SigningWork> work;
    seal::hash_parts(work->tagged, "TauVE1-sshnonce", scalar_.bytes(), {public_}, work->prefix);
    entropy.fill(work->fresh);
    const ByteView prefix(work->prefix.data(), 32);
    hash_to_scalar(*work, {prefix, work->fresh, message}, work->r);
    const std::optional<seal::Point> R = seal::base_times(work->r);
    if (!R) {
        return fail(ErrorCode::internal, "The random number for the signature was zero.");
    }
    declassify(R->data(), R->size()); // half of the signature, which is published
    hash_to_scalar(*work, {*R, public_, message}, work->k);
    Signature signature;
    std::copy(R->begin(), R->end(), signature.begin());
    crypto_core_ed25519_scalar_mul(work->product.data(), work->k.data(), scalar_.data());
    crypto_core_ed25519_scalar_add(signature.data() + 32, work->r.data(), work->product.data());
    declassify(signature.data(), signature.size());
    // A faulty computation must not leave this computer: it could show the scalar.
    if (crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                    public_.data()) != 0) {
        return fail(ErrorCode::internal, "The new signature did not pass its own verification.");
    }
    return signature;
}

Result<Signature> ScalarSigner::sign_ssh_request(ByteView blob, Entropy& entropy,
                                                 std::string_view user) const {
    if (!is_login_request(blob, public_, user)) {
        return fail(ErrorCode::permission_denied,
                    "The deploy key signs only its own SSH logins to the git host.");
    }
    return sign(blob, entropy);
}

} // namespace tau::keys
