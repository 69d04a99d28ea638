#pragma once

#include "core/flow/flow.h"
#include "core/project/draft.h"
#include "core/project/export.h"
#include "core/vault/network.h"

#include <memory>

namespace tau::flow {

/// Plans a creation without doing anything: its steps are already described (with key fingerprints
/// and files), and nothing exists yet, not even a journal. `invalid_argument` when the draft does
/// not validate, names a git host that the network does not have, or a vault whose record does not
/// hold now.
Result<std::unique_ptr<Flow>> plan_create_project(const project::Draft& draft,
                                                  const vault::Network& network, World& world);

/// Changes of this data folder that are neither done nor undone, newest first.
Result<std::vector<Unfinished>> list_unfinished(const std::filesystem::path& data);
/// What World needs before a flow can be opened: which network and git host it was made for.
struct FlowOrigin {
    vault::Network network; ///< as it was when planned
    std::string git_host;
};
/// A damaged journal is put aside (`corrupt`, with what it knew in `detail`).
Result<FlowOrigin> read_origin(const std::filesystem::path& data, const std::string& id);
/// Removes the journal of an unfinished change and leaves everything it made as it is.
Result<void> forget(const std::filesystem::path& data, const std::string& id);

/// A project on this computer: its record, and where its clones are.
struct LocalProject {
    std::string project_id;
    std::string name;
    std::int64_t created_at = 0;
    std::filesystem::path configuration; ///< clone; empty when there is none (imported)
    std::filesystem::path code;          ///< clone; empty when there is none
    std::filesystem::path export_file;   ///< project.yaml; empty for folders that were only opened

    /// Made or imported here, with receipts of its vaults.
    bool is_registered() const { return !export_file.empty(); }
};
/// Newest first. Folders without a whole project.yaml are creations that are not done, and left
/// out.
Result<std::vector<LocalProject>> list_projects(const std::filesystem::path& data);
/// Reads project.yaml, at most 2 MB; `not_found` or `corrupt`. Its proofs are not verified.
Result<project::Export> load_export(const LocalProject& project);
/// Takes in somebody's project.yaml, once everything in it holds.
Result<LocalProject> import_export(const std::filesystem::path& data, std::string_view yaml);
/// Secret store name of a deploy key's seed: "deploy/<project id>/<role>/<node id>".
std::string deploy_key_name(const std::string& project_id, vault::Role role,
                            const std::string& node_id);

} // namespace tau::flow
