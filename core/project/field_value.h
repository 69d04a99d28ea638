#pragma once

#include "core/project/kinds.h"
#include "core/yaml/document.h"

namespace tau::project {

/// Where a field stands in a document, and what is there: what a form shows.
struct FieldValue {
    yaml::Path path; ///< where it is, or where it would be put
    bool present = false;
    bool readable = true; ///< false: something of another shape is there, for people to look at
    std::string text;     ///< of a scalar; "true", "false" or empty for a boolean; a block's key
    std::vector<std::string> items; ///< of a list
};

/// `where`: a path of the row, with "*" filled in; the row's legacy path is looked at too.
FieldValue read_field(const yaml::Document& document, const FieldRow& row,
                      const std::string& where);
/// The row's paths as they apply to this document: "{a|b}" is whichever is there (or the first of
/// them), "*" gives a path for every key that there is.
std::vector<std::string> paths_of(const yaml::Document& document, const FieldRow& row);
/// Whether the condition holds in this document; true for none.
bool holds(const yaml::Document& document, const Kind& kind, const Condition& condition);

/// Whether the cloud asks for the field in this document.
bool is_required(const yaml::Document& document, const Kind& kind, const FieldRow& row);

/// The whole new text with another value of the field; see yaml::set. An empty value adds no key;
/// where the key is there it stays as "" or [], or goes once the person has left the field
/// (`finished`) and empty is not what such a field can be.
Result<std::string> write_field(const yaml::Document& document, const FieldRow& row,
                                const FieldValue& value, bool finished);

} // namespace tau::project
