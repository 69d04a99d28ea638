#include "nodes.h"

#include "core/vault/directory/selection.h"

using namespace tau;
using namespace tau::test;
using vault::Ledger;
using vault::Selection;
using vault::Verdict;

namespace {

constexpr std::int64_t day = 86400;

Selection select(const std::vector<Bytes>& records, Ledger ledger = {},
                 const std::vector<Hash32>& revoked = {}, std::int64_t at = now,
                 const std::map<Hash32, Verdict>& verdicts = {}) {
    return vault::select_nodes(records, verdicts, std::move(ledger), revoked, at);
}

std::string only_reason(const Selection& selection) {
    REQUIRE(selection.left_out.size() == 1);
    return selection.left_out[0].reason.message;
}

} // namespace

TEST_CASE("each node is listed once, under its newest record") {
    TestNode one(1);
    TestNode two(2);
    const Bytes old = one.bytes();
    one.record.seq = 9;
    const Bytes fresh = one.bytes();
    for (const auto& records :
         {std::vector{old, two.bytes(), fresh}, {fresh, old, two.bytes(), fresh}}) {
        const Selection selection = select(records);
        REQUIRE(selection.nodes.size() == 2);
        CHECK(selection.nodes[0].summary.key < selection.nodes[1].summary.key);
        for (const auto& node : selection.nodes) {
            const bool first = node.summary.key == vault::summary_key(one.id);
            CHECK(node.record == (first ? fresh : two.bytes()));
        }
        CHECK(selection.ledger.at(one.id) == vault::LedgerEntry{static_cast<std::uint32_t>(now),
                                                                static_cast<std::uint32_t>(now),
                                                                9});
    }
}

TEST_CASE("a record that does not verify now is left out with its reason") {
    TestNode good(1);
    TestNode expired(2, now - 30 * day);
    Bytes forged = good.bytes();
    forged.back() ^= 1;
    const Selection selection = select({forged, expired.bytes(), Bytes{1, 2}, good.bytes()});
    CHECK(selection.nodes.size() == 1);
    REQUIRE(selection.left_out.size() == 3);
    CHECK(selection.left_out[0].reason.message.find("signature") != std::string::npos);
    CHECK(selection.left_out[1].reason.message.find("expired") != std::string::npos);
}

TEST_CASE("a record older than one seen before does not come back") {
    TestNode node(1);
    Ledger ledger = select({node.bytes()}).ledger;
    node.record.seq = 6;
    CHECK(only_reason(select({node.bytes()}, ledger)).find("newer record") != std::string::npos);
    node.record.seq = 8;
    CHECK(select({node.bytes()}, ledger).nodes.size() == 1);
}

TEST_CASE("a tombstone wins, for good, and is told to everybody for a week") {
    TestNode node(1);
    const Bytes alive = node.bytes();
    const Ledger ledger = select({alive}).ledger;
    node.record.seq = vault::tombstone_seq;
    const Bytes dead = node.bytes();
    Selection selection = select({alive, dead}, ledger);
    CHECK(selection.nodes.empty());
    CHECK(only_reason(selection).find("dead") != std::string::npos);
    CHECK(selection.revoked == std::vector{vault::summary_key(node.id)});

    selection = select({alive}, selection.ledger, {}, now + 3 * day);
    CHECK(selection.nodes.empty());
    CHECK(selection.revoked.size() == 1);
    TestNode later(1, now + 300 * day);
    selection = select({later.bytes(), dead}, selection.ledger, {}, now + 300 * day);
    CHECK(selection.nodes.empty());
    CHECK(selection.revoked.empty()); // no record of before can still live
    CHECK(selection.ledger.size() == 1);
}

TEST_CASE("a dead key that was never listed is not told: it may imitate another's short key") {
    TestNode node(1);
    node.record.seq = vault::tombstone_seq;
    const Selection selection = select({node.bytes()});
    CHECK(selection.nodes.empty());
    CHECK(selection.revoked.empty());
}

TEST_CASE("the directory itself can revoke a node") {
    TestNode bad(1);
    TestNode good(2);
    const Selection selection = select({bad.bytes(), good.bytes()}, {}, {bad.id});
    REQUIRE(selection.nodes.size() == 1);
    CHECK(selection.nodes[0].summary.key == vault::summary_key(good.id));
    CHECK(selection.revoked == std::vector{vault::summary_key(bad.id)});
}

TEST_CASE("a short key belongs to the node that had it first") {
    TestNode node(1);
    Hash32 other = node.id; // as if ground to fit: same first six bytes
    other[31] ^= 1;
    const Ledger ledger{
        {other, {static_cast<std::uint32_t>(now - day), static_cast<std::uint32_t>(now - day), 1}}};
    CHECK(only_reason(select({node.bytes()}, ledger)).find("short key") != std::string::npos);
}

TEST_CASE("a node's age counts from its first listing, and long absence ends it") {
    const auto age_after = [](std::int64_t absence, std::int64_t at) {
        TestNode early(1);
        TestNode late(1, at);
        Ledger ledger = select({early.bytes()}).ledger;
        ledger.begin()->second.last = static_cast<std::uint32_t>(at - absence);
        const Selection selection = select({late.bytes()}, ledger, {}, at);
        return vault::age_of(selection.nodes.at(0).summary.age);
    };
    CHECK(age_after(day, now + 400 * day) == doctest::Approx(400).epsilon(0.02));
    CHECK(age_after(91 * day, now + 400 * day) == 1);
}

TEST_CASE("what a node says of its size can only lower what was measured") {
    const float unknown = std::numeric_limits<float>::quiet_NaN();
    struct Case {
        std::uint16_t claimed;
        float measured;
        float listed; ///< 0: unknown
    };
    for (const Case& one : {Case{120, 400, 120}, Case{120, 60, 60}, Case{0, 60, 60},
                            Case{65535, unknown, 0}, Case{65535, 10, 10}}) {
        TestNode node(1);
        node.record.slots_per_hour = one.claimed;
        const Bytes bytes = node.bytes();
        const Selection selection =
            select({bytes}, {}, {}, now, {{node.id, Verdict{0.9F, one.measured, 0.99F, 5, 8}}});
        const auto& summary = selection.nodes.at(0).summary;
        CHECK(summary.slots == (one.listed == 0 ? 0 : vault::quantise_slots(one.listed)));
        CHECK(summary.reputation == vault::quantise_reputation(0.9F));
        CHECK(summary.network == 5);
        CHECK(summary.flags == (8 | vault::quantise_uptime(0.99F) << 5));
    }
    TestNode nobody(1);
    const auto summary = select({nobody.bytes()}).nodes.at(0).summary;
    CHECK(summary.reputation == 0);
    CHECK(summary.slots == 0);
    CHECK(summary.flags == 0);
}

TEST_CASE("the ledger comes back, and damage shows") {
    Ledger ledger;
    for (std::uint8_t i = 0; i < 20; ++i) {
        ledger[Hash32{i}] = {i, i + 1U, i + 2U};
    }
    const Bytes bytes = vault::encode(ledger);
    CHECK(vault::decode_ledger(bytes).value() == ledger);
    CHECK(vault::decode_ledger(vault::encode(Ledger())).value().empty());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        Bytes bad = bytes;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::decode_ledger(bad));
        CHECK_FALSE(vault::decode_ledger(ByteView(bytes).first(i)));
    }
}
