#include "core/vault/ranking/state.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tau::vault {

namespace {

/// Numbers by row, counted where `passes` is 1; `scale` says where they stand, and must not turn
/// their order around.
template <typename Value, typename Scale>
Histogram count_numbers(const std::vector<std::uint8_t>& passes, Value value, Scale scale) {
    Histogram histogram;
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (std::size_t row = 0; row < passes.size(); ++row) {
        const float number = value(row);
        const bool counts = passes[row] != 0 && !std::isnan(number);
        low = counts && number < low ? number : low;
        high = counts && number > high ? number : high;
        histogram.unknown += passes[row] != 0 && std::isnan(number) ? 1U : 0U;
    }
    if (!(low <= high)) {
        return histogram;
    }
    const float begin = scale(low);
    const float end = scale(high);
    histogram.low = begin;
    histogram.high = end;
    const auto bins = static_cast<float>(histogram.bins.size());
    const float per_unit = end > begin ? bins / (end - begin) : 0;
    for (std::size_t row = 0; row < passes.size(); ++row) {
        const float number = value(row);
        if (passes[row] != 0 && !std::isnan(number)) {
            const float at = std::min((scale(number) - begin) * per_unit, bins - 1);
            ++histogram.bins[static_cast<std::size_t>(at)];
        }
    }
    return histogram;
}

template <typename Value>
Histogram count_plain(const std::vector<std::uint8_t>& passes, Value value) {
    return count_numbers(passes, value, [](float number) { return number; });
}

template <typename Value>
Histogram count_logarithms(const std::vector<std::uint8_t>& passes, Value value) {
    Histogram histogram = count_numbers(
        passes, value, [](float number) { return std::log2(std::max(number, 1.0F)); });
    histogram.low = std::exp2(histogram.low);
    histogram.high = std::exp2(histogram.high);
    return histogram;
}

Histogram count_regions(const NodeTable& table, const std::vector<std::uint8_t>& passes) {
    Histogram histogram;
    histogram.high = static_cast<double>(histogram.bins.size());
    for (std::size_t row = 0; row < passes.size(); ++row) {
        const std::uint8_t region = table.region[row];
        (region < histogram.bins.size() ? histogram.bins[region] : histogram.unknown) +=
            passes[row];
    }
    return histogram;
}

} // namespace

Histogram Ranking::histogram(Column column) {
    by_rank(); // brings the filter up to date
    const NodeTable& table = *table_;
    const std::vector<std::uint8_t>& passes = state_->passes;
    switch (column) {
    case Column::rank:
    case Column::name:
        return {};
    case Column::region:
        return count_regions(table, passes);
    case Column::reputation:
        return count_plain(passes, [&](std::size_t row) { return table.reputation[row]; });
    case Column::distance: {
        const std::vector<float>& km = state_->kilometres(table);
        return count_logarithms(passes, [&](std::size_t row) { return km[row]; });
    }
    case Column::slots:
        return count_logarithms(passes, [&](std::size_t row) { return known_slots(table, row); });
    case Column::age:
        return count_plain(passes, [&](std::size_t row) { return table.age_days[row]; });
    case Column::uptime:
        return count_plain(passes, [&](std::size_t row) { return table.uptime[row]; });
    }
    return {};
}

} // namespace tau::vault
