#include "app/localnet/directory.h"

#include "core/base/file.h"
#include "core/vault/directory/selection.h"
#include "core/vault/directory/signing_keys.h"
#include "core/vault/ranking/node_table.h"

#include <algorithm>

namespace tau::localnet {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t auditors = 3;
constexpr std::uint32_t probes = 720;              ///< one an hour for 30 days
constexpr std::uint32_t valid_for = 7 * 24 * 3600; ///< seconds, as long as the records live

Hash32 id_of(const vault::ListedNode& node) {
    return tagged_hash32("", node.record.sign_key);
}

/// What the network's list says of the node, as an auditor reports it. All nodes are on this
/// computer; here each stands for one in a network of its own.
vault::Finding finding_of(const vault::ListedNode& node, std::size_t number) {
    vault::Finding finding;
    finding.node = id_of(node);
    finding.passed = node.audits_passed * 1000;
    finding.failed = node.audits_failed * 1000;
    finding.slots = node.measured_slots;
    finding.down = std::min(node.audits_failed, probes);
    finding.up = probes - finding.down;
    finding.prefix = {4, {198, 18, static_cast<std::uint8_t>(number), 0, 0, 0}};
    if (node.measured_slots != 0) {
        finding.flags = vault::capacity_audited;
    }
    return finding;
}

vault::Hearing hear_auditors(const std::vector<vault::ListedNode>& nodes, std::int64_t now) {
    vault::AuditReport report;
    report.made = static_cast<std::uint64_t>(now);
    for (const vault::ListedNode& node : nodes) {
        report.findings.push_back(finding_of(node, report.findings.size()));
    }
    std::sort(report.findings.begin(), report.findings.end(),
              [](const auto& a, const auto& b) { return a.node < b.node; });
    SystemEntropy entropy;
    std::vector<Bytes> files;
    std::vector<seal::Point> keys;
    for (std::size_t i = 0; i < auditors; ++i) {
        const auto auditor = keys::OwnerKey::generate(entropy);
        files.push_back(vault::report_file(report, auditor));
        keys.push_back(auditor.public_key());
    }
    return vault::hear(files, keys, now);
}

vault::Edition edition_of(const std::vector<vault::ListedNode>& nodes, std::int64_t now) {
    vault::Ledger ledger;
    std::vector<Bytes> records;
    for (const vault::ListedNode& node : nodes) {
        const auto first = static_cast<std::uint32_t>(node.first_seen);
        ledger[id_of(node)] = {first, static_cast<std::uint32_t>(now), node.record.seq};
        records.push_back(node.encoded);
    }
    vault::Hearing hearing = hear_auditors(nodes, now);
    vault::Edition edition;
    edition.nodes =
        vault::select_nodes(records, vault::combine(hearing.heard), std::move(ledger), {}, now)
            .nodes;
    for (vault::HeardReport& heard : hearing.heard) {
        edition.reports.push_back(std::move(heard.file));
    }
    edition.valid_for = valid_for;
    edition.durable = false;
    return edition;
}

} // namespace

Result<Directory> Directory::start(const fs::path& folder,
                                   const std::vector<vault::ListedNode>& nodes) {
    std::error_code error;
    fs::remove_all(folder, error); // of last time, under other keys
    if (auto made = make_private_directory(folder); !made) {
        return fail(made.error());
    }
    SystemEntropy entropy;
    const auto signers = vault::make_signers(entropy, 5, 3);
    if (!signers) {
        return fail(signers.error());
    }
    const std::int64_t now = SystemClock().now();
    if (auto published = vault::publish(edition_of(nodes, now), *signers, folder, now);
        !published) {
        return fail(published.error());
    }
    auto server = FileServer::start(folder);
    if (!server) {
        return fail(server.error());
    }
    const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port());
    return Directory{std::move(*server), {url, vault::encode(signers->root.root)}};
}

} // namespace tau::localnet
