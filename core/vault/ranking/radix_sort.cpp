#include "core/vault/ranking/radix_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace tau::vault {

namespace {

constexpr unsigned value_shift = 32;
constexpr unsigned passes = 3;
constexpr unsigned most_digit_bits = 11;
constexpr std::size_t most_buckets = std::size_t{1} << most_digit_bits;
/// Up to one row in so many is picked out by comparing, which then costs less than three passes.
constexpr std::size_t few = 4;

using Buckets = std::array<std::uint32_t, most_buckets>;

/// `buckets` are the sizes. A block's places are found before anything goes there: one by one, the
/// processor would wait for where a key goes before it reads where the next one's bucket begins.
template <typename Digit, typename To>
void move_to_buckets(std::span<const std::uint64_t> keys, Buckets& buckets, Digit digit, To* to) {
    std::uint32_t begin = 0;
    for (std::uint32_t& bucket : buckets) {
        begin += std::exchange(bucket, begin);
    }
    std::array<std::uint32_t, 256> places{};
    for (std::size_t done = 0; done < keys.size(); done += places.size()) {
        const auto block = keys.subspan(done, std::min(places.size(), keys.size() - done));
        for (std::size_t i = 0; i < block.size(); ++i) {
            places[i] = buckets[digit(block[i])]++;
        }
        for (std::size_t i = 0; i < block.size(); ++i) {
            to[places[i]] = static_cast<To>(block[i]);
        }
    }
}

} // namespace

std::span<std::uint64_t> RadixSorter::keys(std::size_t count) {
    if (from_.size() < count) {
        from_.resize(count);
        to_.resize(count);
    }
    return {from_.data(), count};
}

unsigned RadixSorter::value_bits(std::size_t count) const {
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < count; ++i) {
        all |= from_[i];
    }
    return static_cast<unsigned>(std::bit_width(all >> value_shift));
}

/// Least significant digit first. Three digits, no wider than the greatest value needs: the fewer
/// places there are to write to, the more of them the processor's caches hold.
void RadixSorter::sort(std::size_t count, std::vector<std::uint32_t>& rows) {
    const unsigned width = (value_bits(count) + passes - 1) / passes;
    const std::size_t mask = (std::size_t{1} << width) - 1;
    std::array<Buckets, passes> buckets{};
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t rest = from_[i] >> value_shift;
        for (unsigned pass = 0; pass < passes; ++pass, rest >>= width) {
            ++buckets[pass][rest & mask];
        }
    }
    rows.resize(count);
    for (unsigned pass = 0; pass < passes; ++pass) {
        const unsigned shift = value_shift + pass * width;
        const std::span<const std::uint64_t> keys{from_.data(), count};
        const auto digit = [shift, mask](std::uint64_t key) { return key >> shift & mask; };
        if (pass + 1 < passes) {
            move_to_buckets(keys, buckets[pass], digit, to_.data());
            from_.swap(to_);
        } else {
            move_to_buckets(keys, buckets[pass], digit, rows.data());
        }
    }
}

void RadixSorter::first(std::size_t count, std::size_t wanted, std::vector<std::uint32_t>& rows) {
    const unsigned bits = value_bits(count);
    const unsigned shift = value_shift + bits - std::min(bits, most_digit_bits);
    std::array<std::uint32_t, most_buckets> sizes{};
    for (std::size_t i = 0; i < count; ++i) {
        ++sizes[from_[i] >> shift];
    }
    std::size_t found = 0;
    std::uint64_t end = 0;
    while (found < std::min(wanted, count)) {
        found += sizes[end++];
    }
    if (found > count / few) {
        sort(count, rows);
        return;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
        to_[kept] = from_[i];
        kept += from_[i] >> shift < end ? 1U : 0U;
    }
    const auto end_wanted = to_.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, kept));
    std::nth_element(to_.begin(), end_wanted, to_.begin() + static_cast<std::ptrdiff_t>(kept));
    std::sort(to_.begin(), end_wanted);
    rows.resize(std::min(wanted, kept));
    std::transform(to_.begin(), end_wanted, rows.begin(),
                   [](std::uint64_t key) { return static_cast<std::uint32_t>(key); });
}

} // namespace tau::vault
