#include "core/project/scalars.h"

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/project/kinds.h"

#include <algorithm>

namespace tau::project {

namespace {

/// RFC 4648 section 6 without padding, either case.
std::optional<Bytes> from_base32(std::string_view text) {
    Bytes out;
    std::uint32_t bits = 0;
    unsigned have = 0;
    for (const char c : to_lower_ascii(text)) {
        if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) {
            return std::nullopt;
        }
        const auto value = static_cast<std::uint32_t>(c >= 'a' ? c - 'a' : c - '2' + 26);
        bits = (bits << 5U) | value;
        have += 5;
        if (have >= 8) {
            have -= 8;
            out.push_back(static_cast<std::uint8_t>(bits >> have));
        }
    }
    return out;
}

std::uint64_t read_varint(std::span<const std::uint8_t>& bytes, bool& ok) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        if (bytes.empty()) {
            break;
        }
        const std::uint8_t byte = bytes.front();
        bytes = bytes.subspan(1);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) {
            return value;
        }
    }
    ok = false;
    return 0;
}

/// Version, content type, hash function, the digest's length, and a digest of just that length.
bool is_version_1(std::span<const std::uint8_t> bytes) {
    bool ok = true;
    const std::uint64_t version = read_varint(bytes, ok);
    read_varint(bytes, ok);
    read_varint(bytes, ok);
    const std::uint64_t length = read_varint(bytes, ok);
    return ok && version == 1 && length == bytes.size();
}

std::string_view cid_reason(std::string_view text) {
    constexpr std::string_view folder = "/ipfs/";
    if (const std::size_t at = text.find(folder); at != std::string_view::npos) {
        text.remove_prefix(at + folder.size());
        text = text.substr(0, text.find(folder));
    }
    if (text.size() < 2) {
        return "cid too short";
    }
    if (text.size() == 46 && text.starts_with("Qm")) {
        const auto bytes = from_base58(text);
        const bool good =
            bytes && bytes->size() == 34 && (*bytes)[0] == 0x12 && (*bytes)[1] == 0x20;
        return good ? "" : "input isn't valid multihash";
    }
    const std::string_view body = text.substr(1);
    std::optional<Bytes> bytes;
    switch (text.front()) {
    case 'b':
    case 'B':
        bytes = from_base32(body);
        break;
    case 'f':
    case 'F':
        if (auto hex = from_hex(body)) {
            bytes = std::move(*hex);
        }
        break;
    case 'z':
        if (auto decoded = from_base58(body)) {
            bytes = std::move(*decoded);
        }
        break;
    default:
        return "selected encoding not supported";
    }
    return bytes && is_version_1(*bytes) ? "" : "input isn't valid multihash";
}

/// One step through an address, as Go's parser of RFC 5322 goes.
class Address {
public:
    explicit Address(std::string_view text) : rest_(text) {}

