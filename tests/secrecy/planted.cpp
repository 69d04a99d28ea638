#include "tests/secrecy/planted.h"

#include "core/seal/points.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tau::test {

namespace {

volatile int sink = 0; // what is written here cannot be left out

void branch_on_one_bit(const Secret& secret) {
    if ((secret.data()[31] & 1U) != 0) {
        sink = 1;
    }
}

void look_up_in_a_table(const Secret& secret) {
    static const auto table = [] {
        std::array<int, 256> squares{};
        for (std::size_t i = 0; i < squares.size(); ++i) {
            squares[i] = static_cast<int>(i * i);
        }
        return squares;
    }();
    sink = table[secret.data()[0]];
}

void compare_with_memcmp(const Secret& secret) {
    const std::array<std::uint8_t, 32> guess{};
    sink = std::memcmp(secret.data(), guess.data(), guess.size()) == 0 ? 1 : 0;
}

void stop_at_the_first_zero(const Secret& secret) {
    const ByteView bytes = secret.bytes();
    sink = static_cast<int>(std::find(bytes.begin(), bytes.end(), 0) - bytes.begin());
}

/// x·B compared as a public point is: what the taint of a multiplication must show.
void compare_a_point_that_is_not_public(const Secret& secret) {
    const seal::Point expected{};
    sink = seal::base_times(secret.bytes()) == expected ? 1 : 0;
}

constexpr Planted leaks[] = {
    {"a branch on one bit", &branch_on_one_bit},
    {"a table, indexed", &look_up_in_a_table},
    {"memcmp", &compare_with_memcmp},
    {"a search that stops early", &stop_at_the_first_zero},
    {"a point compared byte by byte", &compare_a_point_that_is_not_public},
};

} // namespace

std::span<const Planted> planted_leaks() {
    return leaks;
}

} // namespace tau::test
