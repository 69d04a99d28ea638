#pragma once

#include "core/vault/ranking/costs.h"
#include "core/vault/ranking/radix_sort.h"

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
    std::vector<std::uint32_t> by_rank;     ///< rows that pass, best first
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
    float cost(std::size_t row) const;
    const std::vector<float>& kilometres(const NodeTable& table);
    void sort_rows(const NodeTable& table);
};

} // namespace tau::vault
