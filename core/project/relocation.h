// One resource under another name or in another place, every reference following.
#pragma once

#include "core/project/refactor.h"

namespace tau::project {

// Both change what `edits` has of the file, or else the store's text.

Result<void> set_text(const Store& store, Edits& edits, const std::string& path,
                      const std::string& field, std::string value);
/// The document's own name, when it has the one that it is called by.
Result<void> rename_inside(const Store& store, Edits& edits, const Resource& from,
                           const Resource& to, const std::string& path);

/// No application and not the project; errors as plan_rename's.
Result<Plan> relocate(const Store& store, const Resource& from, const Resource& to,
                      std::string label);

} // namespace tau::project