    /// The problem, empty when it is one address.
    std::string read() {
        skip_space();
        if (rest_.empty()) {
            return "mail: no address";
        }
        const std::string_view begin = rest_;
        if (read_spec().empty()) {
            return read_end();
        }
        rest_ = begin;
        bool only_atoms = true;
        if (rest_.front() != '<') {
            std::string problem = read_phrase(only_atoms);
            if (!problem.empty()) {
                return problem;
            }
        }
        skip_space();
        if (!take('<')) {
            return only_atoms ? "mail: missing '@' or angle-addr" : "mail: no angle-addr";
        }
        std::string problem = read_spec();
        if (!problem.empty()) {
            return problem;
        }
        return take('>') ? read_end() : "mail: unclosed angle-addr";
    }

private:
    void skip_space() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
            rest_.remove_prefix(1);
        }
    }
    bool take(char wanted) {
        if (!rest_.starts_with(wanted)) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    std::string read_end() {
        skip_space();
        return rest_.empty() ? std::string()
                             : "mail: expected single address, got " + go_quoted(rest_);
    }
    std::string read_spec() {
        skip_space();
        if (rest_.empty()) {
            return "mail: no addr-spec";
        }
        std::string problem = rest_.front() == '"' ? read_quoted() : read_atom(true);
        if (!problem.empty()) {
            return problem;
        }
        if (!take('@')) {
            return "mail: missing @ in addr-spec";
        }
        skip_space();
        return rest_.empty() ? "mail: no domain in addr-spec" : read_atom(true);
    }
    static bool is_atom(char c) {
        constexpr std::string_view special = "()<>[]:;@\\,\"";
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f &&
               special.find(c) == std::string_view::npos;
    }
    std::string read_atom(bool strict) {
        std::size_t size = 0;
        while (size < rest_.size() && is_atom(rest_[size])) {
            ++size;
        }
        const std::string_view atom = rest_.substr(0, size);
        if (atom.empty()) {
            return "mail: invalid string";
        }
        if (strict && atom.front() == '.') {
            return "mail: leading dot in atom";
        }
        if (strict && atom.find("..") != std::string_view::npos) {
            return "mail: double dot in atom";
        }
        if (strict && atom.back() == '.') {
            return "mail: trailing dot in atom";
        }
        rest_.remove_prefix(size);
        return {};
    }
    std::string read_quoted() {
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != '"') {
            end += rest_[end] == '\\' ? 2U : 1U;
        }
        if (end >= rest_.size()) {
            return "mail: unclosed quoted-string";
        }
        const bool is_empty = end == 1;
        rest_.remove_prefix(end + 1);
        return is_empty ? "mail: empty quoted string in addr-spec" : "";
    }
    std::string read_phrase(bool& only_atoms) {
        for (int words = 0;; ++words) {
            skip_space();
            const bool quoted = rest_.starts_with('"');
            const std::string problem = rest_.empty() ? "mail: invalid string"
                                        : quoted      ? read_quoted()
                                                      : read_atom(false);
            if (!problem.empty()) {
                return words > 0 ? std::string() : "mail: missing word in phrase: " + problem;
            }
            // Words with a space between them are no beginning of an address.
            only_atoms = only_atoms && words == 0 && !quoted;
        }
    }

    std::string_view rest_;
};

} // namespace

std::optional<std::string> cid_problem(std::string_view text) {
    const std::string_view reason = cid_reason(text);
    if (reason.empty()) {
        return std::nullopt;
    }
    return "failed parsing `" + std::string(text) + "` with invalid cid: " + std::string(reason);
}

std::optional<std::string> variable_name_problem(std::string_view text) {
    return is_identifier(text) ? std::nullopt : std::optional<std::string>("invalid variable name");
}

bool is_dns_name(std::string_view text) {
    if (text == ".") {
        return true;
    }
    if (text.empty() || text.size() > 254 || (text.size() == 254 && text.back() != '.')) {
        return false;
    }
    char previous = '.';
    std::size_t label = 0;
    bool only_digits = true;
    for (const char c : text) {
        if (c == '.') {
            if (label == 0 || label > 63 || previous == '-') {
                return false;
            }
            label = 0;
        } else if (is_letter(c) || is_digit(c) || c == '_' || (c == '-' && previous != '.')) {
            only_digits = only_digits && is_digit(c);
            ++label;
        } else {
            return false;
        }
        previous = c;
    }
    return previous != '-' && label <= 63 && !only_digits;
}

std::optional<std::string> fqdn_problem(std::string_view text) {
    return is_dns_name(text) ? std::nullopt : std::optional<std::string>("invalid fqdn");
}

std::optional<std::string> email_problem(std::string_view text) {
    std::string problem = Address(text).read();
    return problem.empty() ? std::nullopt : std::optional(std::move(problem));
}

std::optional<std::string> http_method_problem(std::string_view text) {
    const FieldRow* method = row(kind(KindId::function), "trigger/method");
    std::string upper(text);
    for (char& c : upper) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    const bool known =
        std::find(method->choices.begin(), method->choices.end(), upper) != method->choices.end();
    return known ? std::nullopt : std::optional<std::string>("invalid http method");
}

std::optional<std::string> source_problem(std::string_view text) {
    if (text == "." || text.starts_with("libraries/")) {
        return std::nullopt;
    }
    return "must be \".\" or start with \"libraries/\", got " + go_quoted(text);
}

std::string go_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (byte < 0x20 || byte == 0x7f) {
            constexpr std::string_view digits = "0123456789abcdef";
            out += "\\x";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

} // namespace tau::project
