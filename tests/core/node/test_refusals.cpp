#include "fixture.h"

#include <functional>

using namespace tau;
using namespace tau::test;

namespace {

void check_nothing_stored(const World& world) {
    for (const char* table : {"registration", "repository", "sealed", "used_challenge", "check_row",
                              "deployment", "audit"}) {
        CAPTURE(table);
        CHECK(world.rows(table) == 0);
    }
}

/// One way to be refused: what is changed, where, and the reason that must come back.
struct Refusal {
    const char* name;
    const char* reason;
    std::function<void(World&, Project&)> prepare;                      ///< before the request
    std::function<void(World&, Project&, vault::Registration&)> change; ///< before it is signed
};

seal::Bundle& first(Project& project) {
    return project.bundles[0];
}

} // namespace

TEST_CASE("every kind of bad registration is refused with its own reason, and nothing is stored") {
    const std::vector<Refusal> refusals{
        {"bundle cut short",
         "bundle_malformed",
         {},
         [](World&, Project&, vault::Registration& r) { r.repositories[1].sealed.pop_back(); }},
        {"two rows for one place and repository",
         "malformed",
         {},
         [](World&, Project&, vault::Registration& r) {
             r.deployments.push_back({"*", Role::code, "", std::string(40, 'a')});
         }},
        {"forged challenge",
         "challenge_forged",
         {},
         [](World&, Project&, vault::Registration& r) { r.challenge[30] ^= 1; }},
        {"challenge with a later expiry",
         "challenge_forged",
         {},
         [](World&, Project&, vault::Registration& r) { r.challenge[17] ^= 1; }},
        {"challenge of another owner",
         "challenge_forged",
         {},
         [](World& w, Project&, vault::Registration& r) { r.challenge = Project(w).challenge(w); }},
        {"expired challenge",
         "challenge_expired",
         {},
         [](World& w, Project&, vault::Registration&) { w.clock.time += 121; }},
        {"forged proof of the deploy key",
         "proof_invalid",
         [](World&, Project& p) {
             first(p).deploy_key.proof[2000] ^= 1;
             sign_bundle(p, first(p));
         },
         {}},
        {"forged proof of the webhook",
         "proof_invalid",
         [](World&, Project& p) {
             first(p).webhook.proof[100] ^= 1;
             sign_bundle(p, first(p));
         },
         {}},
        {"proof taken from the other repository",
         "proof_invalid",
         [](World&, Project& p) {
             first(p).deploy_key.proof = p.bundles[1].deploy_key.proof;
             sign_bundle(p, first(p));
         },
         {}},
        {"context of another project",
         "context_mismatch",
         [](World& w, Project& p) {
             auto other = p.expected(w, 0);
             other.project_id[10] = other.project_id[10] == 'A' ? 'B' : 'A';
             first(p) = p.seal_for(w, 0, other);
         },
         {}},
        {"context of another node",
         "context_mismatch",
         [](World& w, Project& p) {
             auto other = p.expected(w, 0);
             other.node_id = "12D3KooW";
             first(p) = p.seal_for(w, 0, other);
         },
         {}},
        {"context of another address",
         "context_mismatch",
         [](World& w, Project& p) {
             auto other = p.expected(w, 0);
             other.repository_url = urls[1];
             first(p) = p.seal_for(w, 0, other);
         },
         {}},
        {"sealed to another vault's key",
         "context_mismatch",
         [](World& w, Project& p) {
             World elsewhere;
             auto other = p.expected(w, 0);
             other.vault_key = elsewhere.record().seal_key;
             first(p) = p.seal_for(w, 0, other);
         },
         {}},
        {"seal of another owner",
         "context_mismatch",
         [](World& w, Project& p) { first(p) = Project(w).bundles[0]; },
         {}},
        {"bad owner signature under the seal",
         "seal_signature_invalid",
         [](World&, Project& p) { first(p).owner_signature[5] ^= 1; },
         {}},
        {"one key for both repositories",
         "key_shared",
         [](World& w, Project& p) {
             SystemEntropy entropy;
             p.deploy_keys[1] = *keys::DeployKey::from_seed(p.deploy_keys[0].seed());
             p.bundles[1] = p.seal_for(w, 1, p.expected(w, 1));
         },
         {}},
        {"address that is not allowed",
         "address_not_allowed",
         [](World& w, Project&) {
             (*w.repositories)[urls[1]].forbidden = {"address_not_allowed", "No."};
         },
         {}},
        {"key that the host does not know",
         "key_refused",
         [](World& w, Project&) {
             (*w.repositories)[urls[0]].failure = {"key_refused", "No."};
         },
         {}},
        {"no claim",
         "claim_missing",
         [](World& w, Project&) { (*w.repositories)[urls[1]].evidence.claim.reset(); },
         {}},
        {"claim that is not one",
         "claim_malformed",
         [](World& w, Project&) { (*w.repositories)[urls[1]].evidence.claim = "hello"; },
         {}},
        {"claim with a forged signature",
         "claim_forged",
         [](World& w, Project& p) {
             auto claim = vault::make_claim(p.owner, p.id, Role::code, urls[1]);
             claim.signature[3] ^= 1;
             (*w.repositories)[urls[1]].evidence.claim = vault::to_text(claim);
         },
         {}},
        {"claim of another owner",
         "claim_other_owner",
         [](World& w, Project& p) {
             const Project other(w);
             (*w.repositories)[urls[1]].evidence.claim =
                 vault::to_text(vault::make_claim(other.owner, p.id, Role::code, urls[1]));
         },
         {}},
        {"claim for the other role",
         "claim_mismatch",
         [](World& w, Project& p) {
             (*w.repositories)[urls[1]].evidence.claim =
                 vault::to_text(vault::make_claim(p.owner, p.id, Role::configuration, urls[1]));
         },
         {}},
        {"claim for another address",
         "claim_mismatch",
         [](World& w, Project& p) {
             (*w.repositories)[urls[1]].evidence.claim =
                 vault::to_text(vault::make_claim(p.owner, p.id, Role::code, urls[0]));
         },
         {}},
        {"no config.yaml",
         "config_missing",
         [](World& w, Project&) { (*w.repositories)[urls[0]].evidence.config.reset(); },
         {}},
        {"config.yaml that is no YAML",
         "config_malformed",
         [](World& w, Project&) {
             (*w.repositories)[urls[0]].evidence.config = std::string(100000, '[');
         },
         {}},
        {"config.yaml of another project",
         "project_id_mismatch",
         [](World& w, Project&) {
             (*w.repositories)[urls[0]].evidence.config =
                 "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n";
         },
         {}},
    };
    World world;
    for (const Refusal& refusal : refusals) {
        CAPTURE(std::string(refusal.name));
        Project project(world);
        project.publish(world);
        if (refusal.prepare) {
            refusal.prepare(world, project);
        }
        auto registration = project.registration(world);
        if (refusal.change) {
            refusal.change(world, project, registration);
            vault::sign(registration, project.owner);
        }
        const auto response = project.submit(world, registration, key('1'));
        CHECK(response.status == 422);
        CHECK(failed_reason(response) == std::string(refusal.reason));
    }
    check_nothing_stored(world);
}

TEST_CASE("a request that its owner did not sign is refused") {
    World world;
    Project project(world);
    project.publish(world);
    auto registration = project.registration(world);
    registration.project_name = "shop2";
    const auto response = project.submit(world, registration, key('1'));
    CHECK(response.status == 422);
    CHECK(failed_reason(response) == "owner_signature_invalid");
    CHECK(world.send("POST", "/v1/registrations", vault::to_json(registration)).status == 400);
    CHECK(failed_reason(project.submit(world, registration, "xyz")) == "idempotency_key_malformed");
    check_nothing_stored(world);
}
