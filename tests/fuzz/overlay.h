#pragma once

#include "core/base/encoding.h"

#include <algorithm>

namespace tau::fuzz {

/// What the fuzzed code reads: the input without its first three bytes, or, when the first byte is
/// odd, `good` with that laid over it at the place that the next two name. So the fuzzer gets past
/// lengths and hashes that it would not guess.
inline Bytes overlay(ByteView good, ByteView input) {
    ByteReader in(input);
    const bool over_good = (in.u8() & 1U) != 0;
    const std::size_t place = in.u16();
    const ByteView rest = in.raw(in.remaining());
    if (!over_good) {
        return Bytes(rest.begin(), rest.end());
    }
    Bytes out(good.begin(), good.end());
    const std::size_t start = place % out.size();
    const std::size_t count = std::min(rest.size(), out.size() - start);
    std::copy_n(rest.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(start));
    return out;
}

inline bool same(ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace tau::fuzz
