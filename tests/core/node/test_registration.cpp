#include "fixture.h"

#include <future>
#include <latch>

using namespace tau;
using namespace tau::test;

TEST_CASE("a good registration is stored, receipted and can be looked at by its owner only") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    const auto response = project.submit(world, registration, key('1'));
    CAPTURE(response.body);
    REQUIRE(response.status == 201);
    const auto answer = vault::parse_registration_answer(response.body);
    REQUIRE(answer);
    CHECK(answer->state == "active");
    const auto record = world.record();
    CHECK(answer->registration_id ==
          *vault::registration_id(record.node_id(), project.owner.public_key(), key('1')));
    REQUIRE(answer->receipt);
    CHECK(vault::verify_receipt(*answer->receipt, record.sign_key));
    CHECK(answer->receipt->body_hash == vault::body_hash(vault::to_json(registration)));
    CHECK(answer->receipt->proof_hashes[3] == vault::proof_hash(project.bundles[1].webhook.proof));
    CHECK(answer->receipt->record_seq == record.seq);

    std::vector<std::string> names;
    for (const auto& check : answer->checks) {
        names.push_back(check.name);
        CHECK(check.outcome ==
              (check.name == "webhook" ? vault::Outcome::pending : vault::Outcome::passed));
        CHECK(check.sentence.ends_with("."));
    }
    CHECK(
        names ==
        std::vector<std::string>{
            "shape",     "challenge",        "owner_signature", "idempotency",      "context",
            "context",   "deploy_key_proof", "webhook_proof",   "deploy_key_proof", "webhook_proof",
            "unseal",    "unseal",           "address",         "address",          "ownership",
            "ownership", "project_id",       "project",         "webhook",          "webhook"});

    const std::string path = "/v1/registrations/" + answer->registration_id;
    const auto status = project.signed_request(world, "GET", path);
    REQUIRE(status.status == 200);
    const auto parsed = vault::parse_registration_status(status.body);
    REQUIRE(parsed);
    CHECK(parsed->deployments.size() == 2);
    CHECK(world.send("GET", path).status == 401);
    CHECK(Project(world).signed_request(world, "GET", path).status == 404);
    CHECK(project.signed_request(world, "GET", path + "0").status == 404);
}

TEST_CASE("the proofs of a registration can be checked by anyone") {
    World world;
    Project project(world);
    project.publish(world);
    const auto response = project.submit(world, project.registration(world), key('1'));
    REQUIRE(response.status == 201);
    const std::string id = json::parse(response.body)["registration_id"];
    const auto proofs = world.send("GET", "/v1/registrations/" + id + "/proofs");
    REQUIRE(proofs.status == 200);
    const json value = json::parse(proofs.body);
    REQUIRE(value["proofs"].size() == 4);
    for (const json& row : value["proofs"]) {
        const auto bytes = [&row](const char* name) {
            return *from_base64(row[name].get<std::string>());
        };
        const auto point = to_array<32>(bytes("point"), "point");
        const auto vault_key = to_array<32>(bytes("vault_key"), "vault key");
        REQUIRE(point);
        REQUIRE(vault_key);
        CHECK(
            seal::verify(*point, *vault_key, seal::context_hash(bytes("context")), bytes("proof")));
    }
    CHECK(vault::parse_receipt(value["receipt"].dump()));
    CHECK(value.dump().find("envelope") == std::string::npos);
    CHECK(world.send("GET", "/v1/registrations/" + key('0') + "/proofs").status == 404);
}

TEST_CASE("the same request gets the same answer again, another one under its key does not") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    const auto first_answer = project.submit(world, registration, key('1'));
    REQUIRE(first_answer.status == 201);
    world.clock.time += 100000; // long after its challenge has expired
    const auto again = project.submit(world, registration, key('1'));
    CHECK(again.status == 200);
    CHECK(again.body == first_answer.body);

    auto other = project.registration(world);
    const auto refused = project.submit(world, other, key('1'));
    CHECK(refused.status == 422);
    CHECK(failed_reason(refused) == "idempotency_key_reused");
    CHECK(world.rows("registration") == 1);
}

