#include "fixture.h"

using namespace tau;
using namespace tau::test;
using vault::DirectoryHead;

namespace {

/// What a head's file is answered with.
ErrorCode refusal(ByteView file, const vault::DirectoryRoot& root, std::int64_t at = now) {
    const auto read = vault::read_head_file(file, root, at);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.ends_with('.'));
    return read.error().code;
}

/// The message for a head that is well signed, but changed so.
template <typename Change>
std::string refusal_of(const DirectoryKeys& keys, Change change) {
    DirectoryHead head = make_head();
    change(head);
    const auto read =
        vault::read_head_file(vault::head_file(keys.signed_head(head)), keys.root, now);
    return read ? "" : read.error().message;
}

} // namespace

TEST_CASE("a head comes back as it was signed") {
    const DirectoryKeys keys;
    const auto written = keys.signed_head(make_head());
    const Bytes file = vault::head_file(written);
    CHECK(file.size() < 20000);
    const auto read = vault::read_head_file(file, keys.root, now);
    REQUIRE(read);
    CHECK(read->encoded == written.encoded);
    CHECK(vault::encode(read->head) == written.encoded);
    CHECK(vault::head_file(*read) == file);
    CHECK(read->head.revoked == make_head().revoked);
    CHECK(read->head.deltas_from == make_head().deltas_from);
    CHECK(read->head.node_count() == 8);
    CHECK(vault::claimed_root_version(file).value() == 1);
    CHECK_FALSE(vault::claimed_root_version(as_bytes("TVD")));
    CHECK_FALSE(vault::claimed_root_version(as_bytes("<!DOCTYPE html>")));
}

TEST_CASE("any three of the five keys sign a head, and all of them") {
    const DirectoryKeys keys;
    const DirectoryHead head = make_head();
    for (const std::vector<std::size_t>& by :
         {std::vector<std::size_t>{0, 1, 2}, {1, 3, 4}, {0, 1, 2, 3, 4}}) {
        CHECK(vault::read_head_file(vault::head_file(keys.signed_head(head, by)), keys.root, now));
    }
}

TEST_CASE("a head with wrong signatures is refused") {
    const DirectoryKeys keys;
    const DirectoryHead head = make_head();
    const auto with = [&](std::vector<vault::KeySignature> signatures) {
        return vault::head_file({head, vault::encode(head), std::move(signatures)});
    };
    const auto good = keys.signed_head(head).signatures;
    CHECK(refusal(with({}), keys.root) == ErrorCode::untrusted);
    CHECK(refusal(with({good[0], good[1]}), keys.root) == ErrorCode::untrusted);
    CHECK(refusal(with({good[0], good[0], good[1]}), keys.root) == ErrorCode::corrupt);
    CHECK(refusal(with({good[1], good[0], good[2]}), keys.root) == ErrorCode::corrupt);

    auto renamed = good;
    renamed[0].key = 1; // under the name of another key
    CHECK(refusal(with(renamed), keys.root) == ErrorCode::untrusted);
    auto unknown = good;
    unknown[2].key = 5;
    CHECK(refusal(with(unknown), keys.root) == ErrorCode::untrusted);
    auto one_bad = keys.signed_head(head, {0, 1, 2, 3}).signatures;
    one_bad[3].signature[7] ^= 1;
    CHECK(refusal(with(one_bad), keys.root) == ErrorCode::untrusted);

    const DirectoryKeys strangers(9);
    CHECK(refusal(vault::head_file(strangers.signed_head(head)), keys.root) ==
          ErrorCode::untrusted);
}

TEST_CASE("no byte of a head can be changed, left out or added") {
    const DirectoryKeys keys;
    const Bytes good = vault::head_file(keys.signed_head(make_head()));
    const auto step = [&](std::size_t i) { return i < 700 || i + 300 > good.size() ? 1U : 97U; };
    for (std::size_t i = 0; i < good.size(); i += step(i)) {
        CAPTURE(i);
        Bytes bad = good;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::read_head_file(bad, keys.root, now));
        CHECK_FALSE(vault::read_head_file(ByteView(good).first(i), keys.root, now));
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK(refusal(longer, keys.root) == ErrorCode::corrupt);
    longer.resize(vault::max_head_file + 1);
    CHECK(refusal(longer, keys.root) == ErrorCode::corrupt);
}

TEST_CASE("a well-signed head is refused for what it says") {
    const DirectoryKeys keys;
    using Change = void (*)(DirectoryHead&);
    const std::vector<std::pair<Change, const char*>> cases{
        {[](DirectoryHead& h) { h.root_version = 2; }, "version 2"},
        {[](DirectoryHead& h) { h = make_head(now + 301); }, "future"},
        {[](DirectoryHead& h) { h.epoch = ~std::uint64_t{0}; }, "future"},
        {[](DirectoryHead& h) { h.fresh_until = static_cast<std::uint32_t>(now); }, "dates"},
        {[](DirectoryHead& h) { h.valid_until = h.fresh_until - 1; }, "dates"},
        {[](DirectoryHead& h) { h.valid_until = static_cast<std::uint32_t>(now + 604801); },
         "dates"},
        {[](DirectoryHead& h) { h.shards[255].count = 65537; }, "too many nodes"},
        {[](DirectoryHead& h) {
             h.revoked = {7, 5};
         },
         "not in order"},
        {[](DirectoryHead& h) {
             h.revoked = {5, 5};
         },
         "not in order"},
        {[](DirectoryHead& h) { h.revoked.assign(4097, 1); }, "revokes too many"},
        {[](DirectoryHead& h) { h.deltas_from = {now}; }, "deltas"},
        {[](DirectoryHead& h) {
             h.deltas_from = {20, 10};
         },
         "deltas"},
        {[](DirectoryHead& h) { h.deltas_from.assign(17, 1); }, "too many deltas"},
        {[](DirectoryHead& h) { h.report_count = 65; }, "reports"}};
    for (const auto& [change, why] : cases) {
        CAPTURE(why);
        CHECK(refusal_of(keys, change).find(why) != std::string::npos);
    }
    CHECK(refusal_of(keys, [](DirectoryHead& h) { h = make_head(now + 300); }).empty());
    CHECK(refusal_of(keys, [](DirectoryHead& h) {
              h.valid_until = static_cast<std::uint32_t>(now + 604800);
          }).empty());
}

TEST_CASE("an outdated head is a value: the cache may have nothing newer") {
    const DirectoryKeys keys;
    const Bytes file = vault::head_file(keys.signed_head(make_head()));
    const auto read = vault::read_head_file(file, keys.root, now + 90 * 86400LL);
    REQUIRE(read);
    CHECK(read->head.valid_until < now + 90 * 86400LL);
}

TEST_CASE("a head is signed with the directory's keys only") {
    const DirectoryKeys keys;
    const DirectoryKeys strangers(9);
    const auto refused = vault::sign(make_head(), keys.root, strangers.keys[0]);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_found);
}
