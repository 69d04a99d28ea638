#include "fixture.h"

using namespace tau;
using namespace tau::test;

namespace {

vault::ListedNode listed(const NodeKeys& keys, std::uint64_t seq = 7) {
    vault::ListedNode node;
    node.record = unsigned_record();
    node.record.seq = seq;
    REQUIRE(vault::sign_record(node.record, keys.sign, keys.seal));
    node.encoded = vault::encode(node.record);
    node.audits_passed = 118;
    node.audits_failed = 2;
    node.first_seen = now - 86400;
    node.measured_slots = 100;
    return node;
}

} // namespace

TEST_CASE("a network file comes back as it was written") {
    const NodeKeys a;
    const NodeKeys b;
    vault::Network network{
        "Lokales \"Netz\"", {{"local", "Git: here", "/home/me/a b"}}, {listed(a), listed(b)}, {}};
    const std::string yaml = vault::to_yaml(network);
    const auto back = vault::parse_network(yaml, now);
    REQUIRE(back);
    CHECK(back->name == network.name);
    REQUIRE(back->git_hosts.size() == 1);
    CHECK(back->git_hosts[0].root == "/home/me/a b");
    CHECK(back->git_hosts[0].name == "Git: here");
    REQUIRE(back->nodes.size() == 2);
    CHECK(back->refused.empty());
    CHECK(back->nodes[0].record == network.nodes[0].record);
    CHECK(back->nodes[0].audits_failed == 2);
    CHECK(back->nodes[1].measured_slots == 100);
    CHECK(vault::to_yaml(*back) == yaml);
}

TEST_CASE("only records that hold now become nodes; the others are named with their reason") {
    const NodeKeys a;
    const NodeKeys b;
    const NodeKeys dead;
    vault::ListedNode forged = listed(b);
    forged.encoded[100] ^= 1;
    const vault::Network network{"n",
                                 {},
                                 {listed(a, 5), forged, listed(a, 9), listed(a, 8), listed(dead, 3),
                                  listed(dead, vault::tombstone_seq)},
                                 {}};
    const auto back = vault::parse_network(vault::to_yaml(network), now);
    REQUIRE(back);
    REQUIRE(back->nodes.size() == 1);
    CHECK(back->nodes[0].record.seq == 9);
    CHECK(back->refused.size() == 3);
    const auto later = vault::parse_network(vault::to_yaml(network), now + 86400);
    REQUIRE(later);
    CHECK(later->nodes.empty());
    CHECK(later->refused.size() == 6);
}

TEST_CASE("a tombstone wins for ever, wherever it stands in the list") {
    const NodeKeys keys;
    vault::ListedNode tombstone = listed(keys, vault::tombstone_seq);
    tombstone.record.not_before -= 86400 * 30;
    tombstone.record.expires -= 86400 * 30;
    REQUIRE(vault::sign_record(tombstone.record, keys.sign, keys.seal));
    tombstone.encoded = vault::encode(tombstone.record);
    const vault::ListedNode live = listed(keys, 9);
    for (const auto& nodes : {std::vector{tombstone, live}, std::vector{live, tombstone}}) {
        const auto back = vault::parse_network(vault::to_yaml({"n", {}, nodes, {}}), now);
        REQUIRE(back);
        CHECK(back->nodes.empty());
        REQUIRE_FALSE(back->refused.empty());
        CHECK(back->refused.back().name == live.record.name);
        CHECK(back->refused.back().reason.message.find("dead") != std::string::npos);
    }
}

