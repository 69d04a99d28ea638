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

/// A table's columns, as they are shown, sorted and drawn as histograms. `slots` are known_slots.
enum class Column { rank, name, region, reputation, distance, slots, age, uptime };

/// Rows that do not pass are not in the order at all. An unknown figure passes no minimum.
struct Filter {
    std::vector<std::uint8_t> regions; ///< none: all
    std::optional<double> min_reputation;
    std::optional<double> min_slots; ///< of known_slots
    std::optional<double> min_age_days;
    std::optional<Area> area;
    std::optional<double> max_km;       ///< nobody passes while there is no place
    std::uint8_t required_flags = 0;    ///< all of these NodeFlags
    std::string text;                   ///< in the name, whatever the case of ASCII letters
    std::vector<std::uint64_t> blocked; ///< keys that the user never wants
    bool eligible_only = false;         ///< only nodes that may be recommended
    bool operator==(const Filter&) const = default;
};

/// Why a row stands where it does.
struct Explanation {
    double score = 0;                           ///< 0..1
    std::array<double, factor_count> factors{}; ///< 0.1..1 each, before the emphasis
    std::array<double, factor_count> parts{};   ///< what each leaves of the score: factor^weight
    /// What costs most, what is known before what is not; none when nothing costs 10 %.
    std::optional<Factor> limit;
    std::optional<double> distance_km;   ///< unknown without a place, or a refuted one
    std::optional<double> round_trip_ms; ///< measured by us
    bool eligible = true;
    std::string sentence; ///< what carries and what limits the score, or why it is not recommended
};

/// 64 bins of equal width between the least and the greatest value; on a logarithmic scale for
/// slots and kilometres (values below 1 count as 1). Of regions, bin i counts region i.
struct Histogram {
    double low = 0;  ///< where the first bin begins, in the column's own unit
    double high = 0; ///< where the last bin ends
    std::array<std::uint32_t, 64> bins{};
    std::uint32_t unknown = 0;
};

/// The order of a table's rows under the user's wishes. Not for two threads at once, but any thread
/// may make it: a million rows take 50 ms. Setting marks what is out of date; asking does the work,
/// and no more: a million rows are scored and sorted in about 10 ms, or in 3 as far as the best
/// thousand, which is what at() does until it is asked for more.
///
/// score = reputation^(w_r) * age^(w_r) * uptime^(w_r) * latency^(w_d) * capacity^(w_c), with the
/// factors of factors.h; rows are ordered by the weighted sum of the logarithms, best first, ties
/// by row. A capacity that nobody measured counts one half at most, and so do a refuted place and
/// an unknown age or uptime: unknown is neither zero nor best. A figure that only the node vouches
/// for never makes its score better than saying nothing would. Not eligible (after all others):
/// reputation unknown or below 0.60, no key to seal to, an expired record.
class Ranking {
public:
    explicit Ranking(std::shared_ptr<const NodeTable> table);
    ~Ranking();
    Ranking(Ranking&&) noexcept;
    Ranking& operator=(Ranking&&) noexcept;

    const NodeTable& table() const { return *table_; }
    void set_place(const std::optional<Place>& place);
    void set_emphasis(const Emphasis& emphasis); ///< values outside 0..1 are clamped
    void set_filter(Filter filter);
    /// Any column; ties keep the rank's order. Unknown values come last either way. The first
    /// sorting by name takes longer, about 0.1 s for a million.
    void set_sorting(Column column, bool descending);
    /// Replaces the estimate from the distance by what was measured; rows without it keep theirs.
    void set_round_trip(std::uint32_t row, double milliseconds);

    /// Rows that pass the filter, in the chosen sorting; valid until the next call of a set_….
    std::span<const std::uint32_t> order();
    /// order().size(), order()[position] and where in it a row stands (nullopt: filtered out), for
    /// those who look at few rows.
    std::size_t size();
    std::uint32_t at(std::size_t position);
    std::optional<std::size_t> position_of(std::uint32_t row);
    /// By row: 1 when it passes the filter, else 0. Valid as order() is.
    std::span<const std::uint8_t> passing();
    /// Position in the order by rank (from 0) whatever the sorting; nullopt when filtered out.
    std::optional<std::size_t> rank_of(std::uint32_t row);
    Explanation explain(std::uint32_t row);
    /// Kilometres from the place; nullopt without one.
    std::optional<double> distance(std::uint32_t row) const;
    float score(std::uint32_t row) const;
    bool eligible(std::uint32_t row) const;
    /// Best eligible rows, at most one of each network (rows of unknown network all may stand).
    std::vector<std::uint32_t> short_list(std::size_t count);
    /// Rows for one project to use together, best first: from the short list, one of each region,
    /// and only when there are not regions enough, more of one.
    std::vector<std::uint32_t> suggest(std::size_t count);
    /// Over the rows that pass the filter.
    Histogram histogram(Column column);

private:
    struct State;
    std::uint32_t ranked(std::size_t rank);

    std::shared_ptr<const NodeTable> table_;
    std::unique_ptr<State> state_;
};

} // namespace tau::vault
