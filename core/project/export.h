#pragma once

#include "core/project/draft.h"
#include "core/vault/registration.h"

#include <string>
#include <vector>

namespace tau::project {

/// The project with one of its vaults: what was asked, sealed to whom, and what the vault signed.
struct Enrolment {
    Bytes record; ///< the signed node record
    std::string idempotency_key;
    vault::Registration registration; ///< as it was sent, with its signature
    std::string registration_body;    ///< the exact JSON that the receipt's hash covers
    vault::Receipt receipt;
};

/// A project as one file (project.yaml): everything that is public about it and that anyone can
/// check, no secret in clear.
struct Export {
    std::string project_id;
    std::string name;
    std::string description;
    std::string email;
    std::int64_t created_at = 0;
    std::array<vault::Claim, 2> claims; ///< configuration, code; the same for every vault
    std::vector<Enrolment> vaults;      ///< 1 to max_vaults, in the order of the choice
    keys::Signature signature{};        ///< by the owner, over all of the above
};

/// The owner's signature over everything in the file ("TauREG1-export").
void sign(Export& project, const keys::OwnerKey& owner);
bool has_good_signature(const Export& project);

/// Writes YAML with a comment on top that names the command that verifies it.
std::string to_yaml(const Export& project);
/// At most 1 MB; `corrupt` names field, line and column. Every field must be there, none twice,
/// and no other. registration_body is made from the fields, as it was when it was sent.
Result<Export> parse_export(std::string_view yaml);

/// One line of a verification.
struct Finding {
    std::string subject; ///< "Deploy key proof, configuration, zurich-1"
    bool ok = false;
    std::string sentence;
};
/// Offline: claims, and for each vault record, contexts, proofs, bundle signatures, registration
/// signature and receipt, and that they all speak of the same project, owner, repositories and
/// node. Any changed byte in a protected field makes the finding that covers it fail. Proofs run on
/// all cores.
std::vector<Finding> verify(const Export& project);
bool all_ok(const std::vector<Finding>& findings);

} // namespace tau::project
