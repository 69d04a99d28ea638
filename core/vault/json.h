#pragma once

#include "core/base/encoding.h"

#include <nlohmann/json.hpp>

// Included by .cpp files of core/vault and core/node only: nlohmann's header is heavy.

namespace tau::vault::json {

using Value = nlohmann::json;

/// One JSON document from the other side: at most `limit` bytes of UTF-8 without NUL, at most 8
/// levels deep, no key twice in one object, at most one key, value, array or object to each 8 bytes
/// of `limit`. Time and memory grow with the text's size only. `what` names it in errors ("The
/// registration").
Result<Value> parse(std::string_view text, std::size_t limit, std::string_view what);

/// Compact text; bytes that are not UTF-8 are replaced rather than thrown about.
std::string dump(const Value& value);

/// Reads the members of one object. The first thing that does not fit is kept as the error; every
/// later read gives an empty value, so that a caller reads all fields and asks once.
class ObjectReader {
public:
    /// `path` is put before member names in errors ("repositories[0].").
    ObjectReader(const Value& value, std::string path);

    std::string text(const char* name, std::size_t min, std::size_t max);
    std::int64_t integer(const char* name, std::int64_t min, std::int64_t max);
    Bytes base64(const char* name, std::size_t min, std::size_t max);
    template <std::size_t N>
    std::array<std::uint8_t, N> fixed(const char* name) {
        const Bytes bytes = base64(name, N, N);
        std::array<std::uint8_t, N> out{};
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }
    /// The member as it is; null when it is missing.
    const Value& array(const char* name, std::size_t min, std::size_t max);
    const Value& object(const char* name);
    bool has(const char* name) const;

    /// Members that were never asked for are refused.
    void end();
    void refuse(std::string_view name, std::string_view why);
    bool ok() const { return !error_; }
    const std::optional<Error>& error() const { return error_; }

private:
    const Value* member(const char* name, Value::value_t type);
    const Value* value_ = nullptr;
    std::string path_;
    std::vector<std::string_view> read_;
    std::optional<Error> error_;
};

} // namespace tau::vault::json
