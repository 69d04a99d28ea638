#include "core/vault/directory/audit.h"
#include "core/vault/ranking/node_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tau::vault {

namespace {

constexpr std::size_t quorum = 3; ///< auditors that it takes to know a figure

/// The low median of what the auditors say, when enough say something.
template <typename Figure>
double low_median(std::span<const Finding* const> findings, Figure figure) {
    std::vector<double> values;
    for (const Finding* finding : findings) {
        const double value = figure(*finding);
        if (!std::isnan(value)) {
            values.push_back(value);
        }
    }
    if (values.size() < quorum) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double known_if(bool known, double value) {
    return known ? value : std::numeric_limits<double>::quiet_NaN();
}

double uptime(const Finding& finding) {
    const double probes = 0.0 + finding.up + finding.down;
    return known_if(probes > 0, finding.up / probes);
}

std::uint8_t agreed_flags(std::span<const Finding* const> findings) {
    unsigned flags = 0;
    for (const unsigned flag : {attested_by_auditor, attested_by_operator, attested_hardware,
                                capacity_audited, place_refuted}) {
        const auto votes = static_cast<std::size_t>(
            std::count_if(findings.begin(), findings.end(),
                          [&](const Finding* finding) { return (finding->flags & flag) != 0; }));
        const bool most = findings.size() >= quorum && 2 * votes > findings.size();
        flags |= most || (flag == place_refuted && votes >= 2) ? flag : 0;
    }
    return static_cast<std::uint8_t>(flags);
}

std::uint16_t agreed_network(std::span<const Finding* const> findings) {
    std::map<NetworkPrefix, std::size_t> votes;
    for (const Finding* finding : findings) {
        const std::size_t count = ++votes[finding->prefix];
        if (findings.size() >= quorum && 2 * count > findings.size()) {
            return network_hash(finding->prefix);
        }
    }
    return 0;
}

Verdict verdict_of(std::span<const Finding* const> findings) {
    const auto audited = [](const Finding& finding) {
        return finding.passed != 0 || finding.failed != 0;
    };
    const double passed = low_median(findings, [&](const Finding& finding) {
        return known_if(audited(finding), finding.passed / 1000.0);
    });
    const double failed = -low_median(findings, [&](const Finding& finding) {
        return known_if(audited(finding), finding.failed / -1000.0);
    });
    Verdict verdict;
    verdict.reputation = std::isnan(passed) ? std::numeric_limits<float>::quiet_NaN()
                                            : reputation_bound(passed, failed);
    verdict.slots = static_cast<float>(low_median(findings, [](const Finding& finding) {
        return known_if(finding.slots != 0, finding.slots);
    }));
    verdict.uptime = static_cast<float>(low_median(findings, uptime));
    verdict.network = agreed_network(findings);
    verdict.flags = agreed_flags(findings);
    return verdict;
}

} // namespace

std::map<Hash32, Verdict> combine(std::span<const HeardReport> reports) {
    std::vector<const Finding*> all;
    for (const HeardReport& heard : reports) {
        for (const Finding& finding : heard.report.findings) {
            all.push_back(&finding);
        }
    }
    std::sort(all.begin(), all.end(),
              [](const Finding* a, const Finding* b) { return a->node < b->node; });
    std::map<Hash32, Verdict> verdicts;
    for (auto begin = all.begin(); begin != all.end();) {
        const auto end = std::find_if(begin, all.end(), [&](const Finding* finding) {
            return finding->node != (*begin)->node;
        });
        verdicts.emplace_hint(verdicts.end(), (*begin)->node, verdict_of({begin, end}));
        begin = end;
    }
    return verdicts;
}

} // namespace tau::vault
