#include "fixture.h"

using namespace tau;
using namespace tau::test;
using vault::NodeRecord;

TEST_CASE("a node record comes back as it was signed") {
    const NodeKeys keys;
    const NodeRecord record = make_record(keys);
    const Result<NodeRecord> back = vault::decode_record(vault::encode(record), now);
    REQUIRE(back);
    CHECK(*back == record);
    const Result<Bytes> id = from_base58(record.node_id());
    REQUIRE(id);
    Hash32 hash{};
    crypto_generichash(hash.data(), hash.size(), record.sign_key.data(), 32, nullptr, 0);
    CHECK(*id == Bytes(hash.begin(), hash.end()));
}

TEST_CASE("no byte of a node record can be changed, left out or added") {
    const NodeKeys keys;
    const Bytes good = vault::encode(make_record(keys));
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        Bytes bad = good;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::decode_record(bad, now));
        CHECK_FALSE(vault::decode_record(ByteView(good).first(i), now));
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(vault::decode_record(longer, now));
}

TEST_CASE("a node record is believed only in its time") {
    const NodeKeys keys;
    const NodeRecord record = make_record(keys);
    const Bytes bytes = vault::encode(record);
    for (const std::int64_t time : {record.expires + 301LL, record.not_before - 301LL}) {
        const auto refused = vault::decode_record(bytes, time);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::untrusted);
    }
    CHECK(vault::decode_record(bytes, record.expires + 299LL));
    CHECK(vault::decode_record(bytes, record.not_before - 299LL));

    NodeRecord dead = record;
    dead.seq = vault::tombstone_seq;
    REQUIRE(vault::sign_record(dead, keys.sign, keys.seal));
    CHECK(vault::decode_record(vault::encode(dead), record.expires + 86400LL * 365));
    CHECK_FALSE(vault::decode_record(vault::encode(dead), record.not_before - 301LL));
}

TEST_CASE("a record that could mislead is not signed") {
    const NodeKeys keys;
    const auto refused = [&keys](auto change) {
        NodeRecord record = unsigned_record();
        change(record);
        return !vault::sign_record(record, keys.sign, keys.seal);
    };
    for (const char* endpoint :
         {"ftp://127.0.0.1", "http://example.org", "http://127.0.0.1.example.org", "https://",
          "https://a b", "https://host/path", "https://user@host", "https://host:0",
          "https://host:99999", "https://host:", "http://[::2]:80", "", "javascript:alert(1)"}) {
        CAPTURE(endpoint);
        CHECK(refused([&](NodeRecord& r) { r.endpoint = endpoint; }));
    }
    for (const char* endpoint :
         {"https://vault.example.org", "https://vault.example.org:8443", "http://localhost:1",
          "http://[::1]:8080", "https://[2001:db8::1]"}) {
        CAPTURE(endpoint);
        CHECK_FALSE(refused([&](NodeRecord& r) { r.endpoint = endpoint; }));
    }
    CHECK(refused([](NodeRecord& r) { r.name = ""; }));
    CHECK(refused([](NodeRecord& r) { r.name = std::string(65, 'x'); }));
    CHECK(refused([](NodeRecord& r) { r.name = "a\x1b[31m"; }));
    CHECK(refused([](NodeRecord& r) { r.name = "\xff"; }));
    CHECK(refused([](NodeRecord& r) { r.latitude = 9001; }));
    CHECK(refused([](NodeRecord& r) { r.longitude = -18001; }));
    CHECK(refused([](NodeRecord& r) { r.expires = r.not_before; }));
    CHECK(refused([](NodeRecord& r) { r.expires = r.not_before + 7 * 86400 + 1; }));
}

TEST_CASE("a record without possession of the seal key is refused") {
    const NodeKeys mine;
    const NodeKeys other;
    NodeRecord record = make_record(mine);
    // Somebody else's seal key, taken over together with the signature made for that node.
    const NodeRecord theirs = make_record(other);
    record.seal_key = theirs.seal_key;
    record.possession = theirs.possession;
    Bytes bytes = vault::encode(record);
    ByteWriter covered;
    covered.text(std::string_view("tau-vault-rec-v1\0", 17))
        .raw(ByteView(bytes).first(bytes.size() - 64));
    const auto signature =
        vault::sign_with_node_key(mine.sign, "tau-vault-rec-v1", covered.bytes());
    REQUIRE(signature);
    std::copy(signature->begin(), signature->end(), bytes.end() - 64);
    const auto refused = vault::decode_record(bytes, now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("seal key") != std::string::npos);
}

TEST_CASE("every region has a name that leads back to it") {
    std::uint16_t known = 0;
    for (std::uint16_t region = 1; vault::region_name(region) != "unknown"; ++region, ++known) {
        const auto back = vault::region_from_name(vault::region_name(region));
        REQUIRE(back);
        CHECK(*back == region);
    }
    CHECK(known >= 20);
    CHECK_FALSE(vault::region_from_name("unknown"));
    CHECK_FALSE(vault::region_from_name("atlantis"));
    CHECK(vault::region_name(65535) == "unknown");
}
