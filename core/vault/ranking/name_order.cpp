// Names four bytes at a time, the last ones first: so much the radix sort takes as one number.
#include "core/vault/ranking/name_order.h"

#include "core/base/text.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::size_t chunk = 4;

/// Four bytes of a name as a number that sorts as they do; what is past its end is 0.
std::uint32_t number_at(std::string_view name, std::size_t begin) {
    std::uint32_t number = 0;
    for (std::size_t i = begin; i < begin + chunk; ++i) {
        number = number << 8U | (i < name.size() ? static_cast<std::uint8_t>(name[i]) : 0U);
    }
    return number;
}

} // namespace

std::vector<std::uint32_t> places_of_names(const NodeTable& table, RadixSorter& sorter) {
    const std::string folded = to_lower_ascii(table.names);
    const auto name = [&](std::uint32_t row) {
        return std::string_view(folded).substr(
            table.name_begin[row], table.name_begin[row + 1] - table.name_begin[row] - 1);
    };
    std::vector<std::vector<std::uint32_t>> by_chunks; // rows whose names have so many chunks
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        const std::size_t chunks = (name(row).size() + chunk - 1) / chunk;
        by_chunks.resize(std::max(by_chunks.size(), chunks + 1));
        by_chunks[chunks].push_back(row);
    }
    std::vector<std::uint32_t> rows; // those that are longer than what is looked at, in order
    for (std::size_t chunks = by_chunks.size(); chunks-- > 0;) {
        // A name that ends here comes before those that go on.
        rows.insert(rows.begin(), by_chunks[chunks].begin(), by_chunks[chunks].end());
        if (chunks > 0) {
            const auto keys = sorter.keys(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                keys[i] = sort_key(number_at(name(rows[i]), (chunks - 1) * chunk), rows[i]);
            }
            sorter.sort(rows.size(), rows);
        }
    }
    std::vector<std::uint32_t> places(table.size());
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const bool same = name(rows[i]) == name(rows[i - 1]);
        places[rows[i]] = places[rows[i - 1]] + (same ? 0 : 1);
    }
    return places;
}

} // namespace tau::vault
