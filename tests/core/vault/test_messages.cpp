#include "fixture.h"
#include "tests/support/vectors.h"

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

using namespace tau;
using namespace tau::test;
using nlohmann::json;

namespace {

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

vault::Receipt make_receipt(const NodeKeys& keys, const keys::OwnerKey& owner) {
    vault::Receipt receipt;
    receipt.registration_id = std::string(32, 'b');
    receipt.project_id = project_id;
    receipt.node_id = make_record(keys).node_id();
    receipt.owner_key = owner.public_key();
    receipt.body_hash = vault::body_hash("{}");
    for (std::size_t i = 0; i < 4; ++i) {
        receipt.proof_hashes[i].fill(static_cast<std::uint8_t>(i));
    }
    receipt.time = now;
    receipt.record_seq = 3;
    REQUIRE(vault::sign(receipt, keys.sign));
    return receipt;
}

} // namespace

TEST_CASE("a registration comes back as it was signed") {
    const keys::OwnerKey owner = make_owner();
    const vault::Registration registration = make_registration(owner);
    const auto back = vault::parse_registration(vault::to_json(registration));
    REQUIRE(back);
    CHECK(vault::has_good_signature(*back));
    CHECK(vault::signed_bytes(*back) == vault::signed_bytes(registration));
    CHECK(vault::to_json(*back) == vault::to_json(registration));
}

TEST_CASE("the owner's signature covers every field of a registration") {
    const keys::OwnerKey owner = make_owner();
    using vault::Registration;
    const std::vector<std::pair<const char*, std::function<void(Registration&)>>> changes{
        {"project id", [](Registration& r) { r.project_id[5] ^= 1; }},
        {"project name", [](Registration& r) { r.project_name = "shop2"; }},
        {"owner key", [](Registration& r) { r.owner_key = make_owner().public_key(); }},
        {"challenge", [](Registration& r) { r.challenge[3] ^= 1; }},
        {"role", [](Registration& r) { r.repositories[1].role = vault::Role::configuration; }},
        {"url", [](Registration& r) { r.repositories[0].url += "x"; }},
        {"host key", [](Registration& r) { r.repositories[0].host_keys[0][10] ^= 1; }},
        {"branch", [](Registration& r) { r.repositories[1].default_branch = "dev"; }},
        {"sealed", [](Registration& r) { r.repositories[1].sealed[99] ^= 1; }},
        {"swapped", [](Registration& r) { std::swap(r.repositories[0], r.repositories[1]); }},
        {"place", [](Registration& r) { r.deployments[0].where = "region:us-east"; }},
        {"deployed branch", [](Registration& r) { r.deployments[0].branch = "dev"; }},
        {"deployed commit", [](Registration& r) { r.deployments[1].commit[0] = 'b'; }},
        {"fewer deployments", [](Registration& r) { r.deployments.pop_back(); }},
    };
    for (const auto& [name, change] : changes) {
        CAPTURE(name);
        Registration registration = make_registration(owner);
        REQUIRE(vault::has_good_signature(registration));
        change(registration);
        CHECK_FALSE(vault::has_good_signature(registration));
    }
}

TEST_CASE("a registration of the wrong shape is refused, and the field named") {
    const json good = json::parse(vault::to_json(make_registration(make_owner())));
    const std::vector<std::tuple<const char*, json, const char*>> cases{
        {"/version", 2, "version"},
        {"/version", "1", "version"},
        {"/version", 1.0, "version"},
        {"/project", nullptr, "project"},
        {"/project/id", "Qm", "project.id"},
        {"/project/id", std::string(46, '1'), "project.id"},
        {"/project/name", "my-shop", "project.name"},
        {"/owner_key", "AAAA", "owner_key"},
        {"/owner_key", "!", "owner_key"},
        {"/challenge", "", "challenge"},
        {"/repositories", json::array(), "repositories"},
        {"/repositories/0/role", "code", "repositories.configuration.role"},
        {"/repositories/0/host_keys", json::array(), "repositories.configuration.host_keys"},
        {"/repositories/0/host_keys/0", "MD5:aa", "repositories.configuration.host_keys"},
        {"/repositories/1/default_branch", "a..b", "repositories.code.default_branch"},
        {"/repositories/1/url", std::string(1025, 'a'), "repositories.code.url"},
        {"/repositories/1/sealed", std::string(40000, 'A'), "repositories.code.sealed"},
        {"/deployments/0/where", "region:atlantis", "deployments[0].where"},
        {"/deployments/0/where", "node:0", "deployments[0].where"},
        {"/deployments/0/branch", "-x", "deployments[0].branch"},
        {"/deployments/1/commit", std::string(40, 'G'), "deployments[1].commit"},
        {"/deployments/0/commit", std::string(40, 'a'), "deployments[0].branch"},
        {"/signature", "AAAA", "signature"},
        {"/extra", 1, "extra"},
        {"/repositories/0/extra", 1, "repositories.configuration.extra"},
    };
    for (const auto& [pointer, value, field] : cases) {
        CAPTURE(pointer);
        CAPTURE(field);
        json bad = good;
        bad[json::json_pointer(pointer)] = value;
        const auto refused = vault::parse_registration(bad.dump());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("\"" + std::string(field) + "\"") != std::string::npos);
    }
    for (const auto& item : good.items()) {
        json bad = good;
        bad.erase(item.key());
        CAPTURE(item.key());
        CHECK_FALSE(vault::parse_registration(bad.dump()));
    }
}

