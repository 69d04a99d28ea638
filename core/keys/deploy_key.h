// core/keys: the three kinds of key a project has.
// deploy_key.h      Ed25519 for one repository, in OpenSSH's formats
// scalar_signer.h   signing for SSH with the unsealed scalar alone (what a vault holds)
// owner_key.h       the person's own key, which signs claims, bundles and registrations
// webhook_secret.h  the shared secret of a webhook, its commitment, and HMAC-SHA256
// secret_file.h     SecretStore as one encrypted file, where there is no keychain
#pragma once

#include "core/ports.h"
#include "core/seal/seal.h"

#include <optional>
#include <string>

namespace tau::keys {

/// "ssh-ed25519 AAAA… comment" without a line end.
std::string ssh_public_line(const seal::Point& public_key, std::string_view comment);
/// The point of such a line; refuses every other key type.
Result<seal::Point> parse_ssh_public_line(std::string_view line);
/// The 51-byte wire form, as in an SSH agent or libgit2's custom credential.
Bytes ssh_public_blob(const seal::Point& public_key);
/// "SHA256:…" as `ssh-keygen -l` prints it.
std::string ssh_fingerprint(const seal::Point& public_key);

/// A read-only key for one repository. Holds the 32-byte seed.
class DeployKey {
public:
    static DeployKey generate(Entropy& entropy);
    static Result<DeployKey> from_seed(const Secret& seed);

    const seal::Point& public_key() const { return public_; }
    const Secret& seed() const { return seed_; }
    /// a = clamp(SHA-512(seed)[0..31]) mod L: what the seal proves (TVE1 3.3).
    Secret scalar() const;
    std::string public_line(std::string_view comment) const {
        return ssh_public_line(public_, comment);
    }
    std::string fingerprint() const { return ssh_fingerprint(public_); }
    /// openssh-key-v1 text that ssh-keygen reads; bcrypt and aes256-ctr when there is a
    /// passphrase. `rounds` is bcrypt's cost (ssh-keygen's default is 16).
    Result<Secret> openssh_private_key(std::string_view comment, const Secret* passphrase = nullptr,
                                       unsigned rounds = 16) const;

private:
    DeployKey(Secret seed, const seal::Point& public_key)
        : seed_(std::move(seed)), public_(public_key) {}
    Secret seed_;
    seal::Point public_;
};

} // namespace tau::keys
