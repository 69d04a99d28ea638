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

/// How a value of this row is written, for one that was refused: "Write a number and a unit, like
/// 1GB." The row's help where there is no such rule.
std::string how_to_write(const FieldRow& row);

// What takes a problem away without a person's decision; nullopt when there is no such change.
// `path` is where the file has the row (it may be the legacy one).

/// For a required value that is absent or empty: an id, or what is mostly written there.
std::optional<Fix> fix_for_missing(const Kind& kind, const FieldRow& row, const std::string& path);
/// For a value of another type than the row's; `text` is empty for one that is no scalar.
std::optional<Fix> fix_for_type(const FieldRow& row, const std::string& path,
                                std::string_view text);
/// For a text that refuse() refuses: the same as the cloud spells it ("10 gb" is 10GB).
std::optional<Fix> fix_for_value(const Kind& kind, const FieldRow& row, const std::string& path,
                                 std::string_view text);

/// "my-shop 2" becomes "my_shop_2", "2fast" becomes "_2fast".
std::string as_variable_name(std::string_view text);

} // namespace tau::project
