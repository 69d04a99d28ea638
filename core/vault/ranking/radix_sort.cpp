#include "core/vault/ranking/radix_sort.h"

#include <array>

namespace tau::vault {

namespace {

constexpr unsigned digit_bits = 11;
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::array<unsigned, 3> shifts{32, 32 + digit_bits, 32 + 2 * digit_bits};

constexpr std::size_t digit(std::uint64_t key, unsigned shift) {
    return static_cast<std::size_t>(key >> shift) & (buckets - 1);
}

} // namespace

std::span<std::uint64_t> RadixSorter::keys(std::size_t count) {
    if (from_.size() < count) {
        from_.resize(count);
        to_.resize(count);
    }
    return {from_.data(), count};
}

void RadixSorter::sort(std::size_t count, std::vector<std::uint32_t>& rows) {
    std::array<std::array<std::uint32_t, buckets>, shifts.size()> begins{};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t pass = 0; pass < shifts.size(); ++pass) {
            ++begins[pass][digit(from_[i], shifts[pass])];
        }
    }
    rows.resize(count);
    for (std::size_t pass = 0; pass < shifts.size(); ++pass) {
        std::uint32_t sum = 0;
        for (std::uint32_t& begin : begins[pass]) {
            const std::uint32_t size = begin;
            begin = sum;
            sum += size;
        }
        auto& next = begins[pass];
        const unsigned shift = shifts[pass];
        if (pass + 1 < shifts.size()) {
            for (std::size_t i = 0; i < count; ++i) {
                to_[next[digit(from_[i], shift)]++] = from_[i];
            }
            from_.swap(to_);
        } else {
            for (std::size_t i = 0; i < count; ++i) {
                rows[next[digit(from_[i], shift)]++] = static_cast<std::uint32_t>(from_[i]);
            }
        }
    }
}

} // namespace tau::vault
