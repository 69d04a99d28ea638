#include "nodes.h"

#include "core/vault/ranking/node_table.h"

#include <cmath>

using namespace tau;
using namespace tau::test;
using vault::Finding;
using vault::Verdict;

namespace {

/// What follows for one node when each auditor finds what his change makes of a good finding.
Verdict verdict(const std::vector<void (*)(Finding&)>& changes) {
    std::vector<Bytes> files;
    for (const auto change : changes) {
        Finding finding = good_finding(Hash32{1});
        change(finding);
        files.push_back(report_of(static_cast<std::uint8_t>(files.size()), {finding}));
    }
    const auto hearing = vault::hear(files, auditor_keys(8), now);
    REQUIRE(hearing.refused.empty());
    const auto verdicts = vault::combine(hearing.heard);
    REQUIRE(verdicts.size() == 1);
    return verdicts.begin()->second;
}

void good(Finding&) {}

} // namespace

TEST_CASE("a report comes back, and no byte of it can be changed") {
    const Bytes file = report_of(0, {good_finding(Hash32{1}), good_finding(Hash32{2})});
    const auto report = vault::read_report_file(file);
    REQUIRE(report);
    CHECK(report->auditor == auditor(0).public_key());
    CHECK(report->findings == std::vector{good_finding(Hash32{1}), good_finding(Hash32{2})});
    for (std::size_t i = 0; i < file.size(); ++i) {
        Bytes bad = file;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::read_report_file(bad));
        CHECK_FALSE(vault::read_report_file(ByteView(file).first(i)));
    }
}

TEST_CASE("a well-signed report is refused for what it says") {
    const auto refused = [](void (*change)(Finding&)) {
        Finding finding = good_finding(Hash32{1});
        change(finding);
        return !vault::read_report_file(report_of(0, {finding}));
    };
    CHECK_FALSE(refused(good));
    CHECK(refused([](Finding& f) { f.passed = 1000001; }));
    CHECK(refused([](Finding& f) { f.passed = f.failed = 0xFFFFFFFF; }));
    CHECK(refused([](Finding& f) { f.flags = 32; }));
    CHECK(refused([](Finding& f) { f.prefix.kind = 3; }));
    CHECK(refused([](Finding& f) { f.prefix.kind = 5; }));
    CHECK(refused([](Finding& f) { f.prefix.bytes[3] = 1; }));
    CHECK_FALSE(
        vault::read_report_file(report_of(0, {good_finding(Hash32{1}), good_finding(Hash32{1})})));
}

TEST_CASE("only known auditors are heard, only lately, and only once") {
    const auto finding = good_finding(Hash32{1});
    const std::vector<Bytes> files{
        report_of(0, {finding}, now - 60),          report_of(0, {finding}, now - 30),
        report_of(0, {finding}, now - 90),          report_of(9, {finding}),
        report_of(1, {finding}, now - 7 * 86401),   report_of(2, {finding}, now + 301),
        report_of(3, {finding}, now - 6 * 86400LL), Bytes{1, 2, 3}};
    const auto hearing = vault::hear(files, auditor_keys(5), now);
    REQUIRE(hearing.heard.size() == 2);
    CHECK(hearing.heard[0].report.auditor < hearing.heard[1].report.auditor);
    for (const auto& heard : hearing.heard) {
        const bool first = heard.report.auditor == auditor(0).public_key();
        CHECK(heard.file == files[first ? 1 : 6]);
    }
    REQUIRE(hearing.refused.size() == 4);
    CHECK(hearing.refused[0].name == "report 4");
}

TEST_CASE("fewer than three auditors know nothing") {
    for (std::size_t count = 1; count <= 3; ++count) {
        const Verdict said = verdict(std::vector<void (*)(Finding&)>(count, good));
        CHECK(std::isnan(said.reputation) == (count < 3));
        CHECK(std::isnan(said.slots) == (count < 3));
        CHECK(std::isnan(said.uptime) == (count < 3));
        CHECK((said.network == 0) == (count < 3));
        CHECK((said.flags == 0) == (count < 3));
    }
    // Three reports, but only two of them measured it.
    CHECK(std::isnan(verdict({good, good, [](Finding& f) { f.slots = 0; }}).slots));
    CHECK(std::isnan(verdict({good, good, [](Finding& f) { f.up = f.down = 0; }}).uptime));
    CHECK(
        std::isnan(verdict({good, good, [](Finding& f) { f.passed = f.failed = 0; }}).reputation));
}

