#pragma once

#include "core/ports.h"
#include "core/vault/place.h"
#include "core/vault/ranking/node_table.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace tau::vault {

/// A network's nodes as they could be had now.
struct NodeList {
    std::shared_ptr<const NodeTable> table;
    std::uint64_t total = 0; ///< nodes in the network; the table may hold only the nearest shards
    std::int64_t published = 0; ///< unix seconds: when what is shown was signed; 0: not said
    /// Empty when all is as it should be, else a sentence: offline, outdated, refused, incomplete.
    std::string notice;
    bool offline = false; ///< nothing newer than the cache could be had
    std::vector<RefusedRecord> refused;
};

enum class Extent {
    nearby, ///< what a first look needs: the shards around the place, under 0.5 MB
    all     ///< every node
};

/// Done and all, in bytes; called from the loading thread.
using LoadProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Where a network's nodes come from: the records in its file, its directory, or a cloud's seer.
/// Blocking; callable from several threads.
class NodeSource {
public:
    virtual ~NodeSource() = default;
    virtual Result<NodeList> load(const std::optional<Place>& place, Extent extent,
                                  const LoadProgress& progress, std::stop_token stop) = 0;
    /// The full, verified record behind a row of a table that this source loaded; `not_found` for
    /// nodes that have none (a seer's) or are gone, `untrusted` when what comes does not hold.
    virtual Result<ListedNode> node(const NodeTable& table, std::uint32_t row,
                                    std::stop_token stop) = 0;
};

/// Whatever the network's file names. `cache`: a folder of our own for this network.
Result<std::unique_ptr<NodeSource>> open_nodes(const Network& network, Http& http,
                                               const Clock& clock,
                                               const std::filesystem::path& cache);

/// A node named by hand: http(s)://host[:port] (asks for its record, sequence and signature are
/// checked) or the record itself as base64. Nobody else vouches for it: no audits.
Result<ListedNode> node_by_hand(std::string_view text, Http& http, std::int64_t now,
                                std::stop_token stop);

/// Shortest of three round trips of GET /healthz.
Result<std::chrono::milliseconds> round_trip(const NodeRecord& record, Http& http,
                                             std::stop_token stop);

} // namespace tau::vault
