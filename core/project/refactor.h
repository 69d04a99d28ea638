#pragma once

#include "core/ports.h"
#include "core/project/references.h"

namespace tau::project {

/// A folder that belongs elsewhere after a change.
struct FolderMove {
    std::string from;  ///< "shop/functions/ping"
    std::string to;    ///< empty: it goes
    bool copy = false; ///< it stays where it is, too
};

/// A change of several files, to be looked at before it is applied to the store.
struct Plan {
    std::string label; ///< "Rename ping to pong"
    Edits edits;
    Edits code;                ///< of the code repository, all of it below `code_comes_to`
    std::string code_comes_to; ///< a folder, empty: nowhere
    std::vector<FolderMove> code_moves;
    /// Of the configuration repository, for what is no YAML there.
    std::vector<FolderMove> other_moves;
    /// What will not be as before, in whole sentences.
    std::vector<std::string> notes;
};

/// Letters, digits, '_' and '-', no digit or '-' first, at most 250: what is a file's and a
/// folder's name everywhere, and a name to the cloud.
bool is_resource_name(std::string_view name);

/// "functions" and "smartops", in any case: an application of that name would have its code where
/// global code is.
bool is_code_group(std::string_view name);

/// Whether something new can stand there, an application also in a folder that only lacks its
/// config.yaml; errors as below.
Result<void> check_place(const Store& store, const Resource& place);

// Each leaves every reference meaning what it meant: `conflict`, with the sentences of what stands
// in the way, when that cannot be. `invalid_argument` for a name or a kind that cannot be,
// `already_exists` when the place is taken, `corrupt` when a file to be changed is no YAML.

/// A resource, an application with all that is in it, or the project (its name alone).
Result<Plan> plan_rename(const Store& store, const Resource& resource, const std::string& name);
/// To another application; "" makes it global.
Result<Plan> plan_move(const Store& store, const Resource& resource,
                       const std::string& application);
/// A copy with an id of its own, of an application one of everything in it.
Result<Plan> plan_clone(const Store& store, const Resource& resource, const std::string& name,
                        const std::string& application, Entropy& entropy,
                        std::int64_t unix_seconds);
/// `conflict` when something new here would be meant by those who mean a global one of its name.
Result<void> check_shadow(const Store& store, const Resource& place);

/// With its users in the notes, which will be refused when it is gone. Its code is among the moves.
Result<Plan> plan_remove(const Store& store, const Resource& resource);

/// Folders of the code repository that something comes into.
std::vector<std::string> code_targets(const Plan& plan);

/// The edits that the moves mean for these files.
Edits move_edits(const std::vector<FolderMove>& moves, const git::Files& files);

/// The id in config.yaml; empty when there is none.
std::string project_id_of(const Store& store);
/// Whether the resource's code is in the project's own code repository.
bool has_inline_code(const Store& store, const Resource& resource);
/// Folder of an inline function's or smart operation's code in the code repository:
/// "<application>/functions/<name>".
std::string code_folder(const Resource& resource);

} // namespace tau::project
