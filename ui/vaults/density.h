#pragma once

#include "core/vault/ranking/node_table.h"
#include "ui/common/theme.h"
#include "ui/vaults/map_frame.h"

#include <QImage>

#include <cstdint>
#include <span>
#include <vector>

namespace tau::ui {

/// A subset of a table's rows: one bit each.
class RowSet {
public:
    void set_all(std::size_t rows);
    void set(std::span<const std::uint32_t> rows, std::size_t of);
    bool has(std::size_t row) const { return (words_[row / 64] >> (row % 64) & 1U) != 0; }
    std::size_t count() const { return count_; }

private:
    std::vector<std::uint64_t> words_;
    std::size_t count_ = 0;
};

/// How many nodes stand in each square of a grid over a map: what is drawn where single nodes
/// would only cover each other. Counting a million takes 2 to 3 ms.
struct Density {
    int columns = 0;
    int rows = 0;
    std::vector<std::uint32_t> cells; ///< row by row, from the north
    std::uint32_t most = 0;           ///< in one cell
    std::size_t total = 0;            ///< in the frame
};
/// `cell`: a side of the squares in the frame's pixels.
Density count_nodes(const vault::NodeTable& table, const RowSet& shown, const MapFrame& frame,
                    double cell);
/// A pixel a cell, see-through where there are none; logarithmic, in the accent's shades.
QImage draw_density(const Density& density, const Tokens& tokens);

} // namespace tau::ui
