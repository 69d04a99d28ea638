#include "core/vault/ranking/filter.h"
#include "core/vault/ranking/state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

namespace tau::vault {

namespace {

/// So many rows are ranked before somebody asks for more: a window shows fewer.
constexpr std::size_t at_once = 1000;

double clamp_weight(double weight) {
    return weight >= 0 ? std::min(weight, 1.0) : 0;
}

} // namespace

void Ranking::State::rank_changed() {
    rank_old = true;
    sorting_old = true;
    position_old = true;
}

const std::vector<float>& Ranking::State::kilometres(const NodeTable& table) {
    if (km_old) {
        km.assign(table.size(), std::numeric_limits<float>::quiet_NaN());
        if (place) {
            distances_to(table, *place, km.data());
            for (std::size_t i = 0; i < table.size(); ++i) {
                if ((table.flags[i] & place_refuted) != 0) {
                    km[i] = std::numeric_limits<float>::quiet_NaN();
                }
            }
        }
        km_old = false;
    }
    return km;
}

Ranking::Ranking(std::shared_ptr<const NodeTable> table)
    : table_(std::move(table)), state_(std::make_unique<State>()) {
    state_->costs = costs_of(*table_);
}

Ranking::~Ranking() = default;
Ranking::Ranking(Ranking&&) noexcept = default;
Ranking& Ranking::operator=(Ranking&&) noexcept = default;

void Ranking::set_place(const std::optional<Place>& place) {
    State& state = *state_;
    if (place == state.place) {
        return;
    }
    state.place = place;
    set_distance_costs(*table_, place, state.costs.distance);
    for (const auto& [row, milliseconds] : state.round_trips) {
        state.costs.distance[row] = round_trip_cost(milliseconds);
    }
    state.km_old = true;
    state.filter_old |= state.filter.max_km.has_value();
    state.rank_changed();
}

void Ranking::set_emphasis(const Emphasis& emphasis) {
    const Emphasis clamped{clamp_weight(emphasis.reputation), clamp_weight(emphasis.distance),
                           clamp_weight(emphasis.capacity)};
    if (!(clamped == state_->emphasis)) {
        state_->emphasis = clamped;
        state_->rank_changed();
    }
}

void Ranking::set_filter(Filter filter) {
    if (!(filter == state_->filter)) {
        state_->filter = std::move(filter);
        state_->filter_old = true;
        state_->rank_changed();
    }
}

void Ranking::set_sorting(Column column, bool descending) {
    if (column != state_->sorting || descending != state_->descending) {
        state_->sorting = column;
        state_->descending = descending;
        state_->sorting_old = true;
    }
}

void Ranking::set_round_trip(std::uint32_t row, double milliseconds) {
    const auto known = state_->round_trips.find(row);
    if (known != state_->round_trips.end() && known->second == milliseconds) {
        return;
    }
    state_->round_trips[row] = milliseconds;
    state_->costs.distance[row] = round_trip_cost(milliseconds);
    state_->rank_changed();
}

void Ranking::State::filter_rows(const NodeTable& table) {
    const std::size_t rows = table.size();
    if (!filter_old && passes.size() == rows) {
        return;
    }
    passes.resize(rows);
    const auto& far = filter.max_km ? kilometres(table) : km;
    apply_filter(table, filter, far, costs.eligible, passes.data());
    passing = static_cast<std::size_t>(std::count(passes.begin(), passes.end(), 1));
    filter_old = false;
}

void Ranking::State::fill_keys(std::size_t rows) {
    const RankKeys key = rank_keys();
    const std::span<std::uint64_t> keys = sorter.keys(rows);
    const auto fill = [&key, keys](std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end; ++row) {
            keys[row] = key(static_cast<std::uint32_t>(row));
        }
    };
    constexpr std::size_t worth_a_thread = 100000;
    const std::size_t middle = rows < worth_a_thread ? rows : rows / 2;
    {
        const std::jthread other(middle == rows ? std::jthread()
                                                : std::jthread([&] { fill(middle, rows); }));
        fill(0, middle);
    }
    if (passing < rows) {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            keys[kept] = keys[row];
            kept += passes[row];
        }
    }
}

void Ranking::State::rank_rows(const NodeTable& table, std::size_t wanted) {
    filter_rows(table);
    if (rank_old) {
        fill_keys(table.size());
        by_rank.clear();
        rank_old = false;
    }
    if (by_rank.size() >= std::min(wanted, passing)) {
        return;
    }
    if (by_rank.empty() && wanted <= at_once) {
        sorter.first(passing, at_once, by_rank);
    } else {
        sorter.sort(passing, by_rank);
    }
}

std::size_t Ranking::State::count_better(std::uint32_t row) const {
    const RankKeys key = rank_keys();
    const std::uint64_t own = key(row);
    std::size_t better = 0;
    for (std::uint32_t other = 0; other < passes.size(); ++other) {
        better += (key(other) < own ? 1U : 0U) & passes[other];
    }
    return better;
}

std::size_t Ranking::size() {
    state_->filter_rows(*table_);
    return state_->passing;
}

std::span<const std::uint8_t> Ranking::passing() {
    state_->filter_rows(*table_);
    return state_->passes;
}

std::uint32_t Ranking::at(std::size_t position) {
    return state_->sorted_by_rank() ? ranked(position) : order()[position];
}

std::uint32_t Ranking::ranked(std::size_t rank) {
    state_->rank_rows(*table_, rank + 1);
    return state_->by_rank[rank];
}

std::span<const std::uint32_t> Ranking::order() {
    State& state = *state_;
    state.rank_rows(*table_, table_->size());
    if (state.sorted_by_rank()) {
        return state.by_rank;
    }
    if (state.sorting_old) {
        state.sort_rows(*table_);
        state.sorting_old = false;
    }
    return state.sorted;
}

std::optional<std::size_t> Ranking::position_of(std::uint32_t row) {
    State& state = *state_;
    state.rank_rows(*table_, 1);
    if (state.passes[row] == 0) {
        return std::nullopt;
    }
    const std::span<const std::uint32_t> known =
        state.sorted_by_rank() ? std::span<const std::uint32_t>(state.by_rank) : order();
    const auto found = std::find(known.begin(), known.end(), row);
    return found == known.end() ? state.count_better(row)
                                : static_cast<std::size_t>(found - known.begin());
}

std::optional<std::size_t> Ranking::rank_of(std::uint32_t row) {
    State& state = *state_;
    state.rank_rows(*table_, table_->size());
    if (state.position_old) {
        state.position.assign(table_->size(), 0);
        for (std::uint32_t i = 0; i < state.by_rank.size(); ++i) {
            state.position[state.by_rank[i]] = i + 1;
        }
        state.position_old = false;
    }
    const std::uint32_t position = state.position[row];
    return position == 0 ? std::nullopt : std::optional<std::size_t>(position - 1);
}

std::optional<double> Ranking::distance(std::uint32_t row) const {
    if (!state_->place || (table_->flags[row] & place_refuted) != 0) {
        return std::nullopt;
    }
    return distance_km(*state_->place,
                       {table_->latitude[row] / 100.0, table_->longitude[row] / 100.0});
}

float Ranking::score(std::uint32_t row) const {
    return static_cast<float>(std::exp(-state_->rank_keys().cost(row)));
}

bool Ranking::eligible(std::uint32_t row) const {
    return state_->costs.eligible[row] != 0;
}

} // namespace tau::vault
