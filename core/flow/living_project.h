#pragma once

#include "core/flow/create_project.h"

namespace tau::flow {

/// What a journal is about.
enum class ChangeKind { create, rotate, move, remove };
std::string_view to_string(ChangeKind kind); ///< "create" …
Result<ChangeKind> change_kind_from_string(std::string_view text);

/// How much goes with a project that is removed.
struct RemovalOptions {
    bool repositories = false; ///< the two repositories on the git host, with all that is in them
    bool files = false;        ///< clones and project.yaml on this disk
    /// Go on when a vault does not answer. Its keys no longer open the repositories in any case.
    bool without_answer = false;
    /// Remove clones even when they hold work that is nowhere else.
    bool discard_work = false;
};

// Each plans without doing anything, as plan_create_project does, and needs project.yaml and the
// owner's key of this computer. `git_host`: one of the network's, where the repositories are.

/// New deploy keys and webhook secrets for the vaults with these node ids (empty: all). A vault
/// that answers is asked for its present record.
Result<std::unique_ptr<Flow>> plan_rotate_keys(const LocalProject& project,
                                               const std::vector<std::string>& vaults,
                                               const vault::Network& network,
                                               const std::string& git_host, World& world,
                                               std::stop_token stop);
/// Registers with `to` and leaves the vaults `from` (node ids). A vault in both is registered
/// with anew, which is what helps when it lost the project. `invalid_argument` when that leaves
/// more than project::max_vaults or a vault twice.
Result<std::unique_ptr<Flow>> plan_move_project(const LocalProject& project,
                                                const std::vector<std::string>& from,
                                                const std::vector<project::VaultChoice>& to,
                                                bool without_answer, const vault::Network& network,
                                                const std::string& git_host, World& world);
/// Ends every registration and takes keys and webhooks off the git host.
Result<std::unique_ptr<Flow>> plan_remove_project(const LocalProject& project,
                                                  const RemovalOptions& options,
                                                  const vault::Network& network,
                                                  const std::string& git_host, World& world);

/// What ran to its end last and was not taken back, be it the creation; nullopt for a project that
/// was imported and has not been changed here.
Result<std::optional<LastChange>> last_change(const std::filesystem::path& data,
                                              const std::string& project_id);
/// Any change of this data folder, finished or not.
Result<std::unique_ptr<Flow>> open_flow(const std::string& id, World& world);
/// The network and git host that the project was last changed with; `not_found` for one that was
/// imported.
Result<FlowOrigin> project_origin(const std::filesystem::path& data, const std::string& project_id);

} // namespace tau::flow
