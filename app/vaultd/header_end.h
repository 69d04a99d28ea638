#pragma once

// Included by session.h only.

#include <utility>

#include <boost/asio/read_until.hpp>

namespace tau::vaultd {

/// Ends reading at the empty line, or at the first line feed without its carriage return.
struct HeaderEnd {
    template <typename Iterator>
    std::pair<Iterator, bool> operator()(Iterator begin, Iterator end) const {
        std::size_t seen = 0;
        char before = 0;
        char before2 = 0;
        for (Iterator at = begin; at != end; ++at, ++seen) {
            const bool bare = seen > 0 && before != '\r';
            const bool empty_line = seen > 1 && before == '\r' && before2 == '\n';
            if (*at == '\n' && (bare || empty_line)) {
                return {++at, true};
            }
            before2 = std::exchange(before, *at);
        }
        // Look again from the last three bytes: an empty line may be cut anywhere.
        for (Iterator at = begin; at != end && seen > 3; ++at, --seen) {
            begin = std::next(at);
        }
        return {begin, false};
    }
};

} // namespace tau::vaultd

namespace boost::asio {
template <>
struct is_match_condition<tau::vaultd::HeaderEnd> : std::true_type {};
} // namespace boost::asio
