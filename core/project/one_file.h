#pragma once

#include "core/project/store.h"

namespace tau::project {

/// All YAML files of a configuration as one text, in canonical form:
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
/// field table's order, unknown ones behind, but as they are where an alias would come before what
/// it names. Comments stay. A file without a canonical form (a second document, a key twice, a
/// template that is no YAML and that no cloud reads) is in it as its own text, below a comment that
/// says so. `corrupt` when a file that the cloud reads is no YAML, or one is no UTF-8; `conflict`
/// when the result would not say the same.
Result<std::string> to_one_file(const Store& store);

/// What of the folder is no part of it, in a form that can be shown: files that are no YAML, links,
/// and what could not be read.
std::vector<std::string> left_out_of_one_file(const Store& store);

/// A folder's configuration as one file.
struct OneFile {
    std::string text;
    std::size_t files = 0;             ///< that are in it
    std::vector<std::string> left_out; ///< as above, and YAML that git ignores
};
Result<OneFile> folder_to_one_file(const std::filesystem::path& folder);

/// Whether a text is meant to be such a file.
bool is_one_file(std::string_view text);

/// The files of it, each in canonical form. `corrupt` names line and column.
Result<git::Files> from_one_file(std::string text, const StoreLimits& limits = {});

} // namespace tau::project
