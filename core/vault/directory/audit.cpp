#include "core/vault/directory/audit.h"

#include "core/base/text.h"
#include "core/vault/directory/head.h"
#include "core/vault/directory/merkle.h"
#include "core/vault/place.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::string_view report_magic = "TVA1";
constexpr std::string_view report_tag = "tau-vault-aud-v1";
constexpr std::size_t finding_size = 32 + 5 * 4 + 1 + 1 + 6;
constexpr std::int64_t longest_use = 7LL * 24 * 3600; ///< of a report, seconds

tl::unexpected<Error> malformed_report(const std::string& why) {
    return fail(ErrorCode::corrupt, "The auditor's report is malformed: " + why + ".");
}

Bytes signed_bytes(const AuditReport& report) {
    ByteWriter out;
    out.text(report_magic).raw(report.auditor).u64(report.made);
    out.u32(static_cast<std::uint32_t>(report.findings.size()));
    for (const Finding& finding : report.findings) {
        out.raw(finding.node).u32(finding.passed).u32(finding.failed).u32(finding.slots);
        out.u32(finding.up).u32(finding.down).u8(finding.flags);
        out.u8(finding.prefix.kind).raw(finding.prefix.bytes);
    }
    return out.take();
}

Finding read_finding(ByteReader& in) {
    Finding finding;
    finding.node = in.array<32>();
    finding.passed = in.u32();
    finding.failed = in.u32();
    finding.slots = in.u32();
    finding.up = in.u32();
    finding.down = in.u32();
    finding.flags = in.u8();
    finding.prefix.kind = in.u8();
    finding.prefix.bytes = in.array<6>();
    return finding;
}

bool is_well_formed(const NetworkPrefix& prefix) {
    if (prefix.kind != 0 && prefix.kind != 4 && prefix.kind != 6) {
        return false;
    }
    const std::ptrdiff_t used = prefix.kind == 4 ? 3 : prefix.kind;
    return std::all_of(prefix.bytes.begin() + used, prefix.bytes.end(),
                       [](std::uint8_t byte) { return byte == 0; });
}

/// nullptr when all that it says is in range.
const char* fault_of(const AuditReport& report) {
    for (const Finding& finding : report.findings) {
        if (std::uint64_t{finding.passed} + finding.failed > 1'000'000) {
            return "its decayed audits are more than a thousand";
        }
        if (finding.flags > 31) {
            return "it has a flag that nobody knows";
        }
        if (!is_well_formed(finding.prefix)) {
            return "a network prefix in it is neither a /24 nor a /48";
        }
    }
    const auto unordered = [](const Finding& a, const Finding& b) { return a.node >= b.node; };
    if (std::adjacent_find(report.findings.begin(), report.findings.end(), unordered) !=
        report.findings.end()) {
        return "its nodes are not in order";
    }
    return nullptr;
}

/// nullptr when the report counts now.
const char* reason_to_ignore(const AuditReport& report, std::span<const seal::Point> auditors,
                             std::int64_t now) {
    if (std::find(auditors.begin(), auditors.end(), report.auditor) == auditors.end()) {
        return "The report is by nobody on the list of auditors.";
    }
    if (report.made > static_cast<std::uint64_t>(now + clock_tolerance)) {
        return "The report is dated in the future.";
    }
    if (static_cast<std::int64_t>(report.made) < now - longest_use) {
        return "The report is more than 7 days old.";
    }
    return nullptr;
}

} // namespace

std::uint16_t network_hash(const NetworkPrefix& prefix) {
    if (prefix.kind == 0) {
        return 0;
    }
    ByteWriter out;
    const Hash32 hash = merkle::sha256(out.u8(prefix.kind).raw(prefix.bytes).bytes());
    return static_cast<std::uint16_t>(std::max(1, hash[0] | (hash[1] << 8U)));
}

Bytes report_file(const AuditReport& report, const keys::OwnerKey& auditor) {
    AuditReport named = report;
    named.auditor = auditor.public_key();
    Bytes out = signed_bytes(named);
    const keys::Signature signature = auditor.sign(report_tag, out);
    out.insert(out.end(), signature.begin(), signature.end());
    return out;
}

Result<AuditReport> read_report_file(ByteView file) {
    if (file.size() > max_report_file) {
        return malformed_report("it is too long");
    }
    ByteReader in(file);
    if (as_text(in.raw(report_magic.size())) != report_magic) {
        return malformed_report("it does not begin as one");
    }
    AuditReport report;
    report.auditor = in.array<32>();
    report.made = in.u64();
    const std::uint32_t count = in.u32();
    if (in.remaining() != count * finding_size + sizeof(keys::Signature)) {
        return malformed_report("its length does not fit");
    }
    report.findings.resize(count);
    std::generate(report.findings.begin(), report.findings.end(), [&] { return read_finding(in); });
    const auto signature = in.array<64>();
    if (!keys::verify_signature(report.auditor, report_tag,
                                file.first(file.size() - signature.size()), signature)) {
        return fail(ErrorCode::untrusted, "The report's signature is not its auditor's.");
    }
    if (const char* fault = fault_of(report)) {
        return malformed_report(fault);
    }
    return report;
}

Hearing hear(std::span<const Bytes> files, std::span<const seal::Point> auditors,
             std::int64_t now) {
    Hearing hearing;
    std::map<seal::Point, HeardReport> newest;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string name = "report " + std::to_string(i + 1);
        auto report = read_report_file(files[i]);
        if (!report) {
            hearing.refused.push_back({name, report.error()});
            continue;
        }
        if (const char* reason = reason_to_ignore(*report, auditors, now)) {
            hearing.refused.push_back({name, {ErrorCode::untrusted, reason, {}, {}}});
            continue;
        }
        HeardReport& kept = newest[report->auditor];
        if (kept.file.empty() || kept.report.made < report->made) {
            kept = {std::move(*report), files[i]};
        }
    }
    for (auto& [auditor, heard] : newest) {
        hearing.heard.push_back(std::move(heard));
    }
    return hearing;
}

} // namespace tau::vault
