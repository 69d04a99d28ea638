#include "core/project/config.h"
#include "core/project/export.h"

#include <algorithm>
#include <future>
#include <set>

namespace tau::project {

namespace {

using vault::Role;

/// One of the project's vaults, as it signed itself and as the findings name it.
struct Named {
    const Enrolment& enrolment;
    vault::NodeRecord record;
};

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
    bool named = is_project_id(project.project_id);
    std::set<std::string> nodes;
    for (const Enrolment& enrolment : project.vaults) {
        named = named && project.project_id == enrolment.registration.project_id &&
                project.name == enrolment.registration.project_name;
        nodes.insert(enrolment.receipt.node_id);
    }
    Result<void> held = require(named, "The file and what was registered name different projects.");
    if (held) {
        held = require(!nodes.empty() && nodes.size() == project.vaults.size(),
                       "The file names no vault, or one of them twice.");
    }
    return finding("Project", held,
                   "The file is about the project " + project.name + ", " + project.project_id +
                       ".");
}

Finding check_claim(const Export& project, std::size_t side) {
    const vault::Claim& claim = project.claims[side];
    const auto parsed = vault::parse_claim(vault::to_text(claim));
    Result<void> held = parsed ? Result<void>{} : Result<void>(fail(parsed.error()));
    if (held) {
        held = require(claim.project_id == project.project_id &&
                           claim.role == (side == 0 ? Role::configuration : Role::code) &&
                           claim.owner_key == project.claims[0].owner_key,
                       "The claim is on another repository, project or owner.");
    }
    return finding(subject("Claim", side), held,
                   "The owner claims " + claim.repository_url + " for this project.");
}

Finding check_registration(const Export& project, const Named& vault) {
    const vault::Registration& registration = vault.enrolment.registration;
    Result<void> held = require(vault::has_good_signature(registration),
                                "The registration's signature is not its owner's.");
    if (held) {
        held = require(vault.enrolment.registration_body == vault::to_json(registration),
                       "The registration as sent differs from the one in this file.");
    }
    for (std::size_t side = 0; side < 2 && held; ++side) {
        const vault::Claim& claim = project.claims[side];
        const vault::RegisteredRepository& repository = registration.repositories[side];
        held = require(registration.owner_key == claim.owner_key && repository.role == claim.role &&
                           repository.url == claim.repository_url,
                       "The registration is of a repository or owner that no claim names.");
    }
    return finding("Registration, " + vault.record.name, held,
                   "The owner signed the registration with " + vault.record.name + ".");
}

Finding check_receipt(const Named& vault) {
    const vault::NodeRecord& record = vault.record;
    const vault::Receipt& receipt = vault.enrolment.receipt;
    const vault::Registration& registration = vault.enrolment.registration;
    const auto id = vault::registration_id(record.node_id(), registration.owner_key,
                                           vault.enrolment.idempotency_key);
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
        held = require(receipt.body_hash == vault::body_hash(vault.enrolment.registration_body),
                       "The receipt is for another registration body.");
    }
    return finding("Receipt, " + record.name, held,
                   "The vault " + record.name + " signed the receipt for this registration.");
}

/// The findings about one repository's bundle for one vault: shape, then both proofs.
std::vector<Finding> check_sealed(const Named& vault, std::size_t side) {
    const vault::NodeRecord& record = vault.record;
    const vault::Registration& registration = vault.enrolment.registration;
    const vault::Receipt& receipt = vault.enrolment.receipt;
    const vault::RegisteredRepository& repository = registration.repositories[side];
    const std::string about = subject("Sealed keys", side) + ", " + record.name;
    const auto bundle = seal::decode_bundle(repository.sealed);
    if (!bundle) {
        return {{about, false, bundle.error().message}};
    }
    const seal::Expected expected{registration.project_id, repository.url,  record.node_id(),
                                  registration.owner_key,  record.seal_key, receipt.time};
    std::vector<Finding> found{
        finding(about, seal::check_bundle(*bundle, expected),
                "They are sealed to " + record.name + " for this repository and owner.")};
    const std::array<std::pair<const char*, const seal::Sealed*>, 2> proofs{
        {{"Deploy key proof", &bundle->deploy_key}, {"Webhook proof", &bundle->webhook}}};
    for (std::size_t i = 0; i < proofs.size(); ++i) {
        const seal::Sealed& sealed = *proofs[i].second;
        Result<void> held = seal::verify_proof(sealed);
        if (held) {
            held = require(receipt.proof_hashes[2 * side + i] == vault::proof_hash(sealed.proof),
                           "The receipt is for another proof.");
        }
        found.push_back(finding(subject(proofs[i].first, side) + ", " + record.name, held,
                                record.name +
                                    (i == 0 ? " can open " + keys::ssh_fingerprint(sealed.point)
                                            : " can open the webhook's secret") +
                                    "."));
    }
    return found;
}

/// Everything about one vault, in the order in which it is told.
std::vector<Finding> check_vault(const Export& project, std::size_t number) {
    const Enrolment& enrolment = project.vaults[number];
    // A record lives for days, a receipt for good: what counts is the moment of the receipt.
    auto record = vault::decode_record(enrolment.record, enrolment.receipt.time);
    if (!record) {
        return {
            {"Vault record, number " + std::to_string(number + 1), false, record.error().message}};
    }
    const Named vault{enrolment, std::move(*record)};
    const std::string about = "Vault record, " + vault.record.name;
    if (vault.record.seq == vault::tombstone_seq) {
        return {{about, false, "The vault has declared its key dead."}};
    }
    auto code = std::async(std::launch::async, check_sealed, std::cref(vault), std::size_t{1});
    std::vector<Finding> found{
        {about, true, "The vault " + vault.record.name + " signed its record."},
        check_registration(project, vault)};
    for (auto& sealed : {check_sealed(vault, 0), code.get()}) {
        found.insert(found.end(), sealed.begin(), sealed.end());
    }
    found.push_back(check_receipt(vault));
    return found;
}

} // namespace

std::vector<Finding> verify(const Export& project) {
    std::vector<Finding> found{check_project(project), check_claim(project, 0),
                               check_claim(project, 1)};
    std::vector<std::future<std::vector<Finding>>> vaults;
    for (std::size_t i = 0; i < project.vaults.size(); ++i) {
        vaults.push_back(std::async(std::launch::async, check_vault, std::cref(project), i));
    }
    for (auto& vault : vaults) {
        for (Finding& one : vault.get()) {
            found.push_back(std::move(one));
        }
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