TEST_CASE("what hinders the node itself is no verdict on the request") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    const Error own{ErrorCode::io, "This node cannot log in right now.", {}, "No tau-git."};
    for (const std::string& url : urls) {
        CAPTURE(url);
        (*world.repositories)[url].failure = node::LoginFailure{"", "", own};
        const auto response = project.submit(world, registration, key('1'));
        CHECK(response.status == 503);
        CHECK(json::parse(response.body)["reason"] == "node_failure");
        CHECK(response.body.find("tau-git") == std::string::npos);
        (*world.repositories)[url].failure.reset();
    }
    CHECK(world.log.count("3 node: This node cannot log in right now. (No tau-git.)") == 2);
    CHECK(project.submit(world, registration, key('1')).status == 201);
}

TEST_CASE("a challenge is good for one registration") {
    World world;
    Project project(world);
    project.publish(world);
    auto registration = project.registration(world);
    REQUIRE(project.submit(world, registration, key('1')).status == 201);
    const auto replay = project.submit(world, registration, key('2'));
    CHECK(replay.status == 422);
    CHECK(failed_reason(replay) == "challenge_redeemed");
    CHECK(world.rows("registration") == 1);
}

TEST_CASE("of many requests at once with one challenge, exactly one is stored") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    std::vector<std::future<node::Response>> answers;
    for (char digit : std::string("123456789abc")) {
        answers.push_back(std::async(std::launch::async, [&, digit] {
            return project.submit(world, registration, key(digit));
        }));
    }
    int stored = 0;
    for (auto& answer : answers) {
        const auto response = answer.get();
        stored += response.status == 201 ? 1 : 0;
        CHECK((response.status == 201 || failed_reason(response) == "challenge_redeemed"));
    }
    CHECK(stored == 1);
    CHECK(world.rows("registration") == 1);
}

TEST_CASE("a request that is still being worked on is not worked on twice") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    std::latch working(1);
    std::promise<void> go_on;
    auto wait = go_on.get_future().share();
    std::atomic<bool> told{false};
    *world.before_read = [&] {
        if (!told.exchange(true)) {
            working.count_down();
        }
        wait.wait();
    };
    auto slow = std::async(std::launch::async,
                           [&] { return project.submit(world, registration, key('1')); });
    working.wait();
    const auto busy = project.submit(world, registration, key('1'));
    CHECK(busy.status == 409);
    bool has_retry_after = false;
    for (const auto& header : busy.headers) {
        has_retry_after = has_retry_after || header.name == "Retry-After";
    }
    CHECK(has_retry_after);
    go_on.set_value();
    CHECK(slow.get().status == 201);
    CHECK(project.submit(world, registration, key('1')).status == 200);
}

TEST_CASE("a project that another owner registered is answered as if it were not there") {
    World world;
    Project project(world);
    project.publish(world);
    REQUIRE(project.submit(world, project.registration(world), key('1')).status == 201);
    Project thief(world);
    thief.publish(world);
    const auto refused = thief.submit(world, thief.registration(world), key('2'));
    CHECK(refused.status == 422);
    CHECK(failed_reason(refused) == "project_not_found");
    CHECK(world.rows("registration") == 1);
    CHECK(world.rows("used_challenge") == 1);
}

TEST_CASE("registering again replaces the owner's older registration and erases its keys") {
    World world;
    Project project(world);
    project.publish(world);
    REQUIRE(project.submit(world, project.registration(world), key('1')).status == 201);
    Project again = std::move(project);
    for (std::size_t i = 0; i < 2; ++i) {
        again.bundles[i] = again.seal_for(world, i, again.expected(world, i));
    }
    REQUIRE(again.submit(world, again.registration(world), key('2')).status == 201);
    CHECK(world.rows("registration") == 2);
    CHECK(world.rows("sealed") == 2);
}

