#pragma once

#include "core/ports.h"
#include "core/vault/place.h"
#include "core/vault/ranking/node_table.h"

namespace tau::vault {

/// The nodes of a Taubyte cloud, as its seer service lists them. It knows nothing of a node but its
/// id and its place, and signs nothing: such nodes can be looked at and not be chosen.
struct SeerNodes {
    struct Node {
        std::uint64_t key = 0; ///< of a hash of the peer id
        std::string name;      ///< the peer id, shortened in the middle
        std::int16_t latitude = 0;
        std::int16_t longitude = 0;
    };
    std::vector<Node> nodes; ///< by key, none twice
    std::size_t stale = 0;   ///< left out: did not report for an hour, or from the future
};

inline constexpr std::size_t max_seer_answer = 8U << 20U;
inline constexpr std::size_t max_seer_nodes = 50'000;

/// GET /geo/all: {"nodes": {"<peer id>": {"Timestamp": <unix s>, "Location": {"Latitude": …,
/// "Longitude": …}}}}; other members are passed over.
Result<SeerNodes> fetch_seer(const std::string& url, Http& http, std::int64_t now,
                             std::stop_token stop);
void append(NodeTable& table, const SeerNodes& seer);

} // namespace tau::vault
