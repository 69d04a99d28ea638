#pragma once

#include "core/vault/node_record.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tau::vault {

/// A node as a list names it: its signed record, and what others measured of it. The measurements
/// are the list's word, not the node's.
struct ListedNode {
    NodeRecord record;
    Bytes encoded; ///< the record as it was signed
    std::uint32_t audits_passed = 0;
    std::uint32_t audits_failed = 0;
    std::int64_t first_seen = 0;      ///< unix seconds
    std::uint32_t measured_slots = 0; ///< registrations per hour; 0: not measured
};

/// Where repositories can be made in this network.
struct GitHost {
    std::string kind;           ///< "local"
    std::string name;           ///< for people: "Git host on this computer"
    std::filesystem::path root; ///< kind "local": its folder
};

struct RefusedRecord {
    std::string name;
    Error reason;
};

/// A signed list of nodes on a web server (core/vault/directory).
struct NamedDirectory {
    std::string url; ///< http(s)://host[:port][/path], without a slash at its end
    Bytes root;      ///< encoded DirectoryRoot: who may sign for it
};

/// network.yaml; its nodes are those of `vaults`, `directory` and `seer` together:
///   version: 1
///   name: Local network
///   git_hosts: [{kind: local, name: …, root: /…}]
///   vaults: [{record: <base64>, audits_passed: 120, audits_failed: 0,
///             first_seen: 1790000000, measured_slots: 400}]
///   directory: {url: https://…, root: <base64>}
///   seer: https://…
struct Network {
    std::string name;
    std::vector<GitHost> git_hosts;
    std::vector<ListedNode> nodes;      ///< only records that verify now
    std::vector<RefusedRecord> refused; ///< the others, and why
    std::optional<NamedDirectory> directory = std::nullopt;
    std::string seer{}; ///< a Taubyte cloud's seer service; empty: none
};

/// At most 1 MB of YAML; `corrupt` names what is wrong and where (line and column).
Result<Network> parse_network(std::string_view yaml, std::int64_t now);
std::string to_yaml(const Network& network);

} // namespace tau::vault
