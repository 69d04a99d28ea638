#include "core/vault/proofs.h"
#include "fixture.h"

using namespace tau;
using namespace tau::test;

namespace {

/// A node with one registration.
struct Registered {
    World world;
    Project project{world};
    vault::Registration first;
    std::string id;
    std::string path;

    Registered() {
        project.publish(world);
        first = project.registration(world);
        const auto response = project.submit(world, first, key('1'));
        REQUIRE(response.status == 201);
        id = json::parse(response.body)["registration_id"];
        path = "/v1/registrations/" + id;
    }
    node::Response rotate(const vault::Registration& with) const {
        return project.signed_request(world, "PUT", path + "/sealed", vault::to_json(with));
    }
    vault::RegistrationStatus status() const {
        const auto response = project.signed_request(world, "GET", path);
        REQUIRE(response.status == 200);
        const auto parsed = vault::parse_registration_status(response.body);
        REQUIRE(parsed);
        return *parsed;
    }
    vault::PublishedProofs proofs() const {
        const auto response = world.send("GET", path + "/proofs");
        REQUIRE(response.status == 200);
        const auto parsed = vault::parse_proofs(response.body);
        REQUIRE(parsed);
        return *parsed;
    }
};

} // namespace

TEST_CASE("new keys take the old ones' place under the same registration") {
    Registered it;
    CHECK(it.status().sealed_version == 1);
    it.project.renew(it.world);
    auto next = it.project.registration(it.world);
    next.deployments = {{"*", Role::code, "main", ""}};
    vault::sign(next, it.project.owner);
    const auto response = it.rotate(next);
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    const auto answer = vault::parse_registration_answer(response.body);
    REQUIRE(answer);
    CHECK(answer->state == "active");
    REQUIRE(answer->receipt);
    CHECK(answer->receipt->registration_id == it.id);
    CHECK(answer->receipt->body_hash == vault::body_hash(vault::to_json(next)));
    CHECK(vault::verify_receipt(*answer->receipt, it.world.record().sign_key));

    CHECK(it.world.rows("sealed") == 2);
    const auto status = it.status();
    CHECK(status.sealed_version == 2);
    CHECK(status.deployments.size() == 1);
    const auto shown = it.proofs();
    CHECK(shown.sealed_version == 2);
    CHECK(shown.proofs[0].point == it.project.deploy_keys[0].public_key());
    CHECK(vault::verify_proofs(shown, it.world.record()));

    // The same request again gets the same answer; the first registration's answer stays, too.
    const auto again = it.rotate(next);
    CHECK(again.status == 200);
    CHECK(again.body == response.body);
    CHECK(it.status().sealed_version == 2);
    CHECK(it.project.submit(it.world, it.first, key('1')).status == 200);
}

TEST_CASE("old keys stay until the vault has logged in with the new ones") {
    Registered it;
    const auto before = it.proofs().proofs[0].point;
    it.project.renew(it.world);
    (*it.world.repositories)[urls[1]].failure = {"key_refused", "The git host refused the key."};
    const auto refused = it.rotate(it.project.registration(it.world));
    CHECK(refused.status == 422);
    CHECK(failed_reason(refused) == "key_refused");
    CHECK(it.proofs().proofs[0].point == before);
    CHECK(it.status().sealed_version == 1);
    (*it.world.repositories)[urls[1]].failure.reset();
    CHECK(it.rotate(it.project.registration(it.world)).status == 200);
    CHECK(it.status().sealed_version == 2);
}

