#pragma once

#include "core/vault/ranking/rank_keys.h"

#include <map>

namespace tau::vault {

/// What is wished, what follows from it, and what of that is out of date.
struct Ranking::State {
    std::optional<Place> place;
    Emphasis emphasis;
    Filter filter;
    Column sorting = Column::rank;
    bool descending = false;
    std::map<std::uint32_t, double> round_trips; ///< measured, milliseconds

    Costs costs;
    std::vector<float> km;                  ///< made when first needed; NaN: refuted, no place
    std::vector<std::uint8_t> passes;       ///< the filter, 0 or 1
    std::size_t passing = 0;                ///< so many rows do
    std::vector<std::uint32_t> by_rank;     ///< rows that pass, best first; maybe not yet all
    std::vector<std::uint32_t> sorted;      ///< the same in another sorting
    std::vector<std::uint32_t> position;    ///< by row: 1 + its index in by_rank; 0: not there
    std::vector<std::uint32_t> name_places; ///< see name_order.h; made when first needed
    RadixSorter sorter;

    bool km_old = true;
    bool filter_old = true;
    bool rank_old = true;
    bool sorting_old = true;
    bool position_old = true;

    void rank_changed();
    bool sorted_by_rank() const { return sorting == Column::rank && !descending; }
    RankKeys rank_keys() const { return {costs, emphasis}; }
    const std::vector<float>& kilometres(const NodeTable& table);
    void filter_rows(const NodeTable& table);
    void fill_keys(std::size_t rows);
    void rank_rows(const NodeTable& table, std::size_t wanted); ///< so many of by_rank, or all
    void sort_rows(const NodeTable& table);
    std::size_t count_better(std::uint32_t row) const;
};

} // namespace tau::vault
