#include "core/vault/ranking/filter.h"
#include "core/vault/ranking/state.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tau::vault {

namespace {

double clamp_weight(double weight) {
    return weight >= 0 ? std::min(weight, 1.0) : 0;
}

} // namespace

void Ranking::State::rank_changed() {
    rank_old = true;
    sorting_old = true;
    position_old = true;
}

float Ranking::State::cost(std::size_t row) const {
    return static_cast<float>(emphasis.reputation) * costs.reputation[row] +
           static_cast<float>(emphasis.distance) * costs.distance[row] +
           static_cast<float>(emphasis.capacity) * costs.capacity[row];
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
    state_->round_trips[row] = milliseconds;
    state_->costs.distance[row] = round_trip_cost(milliseconds);
    state_->rank_changed();
}

std::span<const std::uint32_t> Ranking::by_rank() {
    State& state = *state_;
    const std::size_t rows = table_->size();
    if (state.filter_old || state.passes.size() != rows) {
        state.passes.resize(rows);
        const auto& km = state.filter.max_km ? state.kilometres(*table_) : state.km;
        apply_filter(*table_, state.filter, km, state.costs.eligible, state.passes.data());
        state.filter_old = false;
    }
    if (state.rank_old) {
        const std::span<std::uint64_t> keys = state.sorter.keys(rows);
        std::size_t count = 0;
        for (std::uint32_t row = 0; row < rows; ++row) {
            // Costs are not negative, so their bits sort as they do and leave the first bit free.
            const std::uint32_t last = state.costs.eligible[row] != 0 ? 0 : 0x8000'0000U;
            keys[count] = sort_key(std::bit_cast<std::uint32_t>(state.cost(row)) | last, row);
            count += state.passes[row];
        }
        state.sorter.sort(count, state.by_rank);
        state.rank_old = false;
    }
    return state.by_rank;
}

std::span<const std::uint32_t> Ranking::order() {
    const std::span<const std::uint32_t> ranked = by_rank();
    State& state = *state_;
    if (state.sorting == Column::rank && !state.descending) {
        return ranked;
    }
    if (state.sorting_old) {
        state.sort_rows(*table_);
        state.sorting_old = false;
    }
    return state.sorted;
}

std::optional<std::size_t> Ranking::rank_of(std::uint32_t row) {
    const std::span<const std::uint32_t> ranked = by_rank();
    State& state = *state_;
    if (state.position_old) {
        state.position.assign(table_->size(), 0);
        for (std::uint32_t i = 0; i < ranked.size(); ++i) {
            state.position[ranked[i]] = i + 1;
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
    return std::exp(-state_->cost(row));
}

bool Ranking::eligible(std::uint32_t row) const {
    return state_->costs.eligible[row] != 0;
}

} // namespace tau::vault