TEST_CASE("a nonce cannot come back with other content") {
    World world;
    Project project(world);
    project.publish(world);
    REQUIRE(project.submit(world, project.registration(world), key('1')).status == 201);
    // The same seal, signed again by its owner over another envelope: same nonce, other bytes.
    auto registration = project.registration(world);
    seal::Bundle changed = *seal::decode_bundle(registration.repositories[0].sealed);
    changed.deploy_key.envelope.clear();
    changed.deploy_key.context.aux_hash = {};
    sign_bundle(project, changed);
    registration.repositories[0].sealed = seal::encode(changed);
    vault::sign(registration, project.owner);
    const auto refused = project.submit(world, registration, key('2'));
    CHECK(failed_reason(refused) == "nonce_reused");
}

TEST_CASE("a junk envelope is noted, and the registration stands") {
    World world;
    Project project(world);
    project.publish(world);
    const seal::Bundle good = project.bundles[0];
    // The envelope belongs to the context, so junk in it needs a proof made for it.
    seal::Bundle junk = good;
    junk.deploy_key.envelope = Bytes(72, 7);
    SystemEntropy entropy;
    Hash32 aux = tagged_hash32("TauVE1-envelope", junk.deploy_key.envelope);
    junk.deploy_key.context.aux_hash = aux;
    const auto proof = seal::prove(
        project.deploy_keys[0].scalar(), junk.deploy_key.point, junk.deploy_key.vault_key,
        seal::context_hash(*seal::encode(junk.deploy_key.context)), entropy);
    REQUIRE(proof);
    junk.deploy_key.proof = *proof;
    sign_bundle(project, junk);
    project.bundles[0] = junk;
    const auto response = project.submit(world, project.registration(world), key('1'));
    REQUIRE(response.status == 201);
    const auto answer = vault::parse_registration_answer(response.body);
    REQUIRE(answer);
    const auto noted = std::find_if(answer->checks.begin(), answer->checks.end(), [](auto& check) {
        return check.outcome == vault::Outcome::noted;
    });
    REQUIRE(noted != answer->checks.end());
    CHECK(noted->reason == "seed_unavailable");
}

TEST_CASE("revoking erases the keys and is for the owner only") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    REQUIRE(project.submit(world, registration, key('1')).status == 201);
    const std::string path =
        "/v1/registrations/" +
        *vault::registration_id(world.record().node_id(), project.owner.public_key(), key('1'));
    CHECK(world.send("DELETE", path).status == 401);
    CHECK(Project(world).signed_request(world, "DELETE", path).status == 404);
    CHECK(world.rows("sealed") == 2);
    CHECK(project.signed_request(world, "DELETE", path).status == 200);
    CHECK(world.rows("sealed") == 0);
    CHECK(project.signed_request(world, "DELETE", path).status == 200);
    CHECK(world.send("GET", path + "/proofs").status == 404);
    CHECK(failed_reason(project.submit(world, registration, key('1'))) == "registration_ended");
    // The project is free again.
    Project next(world);
    next.publish(world);
    CHECK(next.submit(world, next.registration(world), key('2')).status == 201);
}

TEST_CASE("what its owner withdrew does not come to life by a request that was still on its way") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    const std::string path =
        "/v1/registrations/" +
        *vault::registration_id(world.record().node_id(), project.owner.public_key(), key('1'));

    SUBCASE("not yet begun: refused, until its challenge has died") {
        CHECK(project.signed_request(world, "DELETE", path).status == 404);
        CHECK(failed_reason(project.submit(world, registration, key('1'))) == "registration_ended");
        CHECK(world.rows("sealed") == 0);
        world.clock.time += 121;
        CHECK(failed_reason(project.submit(world, registration, key('1'))) == "challenge_expired");
    }
    SUBCASE("being worked on: the owner is asked to come again") {
        int met = 0;
        *world.before_read = [&] {
            const auto response = project.signed_request(world, "DELETE", path);
            CHECK(response.status == 409);
            CHECK(response.headers.size() == 1); // Retry-After
            ++met;
        };
        CHECK(project.submit(world, registration, key('1')).status == 201);
        CHECK(met > 0);
        CHECK(project.signed_request(world, "DELETE", path).status == 200);
        CHECK(world.rows("sealed") == 0);
    }
    SUBCASE("by somebody else: of no effect") {
        CHECK(Project(world).signed_request(world, "DELETE", path).status == 404);
        CHECK(project.submit(world, registration, key('1')).status == 201);
    }
}

