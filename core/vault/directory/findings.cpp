#include "core/vault/directory/audit.h"
#include "core/vault/ranking/node_table.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cmath>
#include <yaml-cpp/yaml.h>

namespace tau::vault {

namespace {

constexpr std::size_t max_findings_yaml = 16U << 20U;

/// What the reading functions throw; never leaves this file.
struct FindingFault {
    std::string why;
    YAML::Mark mark;
};

tl::unexpected<Error> malformed_findings(const std::string& why, const YAML::Mark& mark) {
    return fail(ErrorCode::corrupt,
                "The findings cannot be read: " + why +
                    (mark.is_null() ? "" : " (line " + std::to_string(mark.line + 1) + ")") + ".");
}

double number(const YAML::Node& map, const char* name, double limit) {
    const YAML::Node value = map[name];
    double parsed = 0;
    if (!value.IsDefined()) {
        return 0;
    }
    if (!value.IsScalar() || !YAML::convert<double>::decode(value, parsed) ||
        !(parsed >= 0 && parsed <= limit)) {
        throw FindingFault{std::string("\"") + name + "\" is not a number in range", value.Mark()};
    }
    return parsed;
}

std::uint32_t whole(const YAML::Node& map, const char* name) {
    return static_cast<std::uint32_t>(std::lround(number(map, name, 4e9)));
}

/// "192.0.2.0/24", "2001:db8:1::/48"
NetworkPrefix network_prefix(const YAML::Node& map) {
    const YAML::Node value = map["network"];
    NetworkPrefix out;
    if (!value.IsDefined()) {
        return out;
    }
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    const std::string length = slash == std::string::npos ? "" : text.substr(slash);
    std::array<std::uint8_t, 16> bytes{};
    if (length == "/24" && ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) {
        out.kind = 4;
        std::copy_n(bytes.begin(), 3, out.bytes.begin());
    } else if (length == "/48" && ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) {
        out.kind = 6;
        std::copy_n(bytes.begin(), 6, out.bytes.begin());
    } else {
        throw FindingFault{"\"network\" is not an IPv4 /24 or an IPv6 /48", value.Mark()};
    }
    return out;
}

std::uint8_t flags(const YAML::Node& map) {
    static const std::map<std::string, NodeFlag> known{{"auditor", attested_by_auditor},
                                                       {"operator", attested_by_operator},
                                                       {"hardware", attested_hardware},
                                                       {"capacity", capacity_audited},
                                                       {"place-refuted", place_refuted}};
    unsigned out = 0;
    const YAML::Node list = map["flags"];
    for (const YAML::Node& name : list) {
        const auto found = known.find(name.IsScalar() ? name.Scalar() : "");
        if (found == known.end()) {
            throw FindingFault{
                "a flag is not auditor, operator, hardware, capacity or place-refuted",
                name.Mark()};
        }
        out |= found->second;
    }
    return static_cast<std::uint8_t>(out);
}

Finding finding(const YAML::Node& map) {
    if (!map.IsMap()) {
        throw FindingFault{"an entry of \"nodes\" is not a map", map.Mark()};
    }
    const YAML::Node id = map["node"];
    const auto bytes = from_base58(id.IsDefined() && id.IsScalar() ? id.Scalar() : "");
    const auto hash = bytes ? to_array<32>(*bytes, "id") : Result<Hash32>(fail(bytes.error()));
    if (!hash) {
        throw FindingFault{"\"node\" is not a node's id", map.Mark()};
    }
    Finding out;
    out.node = *hash;
    out.passed = static_cast<std::uint32_t>(std::lround(number(map, "passed", 1000) * 1000));
    out.failed = static_cast<std::uint32_t>(std::lround(number(map, "failed", 1000) * 1000));
    if (out.passed + out.failed > 1'000'000) {
        throw FindingFault{
            "\"passed\" and \"failed\" are more than 1000 together, which decayed audits "
            "never are",
            map.Mark()};
    }
    out.slots = whole(map, "slots");
    out.up = whole(map, "up");
    out.down = whole(map, "down");
    out.flags = flags(map);
    out.prefix = network_prefix(map);
    return out;
}

} // namespace

Result<AuditReport> parse_findings(std::string_view yaml) {
    if (yaml.size() > max_findings_yaml) {
        return malformed_findings("they are more than 16 MB", YAML::Mark::null_mark());
    }
    try {
        const YAML::Node root = YAML::Load(std::string(yaml));
        if (!root.IsMap() || !root["nodes"].IsDefined() || !root["nodes"].IsSequence()) {
            return malformed_findings("there is no list \"nodes\"", root.Mark());
        }
        AuditReport report;
        const YAML::Node nodes = root["nodes"];
        for (const YAML::Node& entry : nodes) {
            report.findings.push_back(finding(entry));
        }
        const auto by_id = [](const Finding& a, const Finding& b) { return a.node < b.node; };
        std::sort(report.findings.begin(), report.findings.end(), by_id);
        const auto same = [](const Finding& a, const Finding& b) { return a.node == b.node; };
        if (std::adjacent_find(report.findings.begin(), report.findings.end(), same) !=
            report.findings.end()) {
            return malformed_findings("a node stands there twice", YAML::Mark::null_mark());
        }
        return report;
    } catch (const FindingFault& fault) {
        return malformed_findings(fault.why, fault.mark);
    } catch (const YAML::Exception& exception) {
        return malformed_findings("it is not YAML", exception.mark);
    }
}

} // namespace tau::vault
