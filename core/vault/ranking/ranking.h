#pragma once

#include "core/vault/ranking/node_table.h"

#include <array>
#include <optional>
#include <span>

namespace tau::vault {

/// What matters to the user, each 0..1: exponents of the factors, so weights of their logarithms.
struct Emphasis {
    double reputation = 0.5;
    double distance = 0.5;
    double capacity = 0.5;
    bool operator==(const Emphasis&) const = default;
};

enum class Factor { reputation, age, uptime, distance, capacity };
inline constexpr std::size_t factor_count = 5;

/// A table's columns, as they are shown, sorted and drawn as histograms.
enum class Column { rank, name, region, reputation, distance, slots, age, uptime };

/// Rows that do not pass are not in the order at all.
struct Filter {
    std::vector<std::uint8_t> regions;    ///< none: all
    std::optional<double> min_reputation; ///< a node of unknown reputation does not pass
    std::optional<double> min_slots;
    std::optional<double> min_age_days;
    std::optional<double> max_km;
    std::uint8_t required_flags = 0;    ///< all of these NodeFlags
    std::string text;                   ///< in the name, whatever its case
    std::vector<std::uint64_t> blocked; ///< keys that the user never wants
    bool eligible_only = false;         ///< only nodes that may be recommended
    bool operator==(const Filter&) const = default;
};

/// Why a row stands where it does.
struct Explanation {
    double score = 0;                           ///< 0..1
    std::array<double, factor_count> factors{}; ///< 0.1..1 each, before the emphasis
    std::array<double, factor_count> parts{};   ///< what each leaves of the score: factor^weight
    std::optional<Factor> limit;                ///< what costs most; none when nothing costs 10 %
    std::optional<double> distance_km;          ///< unknown without a place
    std::optional<double> round_trip_ms;        ///< measured by us
    bool eligible = true;
    std::string sentence; ///< what carries and what limits the score, or why it is not recommended
};

struct Histogram {
    double low = 0;  ///< of the first bin; a column's own unit (logarithmic for slots and km)
    double high = 0; ///< of the last bin
    std::array<std::uint32_t, 64> bins{};
    std::uint32_t unknown = 0;
};

/// The order of a table's rows under the user's wishes. Not for two threads at once. Setting marks
/// what is out of date; order() does the work: scores and sorts a million rows in about 10 ms.
///
/// score = reputation^(7 w_r) * age^(w_r) * uptime^(w_r) * latency^(w_d) * capacity^(w_c), each
/// factor clamped to [0.1, 1]; a row scores the weighted sum of the logarithms. A capacity that
/// nobody measured counts one half at most, and so does an unknown age or uptime: unknown is
/// neither zero nor best. Self-reported figures can only lower a score. Not eligible (after all
/// others): reputation unknown or below 0.60, no key to seal to, an expired record.
class Ranking {
public:
    explicit Ranking(std::shared_ptr<const NodeTable> table);

    const NodeTable& table() const { return *table_; }
    void set_place(const std::optional<Place>& place);
    void set_emphasis(const Emphasis& emphasis);
    void set_filter(Filter filter);
    /// Any column; ties keep the rank's order. Unknown values come last either way.
    void set_sorting(Column column, bool descending);
    /// Replaces the estimate from the distance by what was measured; rows without it keep theirs.
    void set_round_trip(std::uint32_t row, double milliseconds);

    /// Rows that pass the filter, in the chosen sorting; valid until the next call of a set_….
    std::span<const std::uint32_t> order();
    /// Position in the order by rank (from 0) whatever the sorting; nullopt when filtered out.
    std::optional<std::size_t> rank_of(std::uint32_t row);
    Explanation explain(std::uint32_t row);
    /// Kilometres from the place; nullopt without one.
    std::optional<double> distance(std::uint32_t row) const;
    float score(std::uint32_t row) const;
    bool eligible(std::uint32_t row) const;
    /// Best eligible rows, at most one of each network (rows of unknown network all may stand).
    std::vector<std::uint32_t> short_list(std::size_t count);
    /// Over the rows that pass the filter.
    Histogram histogram(Column column);

private:
    struct State;
    std::shared_ptr<const NodeTable> table_;
    std::shared_ptr<State> state_;
};

/// The row of this key; nullopt when there is none. (A linear sweep: 0.3 ms for a million.)
std::optional<std::uint32_t> row_of(const NodeTable& table, std::uint64_t key);

} // namespace tau::vault
