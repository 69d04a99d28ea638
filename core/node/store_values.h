#pragma once

// How the store's .cpp files turn values into columns and back.

#include "core/node/store.h"

#include <algorithm>

namespace tau::node {

inline Bytes blob(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

template <std::size_t N>
std::array<std::uint8_t, N> fixed(const Bytes& bytes) {
    std::array<std::uint8_t, N> out{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), N), out.begin());
    return out;
}

/// One to a line; none holds a line end.
inline std::string join(const std::vector<std::string>& lines) {
    std::string joined;
    for (const std::string& line : lines) {
        joined += line + "\n";
    }
    return joined;
}

inline std::string text(vault::Role role) {
    return std::string(vault::to_string(role));
}

inline vault::Role role_of(const std::string& text) {
    return vault::role_from_string(text).value_or(vault::Role::configuration);
}

} // namespace tau::node