TEST_CASE("what a rotation refuses") {
    Registered it;
    it.project.renew(it.world);
    auto wanted = it.project.registration(it.world);

    SUBCASE("a body without the owner's signature in the header") {
        CHECK(it.world.send("PUT", it.path + "/sealed", vault::to_json(wanted)).status == 401);
    }
    SUBCASE("another owner, who learns nothing") {
        Project other(it.world);
        const auto body = vault::to_json(other.registration(it.world));
        const std::string target = it.path + "/sealed";
        CHECK(other.signed_request(it.world, "PUT", target, body).status == 404);
        // Signed by the owner outside, by another inside.
        CHECK(failed_reason(it.project.signed_request(it.world, "PUT", target, body)) ==
              "registration_mismatch");
    }
    SUBCASE("other repositories") {
        wanted.repositories[1].url = "ssh://git@git.example.org/me/tb_other.git";
        vault::sign(wanted, it.project.owner);
        CHECK(failed_reason(it.rotate(wanted)) == "registration_mismatch");
    }
    SUBCASE("a challenge that was used") {
        wanted.challenge = it.first.challenge;
        vault::sign(wanted, it.project.owner);
        CHECK(failed_reason(it.rotate(wanted)) == "challenge_redeemed");
    }
    SUBCASE("a proof with a changed byte") {
        auto bundle = it.project.bundles[0];
        bundle.webhook.proof[900] ^= 1U;
        sign_bundle(it.project, bundle);
        wanted.repositories[0].sealed = seal::encode(bundle);
        vault::sign(wanted, it.project.owner);
        CHECK(failed_reason(it.rotate(wanted)) == "proof_invalid");
    }
    SUBCASE("a nonce of the first keys under other content") {
        auto bundle = it.project.bundles[0];
        const auto first = seal::decode_bundle(it.first.repositories[0].sealed);
        REQUIRE(first);
        bundle.deploy_key.context.nonce = first->deploy_key.context.nonce;
        bundle.webhook.context.nonce = first->deploy_key.context.nonce;
        sign_bundle(it.project, bundle);
        wanted.repositories[0].sealed = seal::encode(bundle);
        vault::sign(wanted, it.project.owner);
        CHECK(failed_reason(it.rotate(wanted)) == "nonce_reused");
    }
    SUBCASE("a registration that has ended") {
        REQUIRE(it.project.signed_request(it.world, "DELETE", it.path).status == 200);
        CHECK(it.rotate(wanted).status == 409);
        CHECK(it.world.rows("sealed") == 0);
        return;
    }
    CHECK(it.status().sealed_version == 1);
    CHECK(it.world.rows("rotation") == 0);
}

TEST_CASE("new keys with two rows for one place and repository are refused") {
    Registered it;
    it.project.renew(it.world);
    auto next = it.project.registration(it.world);
    next.deployments = {{"*", Role::code, "main", ""}, {"*", Role::code, "dev", ""}};
    vault::sign(next, it.project.owner);
    const auto response = it.rotate(next);
    CHECK(response.status == 422);
    CHECK(failed_reason(response) == "malformed");
    CHECK(it.status().sealed_version == 1);
    CHECK(it.status().deployments.size() == 2);
}

TEST_CASE("after a rotation webhooks count with the new secret only, and have to be seen anew") {
    Registered it;
    const std::string body = "{}";
    const auto deliver = [&](const std::string& delivery) {
        const Secret text = it.project.hooks[1].text(it.project.bundles[1].webhook.context.nonce);
        return it.world.send("POST", "/v1/hooks/" + it.id + "/code", body,
                             {{"X-Hub-Signature-256", keys::sign_webhook(text, body)},
                              {"X-GitHub-Event", "push"},
                              {"X-GitHub-Delivery", delivery}});
    };
    REQUIRE(deliver("1").status == 202);
    CHECK(it.status().webhook_seen[1] != 0);
    const Project before = std::move(it.project);
    it.project = Project(it.world);
    it.project.owner = keys::OwnerKey::from_seed(before.owner.seed()).value();
    it.project.renew(it.world);
    REQUIRE(it.rotate(it.project.registration(it.world)).status == 200);
    CHECK(it.status().webhook_seen[1] == 0);
    const Secret old = before.hooks[1].text(before.bundles[1].webhook.context.nonce);
    CHECK(it.world
              .send("POST", "/v1/hooks/" + it.id + "/code", body,
                    {{"X-Hub-Signature-256", keys::sign_webhook(old, body)},
                     {"X-GitHub-Event", "push"},
                     {"X-GitHub-Delivery", "2"}})
              .status == 401);
    CHECK(deliver("3").status == 202);
    CHECK(it.status().webhook_seen[1] != 0);
}

TEST_CASE("the keys of before come back when they are sent again") {
    Registered it;
    const auto old = it.project.bundles;
    it.project.renew(it.world);
    REQUIRE(it.rotate(it.project.registration(it.world)).status == 200);
    it.project.bundles = old;
    CHECK(it.rotate(it.project.registration(it.world)).status == 200);
    CHECK(it.status().sealed_version == 3);
    CHECK(it.proofs().proofs[3].point == old[1].webhook.point);
}