TEST_CASE("a malformed network file is refused with its place") {
    for (const char* bad :
         {"", "[]", "version: 2\nname: x", "name: x", "version: 1", "version: 1\nname: [a]",
          "version: 1\nname: x\nvaults: {}", "version: 1\nname: x\nvaults: [1]",
          "version: 1\nname: x\nvaults: [{}]", "version: 1\nname: x\nvaults: [{record: '!'}]",
          "version: 1\nname: x\nvaults: [{record: AAAA, audits_passed: -1}]",
          "version: 1\nname: x\nvaults: [{record: AAAA, audits_passed: 99999999999}]",
          "version: 1\nname: x\ngit_hosts: [{}]", "version: 1\nname: \"\x01\"", "a: [", "\xff",
          "version: 1\nname: &a [*a]"}) {
        CAPTURE(bad);
        const auto refused = vault::parse_network(bad, now);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::corrupt);
    }
    const auto place = vault::parse_network("version: 1\nname: x\nvaults:\n  - record: '!'\n", now);
    REQUIRE_FALSE(place);
    CHECK(place.error().message.find("line 4") != std::string::npos);
    CHECK_FALSE(vault::parse_network(std::string(100000, '['), now));
    CHECK_FALSE(vault::parse_network(std::string(2U << 20U, ' '), now));
}

TEST_CASE("a network may name a directory and a seer") {
    vault::Network network{"n", {}, {}, {}};
    network.directory = vault::NamedDirectory{"https://list.example.org/tau", Bytes(166, 7)};
    network.seer = "https://seer.tau.example.org";
    const std::string yaml = vault::to_yaml(network);
    const auto back = vault::parse_network(yaml, now);
    REQUIRE(back);
    REQUIRE(back->directory);
    CHECK(back->directory->url == network.directory->url);
    CHECK(back->directory->root == network.directory->root);
    CHECK(back->seer == network.seer);
    CHECK(vault::to_yaml(*back) == yaml);

    const auto neither = vault::parse_network("version: 1\nname: n\n", now);
    REQUIRE(neither);
    CHECK_FALSE(neither->directory);
    CHECK(neither->seer.empty());
    const auto slash =
        vault::parse_network("version: 1\nname: n\nseer: http://127.0.0.1:80/a//\n", now);
    REQUIRE(slash);
    CHECK(slash->seer == "http://127.0.0.1:80/a");
}

TEST_CASE("a directory or a seer that cannot be one is refused with its reason") {
    const std::pair<std::string, const char*> cases[] = {
        {"directory: x", "is not a map"},
        {"directory: {}", "\"root\" is missing"},
        {"directory: {root: AAAA}", "\"url\" is missing"},
        {"directory: {url: 'https://a.b', root: '!'}", "base64"},
        {"directory: {url: 'https://a.b', root: ''}", "base64"},
        {"directory: {url: 'https://a.b', root: [a]}", "not a short text"},
        {"directory: {url: 'https://a.b', root: " + to_base64(Bytes(1200, 1)) + "}", "base64"},
        {"directory: {url: '', root: AAAA}", "is not http"},
        {"directory: {url: 'ftp://a.b', root: AAAA}", "is not http"},
        {"directory: {url: 'http://a.b', root: AAAA}", "plain http"},
        {"directory: {url: 'https://a.b:0/x', root: AAAA}", "bad port"},
        {"directory: {url: 'https://me@a.b', root: AAAA}", "bad host"},
        {"directory: {url: 'https:///x', root: AAAA}", "bad host"},
        {"directory: {url: 'https://a.b/x/../y', root: AAAA}", "bad path"},
        {"directory: {url: 'https://a.b/x?y', root: AAAA}", "bad path"},
        {"seer: [a]", "not a short text"},
        {"seer: ''", "is not http"},
        {"seer: 'seer.example.org'", "is not http"},
        {"seer: 'http://10.0.0.1'", "plain http"},
        {"seer: 'https://a.b/x y'", "bad path"},
        {"seer: 'https://a.b/" + std::string(300, 'x') + "'", "not a short text"},
    };
    for (const auto& [bad, why] : cases) {
        CAPTURE(bad);
        const auto refused = vault::parse_network("version: 1\nname: x\n" + bad, now);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::corrupt);
        CHECK(refused.error().message.find(why) != std::string::npos);
        CHECK(refused.error().message.find("line 3") != std::string::npos);
    }
}
