#pragma once

#include "core/vault/node_record.h"
#include "core/vault/registration.h"

namespace tau::vault {

/// One row of GET /v1/registrations/{id}/proofs: a statement that a vault can open what belongs to
/// a public point, and its proof. The sealed bytes themselves are not published.
struct PublishedProof {
    Role repository = Role::configuration;
    seal::Purpose purpose = seal::Purpose::deploy_key;
    seal::Point point{};
    seal::Point vault_key{};
    Bytes context; ///< encoded
    seal::Proof proof{};
};
/// What a vault shows to anyone about a registration.
struct PublishedProofs {
    std::string registration_id;
    std::string project_id;
    std::int64_t sealed_version = 1;
    std::array<PublishedProof, 4> proofs; ///< conf. key, conf. webhook, code key, code webhook
    Receipt receipt;
};
std::string to_json(const PublishedProofs& proofs);
/// Strict about shape, size and order; believes nothing.
Result<PublishedProofs> parse_proofs(std::string_view json);

/// Checks all of it without asking anybody: that the vault signed the receipt for this project and
/// registration, that the receipt is for these proofs, that every context names this node, project
/// and owner, and the four proofs. `untrusted` says which does not hold.
Result<void> verify_proofs(const PublishedProofs& proofs, const NodeRecord& record);
/// The same, each part with a result of its own: the receipt, then the proofs in their order.
std::array<Result<void>, 5> verify_each(const PublishedProofs& proofs, const NodeRecord& record);

} // namespace tau::vault
