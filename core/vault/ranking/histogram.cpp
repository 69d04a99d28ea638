// Compiled for speed in every build, see CMakeLists.txt: the loops over rows must become vector
// code.
#include "core/vault/ranking/state.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace tau::vault {

namespace {

/// Of numbers from 1 on, within 2e-6, and exact for powers of two. A polynomial of the mantissa,
/// fitted so that it is 0 at 0 and 1 at 1.
constexpr auto log2_of = [](float number) {
    const auto bits = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(number));
    const auto exponent = static_cast<float>((bits >> 23) - 127);
    const float t = std::bit_cast<float>((bits & 0x007F'FFFF) | 0x3F80'0000) - 1;
    float p = -0.015125447F;
    p = p * t + 0.06407294F;
    p = p * t - 0.13144654F;
    p = p * t + 0.196661F;
    p = p * t - 0.27820167F;
    p = p * t + 0.44268885F;
    return exponent + t * (1 + (1 - t) * p);
};

/// A column where `passes` is 1, not below `least`; NaN where it is unknown or does not pass.
template <typename Value>
std::vector<float> numbers_of(const std::vector<std::uint8_t>& passes, float least, Value value) {
    std::vector<float> numbers(passes.size());
    for (std::size_t row = 0; row < numbers.size(); ++row) {
        const float number = value(row);
        numbers[row] = passes[row] == 0 ? std::numeric_limits<float>::quiet_NaN()
                       : number < least ? least
                                        : number;
    }
    return numbers;
}

/// `scale` says where a number stands, and must not turn their order around.
template <typename Scale>
Histogram count_numbers(const std::vector<float>& numbers, Scale scale) {
    Histogram histogram;
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const float number : numbers) {
        low = number < low ? number : low;
        high = number > high ? number : high;
    }
    if (!(low <= high)) {
        return histogram;
    }
    histogram.low = low;
    histogram.high = high;
    constexpr std::size_t bins = std::tuple_size_v<decltype(histogram.bins)>;
    const float begin = scale(low);
    const float end = scale(high);
    const float per_unit = end > begin ? bins / (end - begin) : 0;
    constexpr std::size_t block = 2048;
    std::array<std::uint8_t, block> places{};
    std::array<std::uint32_t, bins + 1> counts{}; // the last one is nowhere
    for (std::size_t done = 0; done < numbers.size(); done += block) {
        const std::size_t count = std::min(block, numbers.size() - done);
        const float* some = numbers.data() + done;
        for (std::size_t i = 0; i < count; ++i) {
            const bool known = some[i] >= low;
            const float at = (scale(known ? some[i] : low) - begin) * per_unit;
            const auto place = static_cast<std::int32_t>(std::min(bins - 1.0F, at));
            places[i] = known ? static_cast<std::uint8_t>(place) : bins;
        }
        for (std::size_t i = 0; i < count; ++i) {
            ++counts[places[i]];
        }
    }
    std::copy_n(counts.begin(), bins, histogram.bins.begin());
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
    state_->filter_rows(*table_);
    const NodeTable& table = *table_;
    const std::vector<std::uint8_t>& passes = state_->passes;
    const auto plainly = [&](const std::vector<float>& values) {
        constexpr float least = std::numeric_limits<float>::lowest();
        return count_numbers(
            numbers_of(passes, least, [&](std::size_t row) { return values[row]; }),
            [](float number) { return number; });
    };
    const auto logarithmically = [&](auto value) {
        return count_numbers(numbers_of(passes, 1, value), log2_of);
    };
    Histogram histogram;
    switch (column) {
    case Column::rank:
    case Column::name:
        return histogram;
    case Column::region:
        return count_regions(table, passes);
    case Column::reputation:
        histogram = plainly(table.reputation);
        break;
    case Column::distance: {
        const std::vector<float>& km = state_->kilometres(table);
        histogram = logarithmically([&](std::size_t row) { return km[row]; });
        break;
    }
    case Column::slots:
        histogram = logarithmically([&](std::size_t row) { return known_slots(table, row); });
        break;
    case Column::age:
        histogram = plainly(table.age_days);
        break;
    case Column::uptime:
        histogram = plainly(table.uptime);
        break;
    }
    const auto known =
        std::accumulate(histogram.bins.begin(), histogram.bins.end(), std::uint32_t{0});
    histogram.unknown = static_cast<std::uint32_t>(state_->passing) - known;
    return histogram;
}

} // namespace tau::vault
