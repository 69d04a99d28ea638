#include "core/vault/client.h"
#include "core/vault/retry.h"
#include "fixture.h"

#include <deque>
#include <functional>

using namespace tau;
using namespace tau::test;

namespace {

/// Answers from a list, and remembers what it was asked.
class ScriptedHttp final : public Http {
public:
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token) override {
        asked.push_back(request);
        if (answers.empty()) {
            return fail(ErrorCode::unavailable, "Nobody there.");
        }
        Result<HttpResponse> answer = std::move(answers.front());
        answers.pop_front();
        return answer;
    }
    std::deque<Result<HttpResponse>> answers;
    std::vector<HttpRequest> asked;
};

HttpResponse answer(int status, std::string body = "{}", std::vector<HttpHeader> headers = {}) {
    return {status, std::move(headers), std::move(body)};
}

const vault::RetryPolicy fast{5, std::chrono::milliseconds(2), std::chrono::milliseconds(3000)};

struct World {
    NodeKeys keys;
    vault::NodeRecord record = make_record(keys);
    ScriptedHttp http;
    SystemEntropy entropy;
    vault::Client client{http, entropy, record, fast};
    keys::OwnerKey owner = make_owner();
};

} // namespace

TEST_CASE("what may pass with time is tried again, what will not is not") {
    for (const int status : {429, 502, 503, 504}) {
        World world;
        for (int i = 0; i < 4; ++i) {
            world.http.answers.push_back(answer(status));
        }
        world.http.answers.push_back(answer(200, "{\"challenge\":\"AAAA\",\"expires_at\":1}"));
        CHECK(world.client.challenge(world.owner.public_key(), {}));
        CHECK(world.http.asked.size() == 5);
    }
    for (const int status : {400, 401, 404, 409, 413, 422, 500}) {
        World world;
        world.http.answers.push_back(answer(status));
        CHECK_FALSE(world.client.challenge(world.owner.public_key(), {}));
        CHECK(world.http.asked.size() == 1);
    }
    World silent;
    const auto failed = silent.client.challenge(silent.owner.public_key(), {});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::unavailable);
    CHECK(silent.http.asked.size() == 5);
}

TEST_CASE("Retry-After is honoured, and one beyond the whole budget ends the call at once") {
    World world;
    world.http.answers.push_back(answer(503, "", {{"retry-after", "1"}}));
    world.http.answers.push_back(answer(200, "{\"challenge\":\"AAAA\"}"));
    const auto before = std::chrono::steady_clock::now();
    CHECK(world.client.challenge(world.owner.public_key(), {}));
    CHECK(std::chrono::steady_clock::now() - before >= std::chrono::seconds(1));

    World busy;
    busy.http.answers.push_back(answer(503, "", {{"Retry-After", "3600"}}));
    CHECK_FALSE(busy.client.challenge(busy.owner.public_key(), {}));
    CHECK(busy.http.asked.size() == 1);
}

TEST_CASE("Retry-After is seconds or a date") {
    const auto seconds = [](const char* value, const char* date) -> long long {
        HttpResponse response = answer(503, "", {{"Retry-After", value}});
        if (date != nullptr) {
            response.headers.push_back({"Date", date});
        }
        const auto wait = vault::retry_after(response, 784111700);
        return wait ? wait->count() : -1;
    };
    CHECK(seconds("120", nullptr) == 120);
    CHECK(seconds(" 0 ", nullptr) == 0);
    CHECK(seconds("Sun, 06 Nov 1994 08:49:37 GMT", nullptr) == 77);
    CHECK(seconds("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT") == 30);
    CHECK(seconds("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 09:49:07 GMT") == 0);
    CHECK(seconds("9223372036854775807", nullptr) == 365 * 24 * 3600);
    CHECK(seconds("Fri, 31 Dec 9999 23:59:59 GMT", nullptr) == 365 * 24 * 3600);
    for (const char* bad : {"", "soon", "-1", "1.5", "Sun, 06 Nov 1994 08:49:37 UTC",
                            "Sun, 66 Nov 1994 08:49:37 GMT", "Sun, 06 ovN 1994 08:49:37 GMT"}) {
        CAPTURE(bad);
        CHECK(seconds(bad, nullptr) == -1);
    }
}

TEST_CASE("waiting ends when it is told to stop") {
    World world;
    const vault::RetryPolicy slow{5, std::chrono::minutes(1), std::chrono::minutes(5)};
    vault::Client client(world.http, world.entropy, world.record, slow);
    std::stop_source stop;
    stop.request_stop();
    const auto before = std::chrono::steady_clock::now();
    const auto failed = client.challenge(world.owner.public_key(), stop.get_token());
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::cancelled);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("a refusal is told with the failed checks' sentences") {
    World world;
    const vault::RegistrationAnswer refused{
        "",
        "refused",
        {{"shape", "", vault::Outcome::passed, "", "Fine."},
         {"ownership", "code", vault::Outcome::failed, "claim_missing", "There is no claim."}},
        {}};
    world.http.answers.push_back(answer(422, vault::to_json(refused)));
    const auto result = world.client.register_project(make_registration(world.owner),
                                                      std::string(32, 'a'), now, {});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::permission_denied);
    CHECK(result.error().message.find("There is no claim.") != std::string::npos);
    CHECK(result.error().message.find("Fine.") == std::string::npos);
    CHECK(result.error().detail.find("claim_missing") != std::string::npos);
}

