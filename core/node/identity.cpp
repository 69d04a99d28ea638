#include "core/node/identity.h"

#include "core/base/file.h"

#include <sodium.h>

namespace tau::node {

namespace {

seal::Point public_part(const Secret& secret_key) {
    seal::Point point{};
    crypto_sign_ed25519_sk_to_pk(point.data(), secret_key.data());
    return point;
}

Secret new_key_pair() {
    Secret secret(crypto_sign_SECRETKEYBYTES);
    seal::Point ignored{};
    crypto_sign_keypair(ignored.data(), secret.data());
    return secret;
}

/// A damaged key pair would sign with one half and announce the other.
bool is_consistent(const Secret& secret_key) {
    Secret again(crypto_sign_SECRETKEYBYTES);
    seal::Point point{};
    crypto_sign_seed_keypair(point.data(), again.data(), secret_key.data());
    return again.equals(secret_key);
}

/// Every process with the node's keys knows the others' challenges, and nobody else does.
Secret challenge_key(const Secret& sign_key) {
    constexpr std::string_view tag = "TauREG1-challenge-key";
    Secret key(32);
    crypto_generichash(key.data(), key.size(), as_bytes(tag).data(), tag.size(), sign_key.data(),
                       crypto_sign_SEEDBYTES);
    return key;
}

Result<Secret> load_or_create(const std::filesystem::path& path, bool may_make) {
    Result<Secret> found = read_secret_file(path);
    if (found) {
        if (found->size() != crypto_sign_SECRETKEYBYTES) {
            return fail(ErrorCode::corrupt,
                        "The node's key file " + path.string() + " does not hold a key.",
                        "Restore it from a backup. Without it the node cannot open what was "
                        "sealed to it.");
        }
        return found;
    }
    if (found.error().code != ErrorCode::not_found) {
        return found;
    }
    if (!may_make) {
        return fail(ErrorCode::not_found, "The node's key file " + path.string() + " is missing.",
                    "Restore it from a backup: what is stored here belongs to that key.");
    }
    Secret made = new_key_pair();
    if (const Result<void> written = write_file_atomic(path, made.bytes(), 0600); !written) {
        return fail(written.error());
    }
    return made;
}

} // namespace

seal::Point Identity::sign_public() const {
    return public_part(sign_key);
}

seal::Point Identity::seal_public() const {
    return public_part(seal_key);
}

std::string Identity::node_id() const {
    vault::NodeRecord record;
    record.sign_key = sign_public();
    return record.node_id();
}

Result<Identity> load_or_create_identity(const std::filesystem::path& folder, bool may_make) {
    if (const Result<void> made = make_private_directory(folder); !made) {
        return fail(made.error());
    }
    Result<Secret> sign = load_or_create(folder / "sign.key", may_make);
    if (!sign) {
        return fail(sign.error());
    }
    Result<Secret> seal = load_or_create(folder / "seal.key", may_make);
    if (!seal) {
        return fail(seal.error());
    }
    if (!is_consistent(*sign) || !is_consistent(*seal)) {
        return fail(ErrorCode::corrupt, "A key file of the node is damaged.",
                    "Restore the folder from a backup.");
    }
    Secret challenge = challenge_key(*sign);
    return Identity{std::move(*sign), std::move(*seal), std::move(challenge)};
}

} // namespace tau::node