TEST_CASE("text around or instead of the JSON is refused") {
    const std::string good = vault::to_json(make_registration(make_owner()));
    REQUIRE(vault::parse_registration(good));
    CHECK_FALSE(vault::parse_registration(good + std::string("\0{}", 3)));
    CHECK_FALSE(vault::parse_registration(good + "x"));
    CHECK_FALSE(vault::parse_registration(""));
    CHECK_FALSE(vault::parse_registration(std::string(200000, '[')));
    CHECK_FALSE(vault::parse_registration(std::string(100000, '[')));
    const auto large = vault::parse_registration(good + std::string(200000, ' '));
    REQUIRE_FALSE(large);
    CHECK(large.error().code == ErrorCode::limit_exceeded);
    std::string twice = good;
    twice.insert(1, "\"version\":1,");
    const auto repeated = vault::parse_registration(twice);
    REQUIRE_FALSE(repeated);
    CHECK(repeated.error().message.find("twice") != std::string::npos);
}

TEST_CASE("text of many small parts is refused before it costs anything") {
    const auto repeated = [](std::string_view part, std::size_t size) {
        std::string text = "[";
        while (text.size() + 2 * part.size() + 2 < size) {
            text.append(part);
            text += ',';
        }
        return text.append(part) + "]";
    };
    std::string keys = "{";
    for (std::size_t i = 0; keys.size() < (4U << 20U) - 20; ++i) {
        keys += '"' + std::to_string(i) + "\":{},";
    }
    keys += "\"x\":{}}";
    for (const char* part : {"{}", "[]", "0", "\"\"", "{\"a\":{}}"}) {
        CAPTURE(part);
        const auto request = vault::parse_registration(repeated(part, 128U << 10U));
        REQUIRE_FALSE(request);
        CHECK(request.error().message.find("too many parts") != std::string::npos);
        const auto answer = vault::parse_registration_status(repeated(part, 4U << 20U));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().message.find("too many parts") != std::string::npos);
    }
    const auto answer = vault::parse_registration_status(keys);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().message.find("too many parts") != std::string::npos);
    // The largest answer that a node gives still fits.
    vault::RegistrationStatus status;
    status.registration_id = std::string(32, 'a');
    status.state = "active";
    for (int i = 0; i < 20000; ++i) {
        status.refs.push_back(
            {vault::Role::code, "refs/heads/" + std::to_string(i), std::string(40, 'a'), i});
    }
    CHECK(vault::parse_registration_status(vault::to_json(status)));
}

TEST_CASE("JSONTestSuite: what is not JSON is refused, and nothing crashes") {
    if (vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    int refused = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(vectors() / "JSONTestSuite/test_parsing")) {
        const std::string text = contents(entry.path());
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        CHECK_FALSE(vault::parse_registration(text));
        CHECK_FALSE(vault::parse_receipt(text));
        CHECK_FALSE(vault::parse_claim(text));
        CHECK_FALSE(vault::parse_registration_answer(text));
        CHECK_FALSE(vault::parse_registration_status(text));
        if (name.starts_with("n_")) {
            // As a member of an otherwise good message, it must spoil the whole message.
            std::string body = vault::to_json(make_registration(make_owner()));
            body.insert(body.size() - 1, ",\"extra\":" + text);
            const auto result = vault::parse_registration(body);
            REQUIRE_FALSE(result);
            ++refused;
        }
    }
    CHECK(refused > 180);
}

TEST_CASE("a receipt holds only as it was signed") {
    const NodeKeys keys;
    const keys::OwnerKey owner = make_owner();
    const vault::Receipt receipt = make_receipt(keys, owner);
    const auto sign_key = make_record(keys).sign_key;
    const std::string text = vault::to_json(receipt);
    const auto back = vault::parse_receipt(text);
    REQUIRE(back);
    CHECK(vault::verify_receipt(*back, sign_key));
    CHECK(vault::to_json(*back) == text);
    CHECK_FALSE(vault::verify_receipt(*back, owner.public_key()));
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string bad = text;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        const auto parsed = vault::parse_receipt(bad);
        CAPTURE(i);
        CHECK_FALSE((parsed && vault::verify_receipt(*parsed, sign_key)));
    }
}

