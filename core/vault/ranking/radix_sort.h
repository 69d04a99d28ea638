#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tau::vault {

/// Sorts rows by a 32-bit number each, stably. Keeps its memory (16 bytes a row) for the next time.
class RadixSorter {
public:
    /// Room for `count` keys, to be filled with sort_key(value, row).
    std::span<std::uint64_t> keys(std::size_t count);
    /// The rows of the first `count` keys, least value first, equal ones as they stood.
    void sort(std::size_t count, std::vector<std::uint32_t>& rows);
    /// What sort() begins with, where rows ascend: `wanted` of them, or all. A sort() after it
    /// gives the others too, unless this gave all.
    void first(std::size_t count, std::size_t wanted, std::vector<std::uint32_t>& rows);

private:
    unsigned value_bits(std::size_t count) const;

    std::vector<std::uint64_t> from_;
    std::vector<std::uint64_t> to_;
};

constexpr std::uint64_t sort_key(std::uint32_t value, std::uint32_t row) {
    return std::uint64_t{value} << 32U | row;
}

} // namespace tau::vault
