// core/vault/ranking: which of a million vault nodes to choose, and why.
// node_table.h  this file: the nodes, in columns
// ranking.h     their order under a person's wishes, filtered, explained, counted
// factors.h     the formula, for one node
// costs.h       the same for all nodes at once
// Inside: filter, search, rank_keys, radix_sort; sorting, explain, histogram and short_list are
// Ranking's.
#pragma once

#include "core/vault/network.h"
#include "core/vault/place.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tau::vault {

/// What nobody has told.
inline constexpr float unknown_figure = std::numeric_limits<float>::quiet_NaN();

/// What is known of a node beyond numbers; bits of NodeTable::flags.
enum NodeFlag : std::uint8_t {
    attested_by_auditor = 1,  ///< an auditor vouches for who runs it
    attested_by_operator = 2, ///< its operator is known and signed for it
    attested_hardware = 4,    ///< runs in attested hardware
    capacity_audited = 8,     ///< its capacity was measured within 7 days
    place_refuted = 16,       ///< auditors measured that it cannot be where it says
    no_seal_key = 32,         ///< a node that cannot be chosen: no record, so no key to seal to
    expired_record = 64,      ///< its record was over when the table was made
};

/// Vault nodes in columns, never changed once made: all threads may read it. A row number is the
/// node's identity within a table. Unknown numbers are NaN.
struct NodeTable {
    std::vector<std::uint64_t> key;     ///< first 6 bytes of the node id's hash: finds a node again
    std::vector<std::int16_t> latitude; ///< 1/100 degree
    std::vector<std::int16_t> longitude; ///< 1/100 degree
    std::vector<float> x, y, z;          ///< the place as a unit vector
    std::vector<float> reputation;       ///< Wilson's lower bound 0..1; NaN: fewer than 20 audits
    std::vector<float> slots;            ///< free registrations an hour; NaN: never measured
    std::vector<float> claimed;          ///< … as the node says; NaN: says nothing
    std::vector<float> age_days;         ///< since it was first seen; NaN: unknown
    std::vector<float> uptime;           ///< share of 30 days, 0..1; NaN: unknown
    std::vector<std::uint16_t> network;  ///< hash of its network prefix; 0: unknown
    std::vector<std::uint8_t> region;    ///< see region_name
    std::vector<std::uint8_t> flags;     ///< NodeFlag
    std::string names;                   ///< each ended by '\n'
    std::vector<std::uint32_t> name_begin{0}; ///< size() + 1 offsets into names

    std::size_t size() const { return key.size(); }
    std::string_view name(std::size_t row) const {
        return std::string_view(names).substr(name_begin[row],
                                              name_begin[row + 1] - name_begin[row] - 1);
    }
    void reserve(std::size_t rows);
};

/// One row, as those who fill tables have it.
struct NodeRow {
    std::uint64_t key = 0;
    std::int16_t latitude = 0;
    std::int16_t longitude = 0;
    float reputation = 0;
    float slots = 0;
    float claimed = 0;
    float age_days = 0;
    float uptime = 0;
    std::uint16_t network = 0;
    std::uint8_t region = 0;
    std::uint8_t flags = 0;
    std::string_view name; ///< line feeds in it are dropped
};
/// Derives the unit vector.
void append(NodeTable& table, const NodeRow& row);

/// All rows of one table, then all of the other: rows of the first keep their numbers.
std::shared_ptr<const NodeTable> joined(const NodeTable& first, const NodeTable& second);

/// A list of records as a table, row i for node i. A node that names no region is in that of its
/// place; its network is the /24 or /48 of a numeric endpoint that is not loopback, else unknown.
std::shared_ptr<const NodeTable> table_of(const std::vector<ListedNode>& nodes, std::int64_t now);

/// Lower bound of the share of audits that a node passes (Wilson, one-sided 95 %); NaN for n < 20.
float reputation_bound(double passed, double failed);

/// Free registrations an hour as far as anybody but the node vouches for them: what was measured,
/// or the node's own figure where that is lower; NaN when nobody measured.
float known_slots(const NodeTable& table, std::size_t row);

/// The first row of this key; nullopt when there is none. (A sweep: 0.3 ms for a million.)
std::optional<std::uint32_t> row_of(const NodeTable& table, std::uint64_t key);

} // namespace tau::vault
