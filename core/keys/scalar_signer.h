#pragma once

#include "core/ports.h"
#include "core/seal/seal.h"

namespace tau::keys {

using Signature = std::array<std::uint8_t, 64>;

/// Signs as Ed25519 with a scalar whose seed may be unknown (TVE1 3.10). The public key is
/// re-derived, never taken from a caller; each signature is verified before it is returned.
class ScalarSigner {
public:
    /// `scalar`: 32 bytes, canonical, not zero.
    static Result<ScalarSigner> create(const Secret& scalar);
    const seal::Point& public_key() const { return public_; }
    Result<Signature> sign(ByteView message, Entropy& entropy) const;
    /// Signs only an SSH user-authentication request for this user, service "ssh-connection" and
    /// this very key, so that the scalar is no general signing oracle (`permission_denied`). The
    /// user is "git" but on a host that can log in nobody but its own account.
    Result<Signature> sign_ssh_request(ByteView blob, Entropy& entropy,
                                       std::string_view user = "git") const;

private:
    ScalarSigner(Secret scalar, const seal::Point& point)
        : scalar_(std::move(scalar)), public_(point) {}
    Secret scalar_;
    seal::Point public_;
};

} // namespace tau::keys