TEST_CASE("strangers who withdraw take no place of others, and write little") {
    World world;
    const Project project(world);
    const Project stranger(world);
    const auto withdraw = [&](const Project& who, const std::string& id) {
        return who.signed_request(world, "DELETE", "/v1/registrations/" + id).status;
    };
    for (const std::string& id : {std::string("x"), std::string(2000, 'a'), std::string(32, 'A'),
                                  std::string(31, 'a'), std::string(32, 'g')}) {
        CHECK(withdraw(stranger, id) == 404);
    }
    CHECK(world.rows("withdrawn") == 0);
    CHECK(withdraw(project, std::string(32, 'a')) == 404);
    for (int i = 0; i < 100; ++i) {
        const std::string number = std::to_string(1000 + i);
        CHECK(withdraw(stranger, number + std::string(28, '0')) == 404);
    }
    CHECK(withdraw(stranger, std::string("1099") + std::string(28, '0')) == 404); // again
    CHECK(world.rows("withdrawn") == 1 + 64);
    const auto database = node::open_sqlite(world.folder.path() / "node" / "node.db");
    CHECK((*database)
              ->run("SELECT 1 FROM withdrawn WHERE registration_id = $1", {std::string(32, 'a')})
              ->size() == 1);
    CHECK_FALSE(node::is_cheap("DELETE", "/v1/registrations/" + std::string(32, 'a')));
    CHECK(node::is_costly("DELETE", "/v1/registrations/" + std::string(32, 'a')));
}

TEST_CASE("an owner withdraws as often as registers") {
    World world;
    world.owner_per_minute = 2;
    world.open();
    const Project project(world);
    const std::string path = "/v1/registrations/" + std::string(32, 'a');
    CHECK(project.signed_request(world, "DELETE", path).status == 404);
    CHECK(project.signed_request(world, "DELETE", path).status == 404);
    const auto limited = project.signed_request(world, "DELETE", path);
    CHECK(limited.status == 429);
    CHECK(limited.headers.size() == 1); // Retry-After
    CHECK(Project(world).signed_request(world, "DELETE", path).status == 404);
}

TEST_CASE("an owner who asks for too much waits; what was answered before is answered again") {
    World world;
    world.owner_per_minute = 2;
    world.open();
    Project project(world);
    project.publish(world);
    const auto first = project.registration(world);
    CHECK(project.submit(world, first, key('1')).status == 201);
    CHECK(project.submit(world, first, key('1')).status == 200);
    CHECK(project.submit(world, project.registration(world), key('2')).status == 201);
    const auto third = project.registration(world);
    const auto limited = project.submit(world, third, key('3'));
    CHECK(limited.status == 429);
    REQUIRE(limited.headers.size() == 1);
    CHECK(limited.headers[0].name == "Retry-After");
    CHECK(project.submit(world, first, key('1')).status == 422); // it was replaced meanwhile
    const auto rotation =
        project.signed_request(world, "PUT",
                               "/v1/registrations/" +
                                   *vault::registration_id(world.record().node_id(),
                                                           project.owner.public_key(), key('2')) +
                                   "/sealed",
                               vault::to_json(third));
    CHECK(rotation.status == 429);
    const Project other(world);
    CHECK(failed_reason(other.submit(world, other.registration(world), key('4'))) ==
          "claim_other_owner");
}

TEST_CASE("name servers and both logins of a registration share one deadline") {
    World world;
    Project project(world);
    project.publish(world);
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(project.submit(world, project.registration(world), key('1')).status == 201);
    const auto end = std::chrono::steady_clock::now();
    auto deadlines = world.host_calls->take_deadlines();
    deadlines.erase(node::Instant::max()); // of the looks that follow
    REQUIRE(deadlines.size() == 1);
    CHECK(*deadlines.begin() > begin + std::chrono::seconds(8));
    CHECK(*deadlines.begin() <= end + std::chrono::seconds(8));
}