TEST_CASE("a claim holds only as it was signed") {
    const keys::OwnerKey owner = make_owner();
    const vault::Claim claim = vault::make_claim(owner, project_id, vault::Role::code,
                                                 "ssh://git@git.example.org/me/tb_code_shop.git");
    const std::string text = vault::to_text(claim);
    CHECK(std::count(text.begin(), text.end(), '\n') == 8);
    const auto back = vault::parse_claim(text);
    REQUIRE(back);
    CHECK(back->project_id == project_id);
    CHECK(back->role == vault::Role::code);
    CHECK(back->repository_url == claim.repository_url);
    CHECK(back->owner_key == owner.public_key());
    const auto same = [&claim](const vault::Claim& other) {
        return other.project_id == claim.project_id && other.role == claim.role &&
               other.repository_url == claim.repository_url && other.owner_key == claim.owner_key &&
               other.signature == claim.signature;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string bad = text;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        const auto parsed = vault::parse_claim(bad);
        CAPTURE(i); // a change of white space may leave the claim as it is
        CHECK((!parsed || same(*parsed)));
    }
    CHECK_FALSE(vault::parse_claim(text + std::string(5000, ' ')));
}

TEST_CASE("an owner's request is good for its method, path, body and time only") {
    const keys::OwnerKey owner = make_owner();
    const std::string path = "/v1/registrations/" + std::string(32, 'a');
    const std::string header = vault::owner_authorization(owner, "GET", path, "x", now);
    const auto check = [&](std::string_view h, std::string_view method, std::string_view p,
                           std::string_view body, std::int64_t time) {
        return vault::check_owner_authorization(h, method, p, body, time);
    };
    const auto good = check(header, "GET", path, "x", now + 299);
    REQUIRE(good);
    CHECK(good->owner == owner.public_key());
    CHECK(good->until == now + 300);
    const auto again = check(header, "GET", path, "x", now - 299);
    REQUIRE(again);
    CHECK(again->id == good->id); // known by what was signed, wherever it comes from
    const std::string next = vault::owner_authorization(owner, "GET", path, "x", now + 1);
    CHECK(check(next, "GET", path, "x", now)->id != good->id);
    CHECK_FALSE(check(header, "DELETE", path, "x", now));
    CHECK_FALSE(check(header, "GET", path + "b", "x", now));
    CHECK_FALSE(check(header, "GET", path, "y", now));
    CHECK_FALSE(check(header, "GET", path, "x", now + 301));
    CHECK_FALSE(check(header, "GET", path, "x", now - 301));
    for (const char* bad : {"", "TauOwner ", "TauOwner a.b.c", "TauOwner ..", "Bearer x",
                            "TauOwner AAAA.1.AAAA", "TauOwner AAAA.-1"}) {
        CAPTURE(bad);
        CHECK_FALSE(check(bad, "GET", path, "x", now));
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        std::string changed = header;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CAPTURE(i);
        CHECK_FALSE(check(changed, "GET", path, "x", now));
    }
}

TEST_CASE("answers and states come back as they were written") {
    const NodeKeys keys;
    const keys::OwnerKey owner = make_owner();
    vault::RegistrationAnswer answer{std::string(32, 'b'),
                                     "active",
                                     {{"proof", "code", vault::Outcome::passed, "", "Fine."},
                                      {"webhook", "code", vault::Outcome::pending, "", "Later."}},
                                     make_receipt(keys, owner)};
    const auto back = vault::parse_registration_answer(vault::to_json(answer));
    REQUIRE(back);
    CHECK(vault::to_json(*back) == vault::to_json(answer));
    CHECK(back->checks[1].outcome == vault::Outcome::pending);

    vault::RegistrationStatus status;
    status.registration_id = std::string(32, 'b');
    status.state = "active";
    status.checks = answer.checks;
    status.webhook_seen = {now, 0};
    status.refs = {{vault::Role::code, "refs/heads/main", std::string(40, 'c'), now}};
    status.deployments = {{"*", vault::Role::code, "main", ""}};
    status.refs_left_out = 7;
    const auto again = vault::parse_registration_status(vault::to_json(status));
    REQUIRE(again);
    CHECK(vault::to_json(*again) == vault::to_json(status));
}

TEST_CASE("both sides derive the same registration id, and nobody else's") {
    const keys::OwnerKey owner = make_owner();
    const std::string key(32, '7');
    const auto id = vault::registration_id("node", owner.public_key(), key);
    REQUIRE(id);
    CHECK(id->size() == 32);
    CHECK(*id == *vault::registration_id("node", owner.public_key(), key));
    CHECK(*id != *vault::registration_id("node2", owner.public_key(), key));
    CHECK(*id != *vault::registration_id("node", make_owner().public_key(), key));
    CHECK(*id != *vault::registration_id("node", owner.public_key(), std::string(32, '8')));
    for (const char* bad : {"", "7", "zz", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
        CHECK_FALSE(vault::registration_id("node", owner.public_key(), bad));
    }
}
