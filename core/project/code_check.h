// What a configuration and its inline code say of each other.
#pragma once

#include "core/project/code_strings.h"
#include "core/project/document_check.h"

#include <span>

namespace tau::project {

/// Whether a resource's matcher may be meant by a name: letter by letter, as its beginning, or as a
/// regular expression, also one that cannot be tried here.
bool may_match(const FileFindings& resource, std::string_view name);

/// Code that is missing, names that code opens and nothing matches, and matchers that no code has.
/// `findings` go with the store's resources, one by one.
void check_code(const Store& store, std::span<const FileFindings> findings, const CodeStrings& code,
                std::vector<Problem>& out);

} // namespace tau::project
