#pragma once

#include "core/ports.h"
#include "core/vault/node_record.h"
#include "core/vault/proofs.h"
#include "core/vault/running.h"

namespace tau::vault {

/// How long and how often a request is tried again: 429, 502, 503, 504 and network errors, with
/// full jitter, honouring Retry-After (also on 409: the same request is still being worked on).
/// Every call of Client is safe to repeat: a registration carries its idempotency key, a challenge
/// costs the node nothing, revoking twice is revoking.
struct RetryPolicy {
    int tries = 5;
    std::chrono::milliseconds first_delay{500};
    std::chrono::milliseconds total{std::chrono::minutes{5}};
};

/// Whether this refusal of a registration was for its challenge alone: with a new one it may pass.
bool wants_new_challenge(const Error& error);

/// One vault node's HTTP interface. Checks what it can of every answer against the record.
class Client {
public:
    Client(Http& http, Entropy& entropy, NodeRecord record, RetryPolicy policy = {});

    Result<NodeRecord> fetch_record(std::int64_t now, std::stop_token stop);
    Result<Bytes> challenge(const seal::Point& owner_key, std::stop_token stop);
    /// `idempotency_key`: 32 hex digits, made and journalled before the first try. The receipt's
    /// signature and contents are verified against `registration`, and its time against `now`
    /// (10 minutes of tolerance); an answer to a repeated request carries the first one's receipt,
    /// which must not be older than the seals. Anything but an active registration without a failed
    /// check is `untrusted`. A 422 is
    /// `permission_denied` with the failed checks' sentences as message and the whole answer's
    /// JSON as detail.
    Result<RegistrationAnswer> register_project(const Registration& registration,
                                                const std::string& idempotency_key,
                                                std::int64_t now, std::stop_token stop);
    Result<RegistrationStatus> status(const std::string& registration_id,
                                      const keys::OwnerKey& owner, std::int64_t now,
                                      std::stop_token stop);
    /// Revokes; false when the registration was not there (any more).
    Result<bool> revoke(const std::string& registration_id, const keys::OwnerKey& owner,
                        std::int64_t now, std::stop_token stop);
    /// Gives the vault new bundles, signed as a registration of the same project and repositories
    /// with a challenge of its own; the vault erases the old ones once it has logged in with the
    /// new. Answer and errors as in register_project; the receipt keeps the registration's id.
    Result<RegistrationAnswer> replace_sealed(const std::string& registration_id,
                                              const Registration& registration,
                                              const keys::OwnerKey& owner, std::int64_t now,
                                              std::stop_token stop);
    /// Replaces what the parts of the network run. Every row comes back with its commit;
    /// `permission_denied` when the vault does not find a branch or commit in the repository.
    Result<DeploymentsAnswer> set_deployments(const std::string& registration_id,
                                              const std::vector<Deployment>& deployments,
                                              const keys::OwnerKey& owner, std::int64_t now,
                                              std::stop_token stop);
    /// What this part of the network must run; anyone may ask. `not_found` when the project is not
    /// registered there.
    Result<ProjectVersion> version(const std::string& project_id, const PartOfNetwork& part,
                                   std::stop_token stop);
    /// What the vault shows to anyone, verified against its record.
    Result<PublishedProofs> proofs(const std::string& registration_id, std::stop_token stop);
    /// Where the git host must send this repository's webhook.
    std::string hook_url(const std::string& registration_id, Role role) const;

private:
    Result<HttpResponse> send(HttpRequest request, std::stop_token stop);
    Result<HttpResponse> send_as(const keys::OwnerKey& owner, HttpRequest request, std::int64_t now,
                                 std::stop_token stop);
    /// The answer, if its status is one of `good`; else the vault's own reason as an error.
    Result<HttpResponse> expect(Result<HttpResponse> response,
                                std::initializer_list<int> good) const;
    Http& http_;
    Entropy& entropy_;
    NodeRecord record_;
    RetryPolicy policy_;
};

} // namespace tau::vault
