// Compiled for speed in every build, see CMakeLists.txt: the inner loops must become vector code.
#include "core/vault/ranking/search.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tau::vault {

namespace {

/// So much is folded to lower case at a time; it stays in the first-level cache.
constexpr std::size_t window = 8192;

void fold(const char* from, char* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const char c = from[i];
        to[i] = static_cast<char>(c + ((c >= 'A') & (c <= 'Z')) * ('a' - 'A'));
    }
}

/// Places where the first and the last byte fit; few enough to look at one by one.
void mark_candidates(const char* text, std::size_t count, std::string_view wanted,
                     std::uint8_t* marks) {
    const char first = wanted.front();
    const char last = wanted.back();
    const char* end = text + wanted.size() - 1;
    for (std::size_t i = 0; i < count; ++i) {
        marks[i] = static_cast<std::uint8_t>((text[i] == first) & (end[i] == last));
    }
}

bool any_in_word(const std::uint8_t* marks) {
    std::uint64_t word = 0;
    std::memcpy(&word, marks, sizeof word);
    return word != 0;
}

} // namespace

void search_names(const NodeTable& table, std::string_view text, std::uint8_t* found) {
    std::fill_n(found, table.size(), std::uint8_t{0});
    const std::string wanted = to_lower_ascii(text);
    const std::string_view names = table.names;
    if (wanted.empty() || wanted.find('\n') != std::string::npos) {
        std::fill_n(found, table.size(), static_cast<std::uint8_t>(wanted.empty()));
        return;
    }
    std::string folded(window + wanted.size(), '\0');
    std::array<std::uint8_t, window + sizeof(std::uint64_t)> marks{};
    std::size_t row = 0;
    for (std::size_t begin = 0; begin + wanted.size() <= names.size(); begin += window) {
        const std::size_t bytes = std::min(window + wanted.size() - 1, names.size() - begin);
        const std::size_t places = bytes - wanted.size() + 1;
        fold(names.data() + begin, folded.data(), bytes);
        mark_candidates(folded.data(), places, wanted, marks.data());
        marks[places] = 1; // ends the walk below
        for (std::size_t i = 0;; ++i) {
            while (!any_in_word(&marks[i])) {
                i += sizeof(std::uint64_t);
            }
            while (marks[i] == 0) {
                ++i;
            }
            if (i >= places) {
                break;
            }
            if (std::memcmp(folded.data() + i, wanted.data(), wanted.size()) == 0) {
                while (table.name_begin[row + 1] <= begin + i) {
                    ++row;
                }
                found[row] = 1;
            }
        }
    }
}

} // namespace tau::vault
