#pragma once

#include "core/ports.h"
#include "core/seal/seal.h"

#include <string>

namespace tau::keys {

/// A webhook's secret as a scalar s with the public commitment S = s·B (TVE1 3.3).
class WebhookSecret {
public:
    static WebhookSecret generate(Entropy& entropy);
    static Result<WebhookSecret> from_scalar(const Secret& s); ///< 32 bytes, canonical, not zero
    const Secret& scalar() const { return scalar_; }
    const seal::Point& commitment() const { return commitment_; }
    /// What the git host is given: 64 lower-case hex characters, bound to the bundle's nonce.
    Secret text(const Hash32& nonce) const;

private:
    WebhookSecret(Secret s, const seal::Point& commitment)
        : scalar_(std::move(s)), commitment_(commitment) {}
    Secret scalar_;
    seal::Point commitment_;
};

/// "sha256=" and 64 hex digits: GitHub's X-Hub-Signature-256.
/// https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
std::string sign_webhook(const Secret& secret, std::string_view body);
/// Constant time; false for anything that is not exactly such a header.
bool verify_webhook(const Secret& secret, std::string_view body, std::string_view header);

/// The 32 bytes that the text of 64 hex digits stands for: what a host is given as "whsec_" and
/// base64, where it signs as https://www.standardwebhooks.com says. Empty for another text.
Secret webhook_signing_key(const Secret& text);
/// "v1," and the base64 HMAC-SHA256 over "<id>.<time>.<body>".
std::string sign_webhook_with_ids(const Secret& key, std::string_view id, std::string_view time,
                                  std::string_view body);
/// Constant time; false for anything that is not exactly such a signature.
bool verify_webhook_with_ids(const Secret& key, std::string_view id, std::string_view time,
                             std::string_view body, std::string_view signature);

} // namespace tau::keys
