#include "core/vault/network.h"

#include "core/base/text.h"
#include "core/vault/web_address.h"

#include <algorithm>
#include <yaml-cpp/yaml.h>

namespace tau::vault {

namespace {

constexpr std::size_t max_network = 1U << 20U;
constexpr std::size_t max_nodes = 4096;
constexpr std::size_t max_root = 1024; ///< a root of 16 keys is 518 bytes

std::string at(const YAML::Mark& mark) {
    if (mark.is_null()) {
        return "";
    }
    return " (line " + std::to_string(mark.line + 1) + ", column " +
           std::to_string(mark.column + 1) + ")";
}

tl::unexpected<Error> malformed(const std::string& why, const YAML::Mark& mark) {
    return fail(ErrorCode::corrupt, "The network file cannot be read: " + why + at(mark) + ".",
                "Ask whoever runs the network for a fresh file.");
}

/// What the reading functions throw; never leaves this file.
struct Fault {
    std::string why;
    YAML::Mark mark;
};

YAML::Node member(const YAML::Node& map, const char* name, bool needed) {
    const YAML::Node value = map[name];
    if (!value.IsDefined() && needed) {
        throw Fault{std::string("\"") + name + "\" is missing", map.Mark()};
    }
    return value;
}

std::string text(const YAML::Node& map, const char* name, std::size_t max, bool needed = true) {
    const YAML::Node value = member(map, name, needed);
    if (!value.IsDefined()) {
        return {};
    }
    if (!value.IsScalar() || value.Scalar().size() > max || !is_utf8(value.Scalar()) ||
        has_control_characters(value.Scalar())) {
        throw Fault{std::string("\"") + name + "\" is not a short text", value.Mark()};
    }
    return value.Scalar();
}

template <typename Integer>
Integer number(const YAML::Node& map, const char* name) {
    const YAML::Node value = member(map, name, false);
    if (!value.IsDefined()) {
        return 0;
    }
    std::int64_t parsed = -1;
    if (!value.IsScalar() || !YAML::convert<std::int64_t>::decode(value, parsed) || parsed < 0 ||
        !std::in_range<Integer>(parsed)) {
        throw Fault{std::string("\"") + name + "\" is not a whole number in range", value.Mark()};
    }
    return static_cast<Integer>(parsed);
}

YAML::Node list(const YAML::Node& map, const char* name, std::size_t max) {
    YAML::Node value = member(map, name, false);
    if (!value.IsDefined()) {
        return YAML::Node(YAML::NodeType::Sequence);
    }
    if (!value.IsSequence() || value.size() > max) {
        throw Fault{std::string("\"") + name + "\" is not a list of at most " +
                        std::to_string(max) + " entries",
                    value.Mark()};
    }
    for (const YAML::Node& entry : value) {
        if (!entry.IsMap()) {
            throw Fault{std::string("an entry of \"") + name + "\" is not a map", entry.Mark()};
        }
    }
    return value;
}

/// Adds the node, or says why its record is not believed.
void add_node(Network& network, const YAML::Node& entry, std::int64_t now) {
    ListedNode node;
    node.audits_passed = number<std::uint32_t>(entry, "audits_passed");
    node.audits_failed = number<std::uint32_t>(entry, "audits_failed");
    node.first_seen = number<std::int64_t>(entry, "first_seen");
    node.measured_slots = number<std::uint32_t>(entry, "measured_slots");
    Result<Bytes> bytes = from_base64(text(entry, "record", 1024));
    if (!bytes) {
        throw Fault{"\"record\" is not base64", entry.Mark()};
    }
    const std::string number_in_list =
        "node " + std::to_string(network.nodes.size() + network.refused.size() + 1);
    Result<NodeRecord> record = decode_record(*bytes, now);
    if (!record) {
        network.refused.push_back({number_in_list, record.error()});
        return;
    }
    const auto same =
        std::find_if(network.nodes.begin(), network.nodes.end(), [&record](const ListedNode& one) {
            return one.record.sign_key == record->sign_key;
        });
    if (same != network.nodes.end() && same->record.seq >= record->seq) {
        network.refused.push_back(
            {record->name,
             {ErrorCode::untrusted, "The list holds a newer record of this node.", {}, {}}});
        return;
    }
    node.record = std::move(*record);
    node.encoded = std::move(*bytes);
    if (same != network.nodes.end()) {
        *same = std::move(node);
    } else {
        network.nodes.push_back(std::move(node));
    }
}

/// A tombstone wins over every other record of its node, and is no node to register with.
void bury(Network& network) {
    std::erase_if(network.nodes, [&network](const ListedNode& node) {
        if (node.record.seq != tombstone_seq) {
            return false;
        }
        network.refused.push_back(
            {node.record.name,
             {ErrorCode::untrusted, "The node has declared its key dead.", {}, {}}});
        return true;
    });
}

std::string address(const YAML::Node& map, const char* name, bool needed) {
    std::string found = text(map, name, 300, needed);
    if (!map[name].IsDefined()) {
        return found;
    }
    while (found.ends_with('/')) {
        found.pop_back();
    }
    if (const char* fault = address_fault(found)) {
        throw Fault{std::string("the address in \"") + name + "\" " + fault, map[name].Mark()};
    }
    return found;
}

std::optional<NamedDirectory> directory(const YAML::Node& root) {
    const YAML::Node entry = member(root, "directory", false);
    if (!entry.IsDefined()) {
        return std::nullopt;
    }
    if (!entry.IsMap()) {
        throw Fault{"\"directory\" is not a map", entry.Mark()};
    }
    Result<Bytes> key = from_base64(text(entry, "root", 2 * max_root));
    if (!key || key->empty() || key->size() > max_root) {
        throw Fault{"\"root\" is not the base64 of a directory's root", entry["root"].Mark()};
    }
    return NamedDirectory{address(entry, "url", true), std::move(*key)};
}

Network read_network(const YAML::Node& root, std::int64_t now) {
    if (!root.IsMap()) {
        throw Fault{"it is not a map", root.Mark()};
    }
    if (text(root, "version", 8) != "1") {
        throw Fault{"only version 1 is known", root["version"].Mark()};
    }
    Network network;
    network.name = text(root, "name", 200);
    for (const YAML::Node& entry : list(root, "git_hosts", 64)) {
        network.git_hosts.push_back(
            {text(entry, "kind", 32), text(entry, "name", 200), text(entry, "root", 4096, false)});
    }
    for (const YAML::Node& entry : list(root, "vaults", max_nodes)) {
        add_node(network, entry, now);
    }
    bury(network);
    network.directory = directory(root);
    network.seer = address(root, "seer", false);
    return network;
}

} // namespace

Result<Network> parse_network(std::string_view yaml, std::int64_t now) {
    if (yaml.size() > max_network) {
        return fail(ErrorCode::limit_exceeded, "The network file is larger than 1 MB.");
    }
    if (!is_utf8(yaml)) {
        return malformed("it is not UTF-8 text", YAML::Mark::null_mark());
    }
    try {
        return read_network(YAML::Load(std::string(yaml)), now);
    } catch (const Fault& fault) {
        return malformed(fault.why, fault.mark);
    } catch (const YAML::Exception& error) {
        return malformed(bounded_text(error.msg, 200), error.mark);
    }
}

std::string to_yaml(const Network& network) {
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "version" << YAML::Value << 1;
    out << YAML::Key << "name" << YAML::Value << YAML::DoubleQuoted << network.name;
    out << YAML::Key << "git_hosts" << YAML::Value << YAML::BeginSeq;
    for (const GitHost& host : network.git_hosts) {
        out << YAML::BeginMap << YAML::Key << "kind" << YAML::Value << host.kind;
        out << YAML::Key << "name" << YAML::Value << YAML::DoubleQuoted << host.name;
        if (!host.root.empty()) {
            out << YAML::Key << "root" << YAML::Value << YAML::DoubleQuoted << host.root.string();
        }
        out << YAML::EndMap;
    }
    out << YAML::EndSeq << YAML::Key << "vaults" << YAML::Value << YAML::BeginSeq;
    for (const ListedNode& node : network.nodes) {
        out << YAML::BeginMap;
        out << YAML::Comment(node.record.name);
        out << YAML::Key << "record" << YAML::Value
            << to_base64(node.encoded.empty() ? encode(node.record) : node.encoded);
        out << YAML::Key << "audits_passed" << YAML::Value << node.audits_passed;
        out << YAML::Key << "audits_failed" << YAML::Value << node.audits_failed;
        out << YAML::Key << "first_seen" << YAML::Value << node.first_seen;
        out << YAML::Key << "measured_slots" << YAML::Value << node.measured_slots;
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
    if (network.directory) {
        out << YAML::Key << "directory" << YAML::Value << YAML::BeginMap;
        out << YAML::Key << "url" << YAML::Value << network.directory->url;
        out << YAML::Key << "root" << YAML::Value << to_base64(network.directory->root);
        out << YAML::EndMap;
    }
    if (!network.seer.empty()) {
        out << YAML::Key << "seer" << YAML::Value << network.seer;
    }
    out << YAML::EndMap;
    return std::string(out.c_str(), out.size()) + "\n";
}

} // namespace tau::vault