namespace {

/// A registration that was really sealed, and the answer that its node owes it.
struct Registered {
    World world;
    vault::Registration registration = make_registration(world.owner);
    const std::string key = std::string(32, 'a');
    vault::RegistrationAnswer good;

    Registered() {
        vault::Receipt receipt;
        for (std::size_t i = 0; i < 2; ++i) {
            auto& repository = registration.repositories[i];
            const auto bundle =
                seal::seal_bundle(keys::DeployKey::generate(world.entropy),
                                  keys::WebhookSecret::generate(world.entropy), world.owner,
                                  {registration.project_id, repository.url, world.record.node_id(),
                                   world.owner.public_key(), world.record.seal_key, now - 86400},
                                  world.entropy);
            REQUIRE(bundle);
            repository.sealed = seal::encode(*bundle);
            receipt.proof_hashes[2 * i] = vault::proof_hash(bundle->deploy_key.proof);
            receipt.proof_hashes[2 * i + 1] = vault::proof_hash(bundle->webhook.proof);
        }
        vault::sign(registration, world.owner);
        receipt.registration_id =
            vault::registration_id(world.record.node_id(), world.owner.public_key(), key).value();
        receipt.project_id = registration.project_id;
        receipt.node_id = world.record.node_id();
        receipt.owner_key = world.owner.public_key();
        receipt.body_hash = vault::body_hash(vault::to_json(registration));
        receipt.time = now;
        receipt.record_seq = world.record.seq;
        good = {receipt.registration_id,
                "active",
                {{"shape", "", vault::Outcome::passed, "", "Fine."},
                 {"webhook", "code", vault::Outcome::pending, "webhook_not_seen", "Not yet."}},
                receipt};
    }
    /// "" when the answer is believed, else why it is not.
    std::string refusal(int status, vault::RegistrationAnswer answered) {
        REQUIRE(vault::sign(*answered.receipt, world.keys.sign));
        world.http.answers.push_back(answer(status, vault::to_json(answered)));
        const auto result = world.client.register_project(registration, key, now, {});
        if (result) {
            return "";
        }
        CHECK(result.error().code == ErrorCode::untrusted);
        return result.error().message;
    }
};

} // namespace

TEST_CASE("only a refusal of the challenge is worth another challenge") {
    const auto refused = [](const std::string& name, const std::string& outcome) {
        return R"({"registration_id":")" + std::string(32, 'a') +
               R"(","state":"refused","checks":[{"name":"shape","target":"","outcome":"passed",)"
               R"("reason":"","sentence":"Fine."},{"name":")" +
               name + R"(","target":"","outcome":")" + outcome +
               R"(","reason":"challenge_expired","sentence":"It is over."}]})";
    };
    const auto error = [](ErrorCode code, const std::string& detail) {
        return Error{code, "No.", {}, detail};
    };
    REQUIRE(vault::parse_registration_answer(refused("challenge", "failed")));
    CHECK(vault::wants_new_challenge(
        error(ErrorCode::permission_denied, refused("challenge", "failed"))));
    CHECK_FALSE(vault::wants_new_challenge(
        error(ErrorCode::permission_denied, refused("challenge", "passed"))));
    CHECK_FALSE(vault::wants_new_challenge(
        error(ErrorCode::permission_denied, refused("proof", "failed"))));
    CHECK_FALSE(
        vault::wants_new_challenge(error(ErrorCode::untrusted, refused("challenge", "failed"))));
    CHECK_FALSE(vault::wants_new_challenge(error(ErrorCode::permission_denied, "")));
    CHECK_FALSE(vault::wants_new_challenge(error(ErrorCode::permission_denied, "{\"checks\":1}")));
}

