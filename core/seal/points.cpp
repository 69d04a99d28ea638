#include "core/seal/points.h"

#include "core/base/declassify.h"

#include <sodium.h>

namespace tau::seal {

namespace {

/// (0, -1), the point of order two.
constexpr Point order_two = [] {
    Point point;
    point.fill(0xff);
    point.front() = 0xec;
    point.back() = 0x7f;
    return point;
}();

} // namespace

bool is_valid_point(const Point& point) {
    if (crypto_core_ed25519_is_valid_point(point.data()) != 1) {
        return false;
    }
    // (L-1)·P + P is the identity only in the prime-order subgroup.
    std::array<std::uint8_t, scalar_size> order_minus_one = group_order;
    --order_minus_one.front();
    Point multiple;
    Point sum;
    return crypto_scalarmult_ed25519_noclamp(multiple.data(), order_minus_one.data(),
                                             point.data()) == 0 &&
           crypto_core_ed25519_add(sum.data(), multiple.data(), point.data()) == 0 &&
           sum == identity;
}

bool is_canonical_scalar(ByteView scalar) {
    // A caller's refusal shows which of the two it is; every scalar in use passes both.
    return scalar.size() == scalar_size &&
           declassified(sodium_is_zero(scalar.data(), scalar_size)) == 0 &&
           declassified(sodium_compare(scalar.data(), group_order.data(), scalar_size)) < 0;
}

std::optional<Point> base_times(ByteView scalar) {
    Point point;
    if (scalar.size() != scalar_size ||
        declassified(crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data())) != 0) {
        return std::nullopt;
    }
    return point;
}

bool gives_point(ByteView scalar, const Point& expected) {
    const std::optional<Point> point = base_times(scalar);
    return point &&
           declassified(sodium_memcmp(point->data(), expected.data(), expected.size())) == 0;
}

bool sodium_rejects_torsion() {
    std::array<std::uint8_t, scalar_size> one{1};
    Point torsioned;
    const std::optional<Point> base = base_times(one);
    return base && crypto_core_ed25519_add(torsioned.data(), base->data(), order_two.data()) == 0 &&
           crypto_core_ed25519_is_valid_point(torsioned.data()) == 0;
}

} // namespace tau::seal
