#include "core/project/yaml_text.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <yaml-cpp/yaml.h>

namespace tau::project {

namespace {

bool is_plain(std::string_view text) {
    constexpr std::array words{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    const std::string lower = to_lower_ascii(text);
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && letter(text.front()) && text.back() != ' ' &&
           std::none_of(words.begin(), words.end(),
                        [&](const char* word) { return lower == word; }) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') ||
                      std::string_view(" _.@/+()-").find(c) != std::string_view::npos;
           });
}

} // namespace

void put_text(YAML::Emitter& out, const char* key, const std::string& value) {
    out << YAML::Key << key << YAML::Value;
    if (!is_plain(value)) {
        out << YAML::DoubleQuoted;
    }
    out << value;
}

void put_bytes(YAML::Emitter& out, const char* key, ByteView bytes) {
    constexpr std::size_t columns = 76;
    const std::string text = to_base64(bytes);
    out << YAML::Key << key << YAML::Value;
    if (text.size() <= 2 * columns) {
        out << YAML::DoubleQuoted << text;
        return;
    }
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += columns) {
        lines += text.substr(at, columns) + "\n";
    }
    out << YAML::Literal << lines;
}

} // namespace tau::project
