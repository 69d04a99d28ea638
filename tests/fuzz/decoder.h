#pragma once

#include "core/base/encoding.h"

#include <cstdlib>
#include <functional>

namespace tau::fuzz {

/// One thing that reads hostile bytes. `read` aborts when what must hold does not.
struct Decoder {
    std::string_view name;
    Bytes good; ///< something it accepts; the fuzzer starts from it
    std::function<void(ByteView)> read;
};

/// Each program gives its own, at most 256; the same in every run, so that a finding can be
/// repeated.
const std::vector<Decoder>& decoders();

inline void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

inline bool same(ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

inline Bytes bytes_of(std::string_view text) {
    const ByteView view = as_bytes(text);
    return {view.begin(), view.end()};
}

/// A decoder of text: whatever `parse` accepts, `print` writes so that it is read as the same.
template <typename Parse, typename Print>
Decoder round_trip(std::string_view name, std::string_view good, Parse parse, Print print) {
    require(parse(good).has_value());
    return {name, bytes_of(good), [parse, print](ByteView bytes) {
                if (const auto value = parse(as_text(bytes))) {
                    const std::string text = print(*value);
                    const auto again = parse(std::string_view(text));
                    require(again.has_value() && print(*again) == text);
                }
            }};
}

} // namespace tau::fuzz
