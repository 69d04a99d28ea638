#include "ui/vaults/density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tau::ui {

namespace {

constexpr std::uint16_t outside = 0xFFFF;
using Lookup = std::vector<std::uint16_t>;

/// The grid's index of every coordinate there is (1/100 degree, as unsigned), or `outside`.
template <typename IndexOf>
Lookup make_lookup(int limit, int cells, IndexOf index_of) {
    Lookup lookup(1U << 16U, outside);
    for (int value = -limit; value <= limit; ++value) {
        const double index = std::floor(index_of(value / 100.0));
        if (index >= 0 && index < cells) {
            lookup[static_cast<std::uint16_t>(value)] = static_cast<std::uint16_t>(index);
        }
    }
    return lookup;
}

constexpr int shades = 256;

/// From barely more than the land to the text's own colour, through the accent.
std::array<QRgb, shades> make_ramp(const Tokens& tokens) {
    std::array<QRgb, shades> ramp{};
    for (int i = 0; i < shades; ++i) {
        const double level = static_cast<double>(i) / (shades - 1);
        const double middle = 0.75;
        const QColor color =
            level < middle
                ? mix(mix(tokens.surface, tokens.accent, 0.35), tokens.accent, level / middle)
                : mix(tokens.accent, tokens.text, (level - middle) / (1 - middle) * 0.7);
        ramp[static_cast<std::size_t>(i)] = color.rgb();
    }
    return ramp;
}

} // namespace

Density count_nodes(const vault::NodeTable& table, std::span<const std::uint8_t> shown,
                    const MapFrame& frame, double cell) {
    Density density;
    density.columns = static_cast<int>(std::ceil(frame.size().width() / cell));
    density.rows = static_cast<int>(std::ceil(frame.size().height() / cell));
    const auto columns = static_cast<std::size_t>(density.columns);
    density.cells.assign(columns * static_cast<std::size_t>(density.rows), 0);
    const Lookup column_of = make_lookup(18000, density.columns, [&](double longitude) {
        return frame.to_pixel({.latitude = 0, .longitude = longitude}).x() / cell;
    });
    const Lookup row_of = make_lookup(9000, density.rows, [&](double latitude) {
        return frame.to_pixel({.latitude = latitude, .longitude = 0}).y() / cell;
    });
    // A block's cells are found before any is counted: one by one, the processor would wait for
    // where a count goes before it looks up the next cell.
    std::array<std::size_t, 1024> found{};
    for (std::size_t begin = 0; begin < table.size(); begin += found.size()) {
        const std::size_t end = std::min(begin + found.size(), table.size());
        std::size_t count = 0;
        for (std::size_t i = begin; i < end; ++i) {
            const std::uint16_t column = column_of[static_cast<std::uint16_t>(table.longitude[i])];
            const std::uint16_t row = row_of[static_cast<std::uint16_t>(table.latitude[i])];
            found[count] = row * columns + column;
            count += column != outside && row != outside && shown[i] != 0 ? 1U : 0U;
        }
        for (std::size_t i = 0; i < count; ++i) {
            ++density.cells[found[i]];
        }
    }
    density.total = std::accumulate(density.cells.begin(), density.cells.end(), std::size_t{0});
    if (!density.cells.empty()) {
        density.most = *std::max_element(density.cells.begin(), density.cells.end());
    }
    return density;
}

QImage draw_density(const Density& density, const Tokens& tokens) {
    QImage image(density.columns, density.rows, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const std::array<QRgb, shades> ramp = make_ramp(tokens);
    const float scale =
        (shades - 1) / std::log1p(static_cast<float>(std::max(density.most, std::uint32_t{2})));
    auto cell = density.cells.begin();
    for (int y = 0; y < density.rows; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < density.columns; ++x, ++cell) {
            if (*cell > 0) {
                line[x] =
                    ramp[static_cast<std::size_t>(std::log1p(static_cast<float>(*cell)) * scale)];
            }
        }
    }
    return image;
}

} // namespace tau::ui
