#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tau::vault {

/// Sorts rows by a 32-bit number each, stably: least significant digit first, three digits of 11
/// bits. Keeps its memory (16 bytes a row) for the next time.
class RadixSorter {
public:
    /// Room for `count` keys, to be filled with sort_key(value, row).
    std::span<std::uint64_t> keys(std::size_t count);
    /// The rows of the first `count` keys, least value first, equal ones as they stood.
    void sort(std::size_t count, std::vector<std::uint32_t>& rows);

private:
    std::vector<std::uint64_t> from_;
    std::vector<std::uint64_t> to_;
};

constexpr std::uint64_t sort_key(std::uint32_t value, std::uint32_t row) {
    return std::uint64_t{value} << 32U | row;
}

} // namespace tau::vault
