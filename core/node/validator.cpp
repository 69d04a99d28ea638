#include "core/node/validator.h"

#include "core/base/text.h"
#include "core/node/project_file.h"

#include <future>

namespace tau::node {

namespace {

using vault::Check;
using vault::Outcome;
using vault::Role;

constexpr std::chrono::seconds hosts_deadline{8};
constexpr std::array<Role, 2> roles{Role::configuration, Role::code};

bool pass(Candidate& candidate, std::string name, std::string_view target, std::string sentence) {
    candidate.checks.push_back(
        {std::move(name), std::string(target), Outcome::passed, "", std::move(sentence)});
    return true;
}

bool refuse(Candidate& candidate, std::string name, std::string_view target, std::string reason,
            std::string sentence) {
    candidate.checks.push_back({std::move(name), std::string(target), Outcome::failed,
                                std::move(reason), std::move(sentence)});
    return false;
}

/// The node's own trouble is no verdict on the request.
bool give_up(Candidate& candidate, const Error& error) {
    candidate.failure = error;
    return false;
}

std::string_view target(std::size_t index) {
    return vault::to_string(roles.at(index));
}

/// A seal that names this owner but is not signed by it is forged; otherwise it is for another use.
const char* context_reason(const Candidate& candidate, std::size_t index) {
    const seal::Bundle& bundle = candidate.bundles.at(index);
    const seal::Point& owner = candidate.registration.owner_key;
    const ByteView sealed = candidate.registration.repositories.at(index).sealed;
    const bool names_owner = bundle.deploy_key.context.owner_key == seal::context_owner_key(owner);
    const bool is_signed = keys::verify_signature(
        owner, "TauVE1-bundle", sealed.first(sealed.size() - bundle.owner_signature.size()),
        bundle.owner_signature);
    return names_owner && !is_signed ? "seal_signature_invalid" : "context_mismatch";
}

using Opening = std::array<std::future<Result<seal::Opened>>, 2>;

/// Waits in any case, also when one could not be started: they work on what goes next.
class AllDone {
public:
    explicit AllDone(const Opening& opening) : opening_(opening) {}
    AllDone(const AllDone&) = delete;
    AllDone& operator=(const AllDone&) = delete;
    ~AllDone() {
        for (const auto& one : opening_) {
            if (one.valid()) {
                one.wait();
            }
        }
    }

private:
    const Opening& opening_;
};

std::string of_repository(std::size_t index) {
    return " of the " + std::string(target(index)) + " repository";
}

} // namespace

Validator::Validator(const Identity& identity, Store& store, Pool& pool, Repositories& repositories,
                     std::function<bool()> doubt, std::int64_t projects)
    : identity_(identity), node_id_(identity.node_id()), seal_public_(identity.seal_public()),
      store_(store), pool_(pool), repositories_(repositories), doubt_(std::move(doubt)),
      projects_(projects) {}

bool Validator::check_shape(Candidate& c) const {
    auto registration = vault::parse_registration(c.body);
    if (!registration) {
        return refuse(c, "shape", "", "malformed", registration.error().message);
    }
    if (c.id.empty()) {
        auto id = vault::registration_id(node_id_, registration->owner_key, c.idempotency_key);
        if (!id) {
            return refuse(c, "shape", "", "idempotency_key_malformed", id.error().message);
        }
        c.id = std::move(*id);
    }
    for (std::size_t i = 0; i < roles.size(); ++i) {
        auto bundle = seal::decode_bundle(registration->repositories[i].sealed);
        if (!bundle) {
            return refuse(c, "shape", target(i), "bundle_malformed", bundle.error().message);
        }
        c.bundles[i] = std::move(*bundle);
    }
    c.registration = std::move(*registration);
    return pass(c, "shape", "", "The request has the right shape and size.");
}

bool Validator::admit(Candidate& c) const {
    if (!check_shape(c)) {
        return false;
    }
    auto challenge =
        open_challenge(identity_.challenge_key, c.registration.owner_key, c.registration.challenge);
    if (!challenge) {
        return refuse(c, "challenge", "", "challenge_forged", challenge.error().message);
    }
    c.challenge = std::move(*challenge);
    if (!vault::has_good_signature(c.registration)) {
        return refuse(c, "owner_signature", "", "owner_signature_invalid",
                      "The owner's signature does not fit the request.");
    }
    return true;
}

/// Whether the challenge was used is asked first: whoever used it stored in the same transaction,
/// so the same request is then found, if it was that.
bool Validator::check_idempotency(Candidate& c) const {
    const auto redeemed = store_.is_redeemed(c.challenge.nonce);
    auto known = store_.find_request(c.registration.owner_key, c.idempotency_key);
    if (!redeemed || !known) {
        return give_up(c, redeemed ? known.error() : redeemed.error());
    }
    if (*known && (*known)->body_hash != vault::body_hash(c.body)) {
        return refuse(c, "idempotency", "", "idempotency_key_reused",
                      "This idempotency key was used for another request.");
    }
    if (*known && (*known)->state != "active") {
        return refuse(c, "idempotency", "", "registration_ended",
                      "This registration was made before and is " + (*known)->state + ".");
    }
    if (*known) {
        c.repeated = std::move((*known)->answer);
        return false;
    }
    return check_challenge(c, *redeemed);
}

/// The challenge first, as above.
bool Validator::check_rotation(Candidate& c) const {
    const auto redeemed = store_.is_redeemed(c.challenge.nonce);
    auto found = store_.find(c.id);
    if (!redeemed || !found) {
        return give_up(c, redeemed ? found.error() : redeemed.error());
    }
    if (!*found || (*found)->state != "active") {
        return refuse_overtaken(c);
    }
    StoredRegistration& known = **found;
    if (known.rotated_by == vault::body_hash(c.body)) {
        if (const auto erased = store_.erased(); !erased) { // the answer says that it is
            return give_up(c, erased.error());
        }
        c.repeated = std::move(known.answer);
        return false;
    }
    const auto& sent = c.registration.repositories;
    if (c.registration.project_id != known.project_id ||
        c.registration.owner_key != known.owner_key || sent[0].url != known.repositories[0].url ||
        sent[1].url != known.repositories[1].url) {
        return refuse(c, "idempotency", "", "registration_mismatch",
                      "These keys are for another project or other repositories than the "
                      "registration's.");
    }
    return check_challenge(c, *redeemed);
}

bool Validator::refuse_overtaken(Candidate& c) {
    return refuse(c, "idempotency", "", "overtaken",
                  "The registration ended, or its challenge was used, in between.");
}

bool Validator::check_challenge(Candidate& c, bool is_redeemed) const {
    if (c.now > c.challenge.expires || (doubt_ && doubt_())) {
        return refuse(c, "challenge", "", "challenge_expired",
                      "The challenge has expired; ask for a new one.");
    }
    if (is_redeemed) {
        return refuse(c, "challenge", "", "challenge_redeemed",
                      "The challenge was used before; ask for a new one.");
    }
    pass(c, "challenge", "", "The challenge is this node's, fresh and unused.");
    pass(c, "owner_signature", "", "The owner signed this request.");
    return pass(c, "idempotency", "", "The request is new.");
}

bool Validator::check_contexts(Candidate& c) const {
    for (std::size_t i = 0; i < roles.size(); ++i) {
        const vault::RegisteredRepository& repository = c.registration.repositories[i];
        const seal::Expected expected{c.registration.project_id, repository.url, node_id_,
                                      c.registration.owner_key,  seal_public_,   c.now};
        if (const auto checked = seal::check_bundle(c.bundles[i], expected); !checked) {
            return refuse(c, "context", target(i), context_reason(c, i), checked.error().message);
        }
        const auto taken = store_.nonce_is_taken(c.bundles[i].deploy_key.context.nonce,
                                                 bundle_hash(repository.sealed));
        if (!taken) {
            return give_up(c, taken.error());
        }
        if (*taken) {
            return refuse(c, "context", target(i), "nonce_reused",
                          "The seal's nonce was used before with other content.");
        }
        pass(c, "context", target(i),
             "The seals" + of_repository(i) + " are for this node, project and owner.");
    }
    const seal::Bundle& first = c.bundles[0];
    const seal::Bundle& second = c.bundles[1];
    if (first.deploy_key.point == second.deploy_key.point ||
        first.webhook.point == second.webhook.point ||
        first.deploy_key.context.nonce == second.deploy_key.context.nonce) {
        return refuse(c, "context", "code", "key_shared",
                      "Each repository needs a deploy key and a webhook secret of its own.");
    }
    return true;
}

/// Opening verifies, so that in the good case each proof is verified once; which of them is bad is
/// looked for only when opening fails.
bool Validator::check_proofs(Candidate& c) const {
    Opening opening;
    const AllDone done(opening);
    for (std::size_t i = 0; i < roles.size(); ++i) {
        opening[i] = pool_.run([this, &bundle = c.bundles[i]] {
            return seal::open_bundle(bundle, identity_.seal_key);
        });
    }
    std::array<Result<seal::Opened>, 2> results{opening[0].get(), opening[1].get()};
    for (std::size_t i = 0; i < roles.size(); ++i) {
        const seal::Bundle& bundle = c.bundles[i];
        if (!results[i]) {
            const bool key_holds =
                pool_.run([&] { return seal::verify_proof(bundle.deploy_key).has_value(); }).get();
            const bool hook_holds =
                pool_.run([&] { return seal::verify_proof(bundle.webhook).has_value(); }).get();
            if (key_holds && hook_holds) {
                return refuse(c, "unseal", target(i), "unseal_failed", results[i].error().message);
            }
            return refuse(c, key_holds ? "webhook_proof" : "deploy_key_proof", target(i),
                          "proof_invalid", results[i].error().message);
        }
        pass(c, "deploy_key_proof", target(i),
             "The deploy key" + of_repository(i) + " is provably sealed to this node.");
        pass(c, "webhook_proof", target(i),
             "The webhook secret" + of_repository(i) + " is provably sealed to this node.");
    }
    for (std::size_t i = 0; i < roles.size(); ++i) {
        const bool has_seed = results[i]->deploy_seed.has_value();
        c.checks.push_back({"unseal", std::string(target(i)),
                            has_seed ? Outcome::passed : Outcome::noted,
                            has_seed ? "" : "seed_unavailable",
                            has_seed ? "The deploy key opened and fits its public key."
                                     : "The deploy key opened; its seed did not, and is not "
                                       "needed to sign."});
        c.opened[i] = std::move(*results[i]);
    }
    return true;
}

/// Name servers and logins share one deadline, which begins here.
bool Validator::check_addresses(Candidate& c) const {
    c.until = std::chrono::steady_clock::now() + hosts_deadline;
    for (std::size_t i = 0; i < roles.size(); ++i) {
        auto allowed = repositories_.allow(c.registration.repositories[i].url, c.until);
        if (!allowed) {
            return refuse(c, "address", target(i), allowed.error().reason,
                          allowed.error().sentence);
        }
        c.addresses[i] = std::move(*allowed);
        pass(c, "address", target(i), "The node may connect to this repository's address.");
    }
    if (c.registration.repositories[0].url == c.registration.repositories[1].url) {
        return refuse(c, "address", "code", "repository_shared",
                      "Configuration and code must be two repositories.");
    }
    return true;
}

bool Validator::check_claim(Candidate& c, std::size_t index) const {
    const auto refused = [&](const char* reason, const std::string& sentence) {
        return refuse(c, "ownership", target(index), reason, sentence);
    };
    const std::optional<std::string>& text = c.evidence[index].claim;
    if (!text) {
        return refused("claim_missing", "The branch tau-owner has no file named claim.");
    }
    const auto claim = vault::parse_claim(*text);
    if (!claim) {
        const bool forged = claim.error().code == ErrorCode::untrusted;
        return refused(forged ? "claim_forged" : "claim_malformed", claim.error().message);
    }
    if (claim->owner_key != c.registration.owner_key) {
        return refused("claim_other_owner", "The claim is another owner's.");
    }
    if (claim->project_id != c.registration.project_id || claim->role != roles[index] ||
        claim->repository_url != c.registration.repositories[index].url) {
        return refused("claim_mismatch", "The claim is for another project, role or address.");
    }
    return pass(c, "ownership", target(index),
                "The deploy key logs in, and the repository carries the owner's claim.");
}

bool Validator::check_ownership(Candidate& c) const {
    const auto read = [this, &c](std::size_t i) {
        const vault::RegisteredRepository& repository = c.registration.repositories[i];
        return repositories_.read({repository.role, repository.url, repository.host_keys,
                                   repository.default_branch, &c.opened[i]->deploy_scalar,
                                   c.addresses[i], c.until});
    };
    auto code = std::async(std::launch::async, [&read] { return read(1); });
    auto configuration = read(0);
    std::array answers{std::move(configuration), code.get()};
    for (std::size_t i = 0; i < roles.size(); ++i) {
        if (!answers[i] && answers[i].error().own) {
            return give_up(c, *answers[i].error().own);
        }
        if (!answers[i]) {
            return refuse(c, "ownership", target(i), answers[i].error().reason,
                          answers[i].error().sentence);
        }
        c.evidence[i] = std::move(*answers[i]);
        if (!check_claim(c, i)) {
            return false;
        }
    }
    return true;
}

bool Validator::check_project_id(Candidate& c) const {
    const auto refused = [&c](const char* reason, const std::string& sentence) {
        return refuse(c, "project_id", "configuration", reason, sentence);
    };
    const std::optional<std::string>& config = c.evidence[0].config;
    if (!config) {
        return refused("config_missing", "The default branch has no config.yaml.");
    }
    const Result<std::string> id = project_id_of(*config);
    if (!id) {
        return refused("config_malformed", id.error().message);
    }
    if (*id != c.registration.project_id) {
        return refused("project_id_mismatch", "config.yaml carries another project's id.");
    }
    return pass(c, "project_id", "configuration", "config.yaml carries this project's id.");
}

/// Says no more than "not found": who else registered it is nobody's business.
bool Validator::check_project(Candidate& c) const {
    const auto owner = store_.project_owner(c.registration.project_id);
    if (!owner) {
        return give_up(c, owner.error());
    }
    if (*owner && **owner != c.registration.owner_key) {
        return refuse(c, "project", "", "project_not_found",
                      "This owner has no such project at this node.");
    }
    return pass(c, "project", "", "The project is free to be registered by this owner.");
}

/// Part of 11, before what costs.
bool Validator::check_quota(Candidate& c) const {
    if (projects_ == 0) {
        return true;
    }
    const auto others = store_.projects_beside(c.registration.owner_key, c.registration.project_id);
    if (!others) {
        return give_up(c, others.error());
    }
    if (*others >= projects_) {
        return refuse(c, "project", "", "too_many_projects",
                      "This owner has " + std::to_string(*others) +
                          " projects registered at this node, as many as it takes of one owner.");
    }
    return true;
}

bool Validator::check_rest(Candidate& c) const {
    return check_quota(c) && check_contexts(c) && check_proofs(c) && check_addresses(c) &&
           check_ownership(c) && check_project_id(c) && check_project(c);
}

} // namespace tau::node
