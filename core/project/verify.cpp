#include "core/project/config.h"
#include "core/project/export.h"

#include <algorithm>
#include <future>

namespace tau::project {

namespace {

using vault::Role;

std::string subject(std::string_view what, std::size_t side) {
    return std::string(what) + ", " +
           std::string(vault::to_string(side == 0 ? Role::configuration : Role::code));
}

/// A finding from a result: `good` when it holds, the error's sentence otherwise.
Finding finding(std::string what, const Result<void>& result, const std::string& good) {
    return {std::move(what), result.has_value(), result ? good : result.error().message};
}

Result<void> require(bool holds, const char* otherwise) {
    return holds ? Result<void>{} : Result<void>(fail(ErrorCode::untrusted, otherwise));
}

Finding check_project(const Export& project) {
    const bool named = project.project_id == project.registration.project_id &&
                       project.name == project.registration.project_name &&
                       is_project_id(project.project_id);
    return finding(
        "Project", require(named, "The file and the registration name different projects."),
        "The file is about the project " + project.name + ", " + project.project_id + ".");
}

Finding check_registration(const Export& project) {
    Result<void> held = require(vault::has_good_signature(project.registration),
                                "The registration's signature is not its owner's.");
    if (held) {
        held = require(project.registration_body == vault::to_json(project.registration),
                       "The registration as sent differs from the one in this file.");
    }
    return finding("Registration", held, "The owner signed the registration.");
}

Finding check_receipt(const Export& project, const vault::NodeRecord& record) {
    const vault::Receipt& receipt = project.receipt;
    const vault::Registration& registration = project.registration;
    const auto id =
        vault::registration_id(record.node_id(), registration.owner_key, project.idempotency_key);
    Result<void> held = vault::verify_receipt(receipt, record.sign_key);
    if (held) {
        held = require(id && *id == receipt.registration_id &&
                           receipt.node_id == record.node_id() && receipt.record_seq >= record.seq,
                       "The receipt is for another registration or of another node.");
    }
    if (held) {
        held = require(receipt.project_id == registration.project_id &&
                           receipt.owner_key == registration.owner_key,
                       "The receipt is for another project or owner.");
    }
    if (held) {
        held = require(receipt.body_hash == vault::body_hash(project.registration_body),
                       "The receipt is for another registration body.");
    }
    return finding("Receipt", held,
                   "The vault " + record.name + " signed the receipt for this registration.");
}

Finding check_claim(const Export& project, std::size_t side) {
    const vault::Claim& claim = project.claims[side];
    const vault::RegisteredRepository& repository = project.registration.repositories[side];
    const auto parsed = vault::parse_claim(vault::to_text(claim));
    Result<void> held = parsed ? Result<void>{} : Result<void>(fail(parsed.error()));
    if (held) {
        held =
            require(claim.project_id == project.registration.project_id &&
                        claim.role == repository.role && claim.repository_url == repository.url &&
                        claim.owner_key == project.registration.owner_key,
                    "The claim is on another repository, project or owner.");
    }
    return finding(subject("Claim", side), held,
                   "The owner claims " + repository.url + " for this project.");
}

/// The findings about one repository's sealed bundle: shape, then both proofs.
std::vector<Finding> check_sealed(const Export& project, const vault::NodeRecord& record,
                                  std::size_t side) {
    const vault::RegisteredRepository& repository = project.registration.repositories[side];
    const auto bundle = seal::decode_bundle(repository.sealed);
    if (!bundle) {
        return {{subject("Sealed keys", side), false, bundle.error().message}};
    }
    const seal::Expected expected{
        project.registration.project_id, repository.url,  record.node_id(),
        project.registration.owner_key,  record.seal_key, project.receipt.time};
    std::vector<Finding> found{
        finding(subject("Sealed keys", side), seal::check_bundle(*bundle, expected),
                "They are sealed to " + record.name + " for this repository and owner.")};
    const std::array<std::pair<const char*, const seal::Sealed*>, 2> proofs{
        {{"Deploy key proof", &bundle->deploy_key}, {"Webhook proof", &bundle->webhook}}};
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        const seal::Sealed& sealed = *proofs[i].second;
        Result<void> held = seal::verify_proof(sealed);
        if (held) {
            held = require(project.receipt.proof_hashes[2 * side + i] ==
                               vault::proof_hash(sealed.proof),
                           "The receipt is for another proof.");
        }
        found.push_back(
            finding(subject(proofs[i].first, side), held,
                    i == 0 ? "The vault can open " + keys::ssh_fingerprint(sealed.point) + "."
                           : "The vault can open the webhook's secret."));
    }
    return found;
}

} // namespace

std::vector<Finding> verify(const Export& project) {
    std::vector<Finding> found{check_project(project), check_registration(project)};
    for (std::size_t side = 0; side < 2; ++side) {
        found.push_back(check_claim(project, side));
    }
    // A record lives for days, a receipt for good: what counts is the moment of the receipt.
    const auto record = vault::decode_record(project.vault_record, project.receipt.time);
    if (record && record->seq == vault::tombstone_seq) {
        found.push_back({"Vault record", false, "The vault has declared its key dead."});
    } else if (record) {
        found.push_back(
            {"Vault record", true, "The vault " + record->name + " signed its record."});
        auto other = std::async(std::launch::async, check_sealed, std::cref(project),
                                std::cref(*record), std::size_t{1});
        for (Finding& one : check_sealed(project, *record, 0)) {
            found.push_back(std::move(one));
        }
        for (Finding& one : other.get()) {
            found.push_back(std::move(one));
        }
        found.push_back(check_receipt(project, *record));
    } else {
        found.push_back({"Vault record", false, record.error().message});
    }
    found.push_back(finding(
        "Project file",
        require(has_good_signature(project), "The file was changed after its owner signed it."),
        "The owner signed everything in this file."));
    return found;
}

bool all_ok(const std::vector<Finding>& findings) {
    return std::all_of(findings.begin(), findings.end(), [](const Finding& one) { return one.ok; });
}

} // namespace tau::project
