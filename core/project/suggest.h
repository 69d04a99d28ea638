// Which values the cloud refuses, and what would do instead.
#pragma once

#include "core/project/problem.h"

namespace tau::project {

struct Refusal {
    std::string_view code;
    std::string sentence; ///< the cloud's own
};
/// What the cloud says to a text as this row's value; nullopt when it takes it. Forms ask this at
/// each key.
std::optional<Refusal> refuse(const FieldRow& row, std::string_view text);

std::optional<Fix> fix_for_missing(const Kind& kind, const FieldRow& row, const std::string& path);
std::optional<Fix> fix_for_type(const FieldRow& row, const std::string& path,
                                std::string_view text);
std::optional<Fix> fix_for_value(const Kind& kind, const FieldRow& row, const std::string& path,
                                 std::string_view text);

/// "my-shop 2" becomes "my_shop_2", "2fast" becomes "_2fast".
std::string as_variable_name(std::string_view text);

} // namespace tau::project