TEST_CASE("a receipt that is not for this request is refused") {
    Registered world;
    CHECK(world.refusal(201, world.good) == "");
    CHECK(world.refusal(200, world.good) == "");
    const std::vector<std::pair<const char*, std::function<void(vault::RegistrationAnswer&)>>>
        changes{
            {"another registration",
             [](auto& a) { a.receipt->registration_id = std::string(32, 'b'); }},
            {"another registration", [](auto& a) { a.registration_id = std::string(32, 'b'); }},
            {"another registration", [](auto& a) { a.receipt->owner_key[0] ^= 1; }},
            {"another request", [](auto& a) { a.receipt->body_hash[0] ^= 1; }},
            {"other proofs", [](auto& a) { a.receipt->proof_hashes[3][0] ^= 1; }},
            {"its time", [](auto& a) { a.receipt->time = now + 601; }},
            {"its time", [](auto& a) { a.receipt->time = now - 86400 - 601; }},
            {"its time", [](auto& a) { a.receipt->time = 0; }},
            {"revoked", [](auto& a) { a.state = "revoked"; }},
            {"failed check", [](auto& a) { a.checks[0].outcome = vault::Outcome::failed; }},
        };
    for (const auto& [why, change] : changes) {
        for (const int status : {200, 201}) {
            CAPTURE(why);
            vault::RegistrationAnswer bad = world.good;
            change(bad);
            CHECK(world.refusal(status, bad).find(why) != std::string::npos);
        }
    }
    // The answer to a repeated request is the first one's.
    vault::RegistrationAnswer older = world.good;
    older.receipt->time = now - 601;
    CHECK(world.refusal(201, older).find("its time") != std::string::npos);
    CHECK(world.refusal(200, older) == "");
    older.receipt->time = now;
    older.receipt->record_seq = world.world.record.seq - 1;
    CHECK(world.refusal(201, older).find("older record") != std::string::npos);
    CHECK(world.refusal(200, older) == "");
}

TEST_CASE("a node's record is fetched from that node only, and never an older one") {
    const auto fetch = [](World& world, const vault::NodeRecord& record) {
        world.http.answers.push_back(
            answer(200, "{\"record\":\"" + to_base64(vault::encode(record)) + "\"}"));
        return world.client.fetch_record(now, {});
    };
    World world;
    CHECK(fetch(world, world.record));
    vault::NodeRecord newer = world.record;
    newer.seq = 8;
    REQUIRE(vault::sign_record(newer, world.keys.sign, world.keys.seal));
    CHECK(fetch(world, newer));
    vault::NodeRecord older = world.record;
    older.seq = 6;
    REQUIRE(vault::sign_record(older, world.keys.sign, world.keys.seal));
    CHECK_FALSE(fetch(world, older));
    CHECK_FALSE(fetch(world, make_record(NodeKeys())));
    vault::NodeRecord dead = world.record;
    dead.seq = vault::tombstone_seq;
    REQUIRE(vault::sign_record(dead, world.keys.sign, world.keys.seal));
    const auto refused = fetch(world, dead);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::untrusted);
    CHECK(refused.error().message.find("dead") != std::string::npos);
}

TEST_CASE("what is already gone counts as revoked") {
    World world;
    world.http.answers.push_back(answer(404));
    CHECK(world.client.revoke(std::string(32, 'a'), world.owner, now, {}));
    CHECK(world.http.asked[0].method == "DELETE");
    world.http.answers.push_back(answer(401));
    CHECK_FALSE(world.client.revoke(std::string(32, 'a'), world.owner, now, {}));
    CHECK(world.client.hook_url("id", vault::Role::code) ==
          "http://127.0.0.1:8123/v1/hooks/id/code");
}

TEST_CASE("a vault's word on deployments and versions counts only when it fits what was asked") {
    World world;
    const std::string id(32, 'a');
    const std::string commit(40, '1');
    const std::vector<vault::Deployment> rows{{"*", vault::Role::code, "main", ""}};
    const auto set = [&](const vault::DeploymentsAnswer& told) {
        world.http.answers.push_back(answer(200, vault::to_json(told)));
        return world.client.set_deployments(id, rows, world.owner, now, {}).has_value();
    };
    CHECK(set({id, {{rows[0], commit}}}));
    const HttpRequest& asked = world.http.asked.back();
    CHECK(asked.method == "PUT");
    CHECK(asked.url.ends_with("/v1/registrations/" + id + "/deployments"));
    CHECK_FALSE(set({std::string(32, 'b'), {{rows[0], commit}}}));
    CHECK_FALSE(set({id, {}}));
    CHECK_FALSE(set({id, {{rows[0], ""}}}));
    CHECK_FALSE(set({id, {{{"*", vault::Role::code, "dev", ""}, commit}}}));

    const auto version = [&](const vault::ProjectVersion& told) {
        world.http.answers.push_back(answer(200, vault::to_json(told)));
        return world.client.version(project_id, {"eu-west", ""}, {}).has_value();
    };
    const std::vector<vault::RefState> refs{{vault::Role::code, "refs/heads/main", commit, 1}};
    const auto good = vault::resolve_version(project_id, rows, refs, {"eu-west", ""});
    CHECK(version(good));
    CHECK(world.http.asked.back().url.ends_with("/version?region=eu-west"));
    CHECK_FALSE(version(vault::resolve_version(project_id, rows, refs, {"us-east", ""})));
    auto bad = good;
    bad.repositories[1].reason = "commit_fixed";
    CHECK_FALSE(version(bad));
    bad = good;
    bad.repositories[1].where = "region:us-east";
    CHECK_FALSE(version(bad));
    bad = good;
    bad.repositories[1].commit.clear();
    CHECK_FALSE(version(bad));
    world.http.answers.push_back(answer(404));
    const auto none = world.client.version(project_id, {}, {});
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::not_found);
}
