#pragma once

// What a client holds a vault's answers against. Private to this folder.

#include "core/ports.h"
#include "core/vault/node_record.h"
#include "core/vault/running.h"

namespace tau::vault {

/// The error that an answer other than the wanted one means; takes in the sentence that our own
/// nodes put into its body.
Error error_from(const HttpResponse& response, std::string_view vault);
/// A 422's failed checks as one message, the whole answer as detail.
Error refusal(const HttpResponse& response, std::string_view vault);

/// What the answer to a registration or rotation is held against.
struct Sent {
    const Registration& registration;
    Hash32 body{};
    std::string id;
    std::int64_t now = 0;
    bool repeated = false; ///< the answer may be one that was given before
};
/// Accepts an answer only when all of it says that the project is registered, `untrusted`
/// otherwise.
Result<void> check_accepted(const RegistrationAnswer& answer, const Sent& sent,
                            const NodeRecord& record);
/// Every row as it was sent, each with a commit that fits it.
Result<void> check_deployments(const DeploymentsAnswer& answer, const std::string& registration_id,
                               const std::vector<Deployment>& sent, std::string_view vault);
/// About what was asked, and with reasons that fit what they explain.
Result<void> check_version(const ProjectVersion& version, const std::string& project_id,
                           const PartOfNetwork& part, std::string_view vault);

} // namespace tau::vault
