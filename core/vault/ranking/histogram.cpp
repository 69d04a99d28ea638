#include "core/vault/ranking/state.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tau::vault {

namespace {

/// Counts value(row) of the rows; twice over them, for the range and for the bins.
template <typename Value>
Histogram count_numbers(std::span<const std::uint32_t> rows, Value value) {
    Histogram histogram;
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const std::uint32_t row : rows) {
        const float number = value(row);
        low = number < low ? number : low;
        high = number > high ? number : high;
        histogram.unknown += std::isnan(number) ? 1U : 0U;
    }
    if (!(low <= high)) {
        return histogram;
    }
    histogram.low = low;
    histogram.high = high;
    const auto bins = static_cast<float>(histogram.bins.size());
    const float scale = high > low ? bins / (high - low) : 0;
    for (const std::uint32_t row : rows) {
        const float number = value(row);
        if (!std::isnan(number)) {
            ++histogram.bins[static_cast<std::size_t>(std::min((number - low) * scale, bins - 1))];
        }
    }
    return histogram;
}

template <typename Value>
Histogram count_logarithms(std::span<const std::uint32_t> rows, Value value) {
    Histogram histogram = count_numbers(rows, [&](std::uint32_t row) {
        const float number = value(row);
        return number < 1 ? 0.0F : std::log2(number);
    });
    histogram.low = std::exp2(histogram.low);
    histogram.high = std::exp2(histogram.high);
    return histogram;
}

} // namespace

Histogram Ranking::histogram(Column column) {
    const std::span<const std::uint32_t> rows = by_rank();
    const NodeTable& table = *table_;
    switch (column) {
    case Column::rank:
    case Column::name:
        return {};
    case Column::region: {
        Histogram histogram;
        histogram.high = static_cast<double>(histogram.bins.size());
        for (const std::uint32_t row : rows) {
            ++(table.region[row] < histogram.bins.size() ? histogram.bins[table.region[row]]
                                                         : histogram.unknown);
        }
        return histogram;
    }
    case Column::reputation:
        return count_numbers(rows, [&](std::uint32_t row) { return table.reputation[row]; });
    case Column::distance: {
        const std::vector<float>& km = state_->kilometres(table);
        return count_logarithms(rows, [&](std::uint32_t row) { return km[row]; });
    }
    case Column::slots:
        return count_logarithms(rows, [&](std::uint32_t row) { return known_slots(table, row); });
    case Column::age:
        return count_numbers(rows, [&](std::uint32_t row) { return table.age_days[row]; });
    case Column::uptime:
        return count_numbers(rows, [&](std::uint32_t row) { return table.uptime[row]; });
    }
    return {};
}

} // namespace tau::vault