TEST_CASE("a minority of auditors raises nothing, and of an even number the worse counts") {
    const auto praise = [](Finding& f) {
        f.passed = 1000 * 1000;
        f.failed = 0;
        f.slots = 60000;
        f.up = 100000;
        f.down = 0;
    };
    const Verdict plain = verdict({good, good, good});
    CHECK(plain.reputation == doctest::Approx(vault::reputation_bound(240, 1)));
    CHECK(plain.slots == 100);
    CHECK(plain.uptime == doctest::Approx(719.0 / 720));
    for (const auto& changes : {std::vector<void (*)(Finding&)>{good, praise, good},
                                {praise, good, good, praise},
                                {good, praise, good, praise, good}}) {
        const Verdict said = verdict(changes);
        CHECK(said.reputation == plain.reputation);
        CHECK(said.slots == plain.slots);
        CHECK(said.uptime == plain.uptime);
    }
}

TEST_CASE("flags and network need most of the auditors, a refuted place two") {
    const auto attest = [](Finding& f) { f.flags |= vault::attested_by_operator; };
    const auto refute = [](Finding& f) { f.flags |= vault::place_refuted; };
    const auto elsewhere = [](Finding& f) { f.prefix.bytes[2] = 9; };
    CHECK((verdict({attest, good, good}).flags & vault::attested_by_operator) == 0);
    CHECK((verdict({attest, attest, good}).flags & vault::attested_by_operator) != 0);
    CHECK((verdict({attest, attest, good, good}).flags & vault::attested_by_operator) == 0);
    CHECK((verdict({refute, good, good, good, good}).flags & vault::place_refuted) == 0);
    CHECK((verdict({refute, refute, good, good, good}).flags & vault::place_refuted) != 0);
    CHECK((verdict({refute, refute}).flags & vault::place_refuted) != 0);

    const std::uint16_t network = vault::network_hash(good_finding(Hash32{1}).prefix);
    CHECK(network != 0);
    CHECK(verdict({good, good, elsewhere}).network == network);
    CHECK(verdict({good, good, elsewhere, elsewhere}).network == 0);
    CHECK(verdict({good, elsewhere, elsewhere}).network != network);
}

TEST_CASE("findings are written by hand") {
    const std::string id = to_base58(Hash32{1});
    const auto report =
        vault::parse_findings("nodes:\n  - {node: " + id +
                              ", passed: 240, failed: 1, slots: 100, up: 719, "
                              "down: 1, network: 192.0.2.0/24, "
                              "flags: [capacity]}\n  - node: " +
                              to_base58(Hash32{0, 1}) + "\n    network: '2001:db8:1::/48'\n");
    REQUIRE(report);
    REQUIRE(report->findings.size() == 2);
    CHECK(report->findings[1] == good_finding(Hash32{1}));
    CHECK(report->findings[0].prefix == vault::NetworkPrefix{6, {0x20, 0x01, 0x0d, 0xb8, 0, 1}});
    CHECK(report->findings[0].passed == 0);

    const std::string node = "nodes:\n  - {node: " + id;
    for (const std::string& bad :
         {std::string("nodes: 7"), std::string("- a"), std::string("{"), std::string("nodes: [7]"),
          std::string("nodes: [{node: 0OIl}]"), std::string("nodes: [{passed: 1}]"),
          node + ", passed: -1}", node + ", passed: 600, failed: 600}", node + ", slots: many}",
          node + ", network: 192.0.2.0}", node + ", network: 192.0.2.0/25}",
          node + ", flags: [famous]}", node + "}\n  - {node: " + id + "}"}) {
        CAPTURE(bad);
        const auto refused = vault::parse_findings(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::corrupt);
    }
}
