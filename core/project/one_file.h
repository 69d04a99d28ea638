#pragma once

#include "core/project/store.h"

namespace tau::project {

/// The whole configuration as one YAML text, in canonical form:
///
///     format: taubyte-project/1
///     project:
///         id: Qm…
///         name: shop
///     files:
///         config.yaml:
///             id: Qm…
///         functions/ping.yaml:
///             …
///
/// Files stand in the order of the cloud's compiler, then those it does not read; their keys in the
/// field table's order, unknown ones behind. Comments stay. Only YAML is in it. `corrupt` when a
/// file is no YAML or the result would not say the same, `conflict` when one has no canonical form.
Result<std::string> to_one_file(const Store& store);

/// Whether a text is meant to be such a file.
bool is_one_file(std::string_view text);

/// The files of it, each in canonical form. `corrupt` names line and column.
Result<git::Files> from_one_file(std::string text, const StoreLimits& limits = {});

} // namespace tau::project
