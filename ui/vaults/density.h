#pragma once

#include "core/vault/ranking/node_table.h"
#include "ui/common/theme.h"
#include "ui/vaults/map_frame.h"

#include <QImage>

#include <cstdint>
#include <span>
#include <vector>

namespace tau::ui {

/// How many nodes stand in each square of a grid over a map: what is drawn where single nodes
/// would only cover each other. Counting a million takes 2 to 3 ms.
struct Density {
    int columns = 0;
    int rows = 0;
    std::vector<std::uint32_t> cells; ///< row by row, from the north
    std::uint32_t most = 0;           ///< in one cell
    std::size_t total = 0;            ///< in the frame
};
/// `shown`: 0 or 1 for each row. `cell`: a side of the squares in the frame's pixels.
Density count_nodes(const vault::NodeTable& table, std::span<const std::uint8_t> shown,
                    const MapFrame& frame, double cell);
/// A pixel a cell, see-through where there are none; logarithmic, in the accent's shades.
QImage draw_density(const Density& density, const Tokens& tokens);

} // namespace tau::ui
