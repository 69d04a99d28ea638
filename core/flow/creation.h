#pragma once

// What the steps of create_project share. Private to this folder.

#include "core/flow/create_project.h"
#include "core/flow/step.h"
#include "core/vault/client.h"

#include <mutex>

namespace tau::flow {

/// One of the two repositories with what is learned on the way.
struct Side {
    vault::Role role = vault::Role::configuration;
    project::RepositoryChoice choice;
    forge::Repository repository;
};

/// What one vault gets of one repository. Each has a key and a secret of its own, so that a vault
/// can be dropped without the others noticing.
struct Grant {
    std::optional<keys::DeployKey> deploy_key;
    std::optional<keys::WebhookSecret> webhook;
    std::string fingerprint;
    Bytes sealed; ///< encoded bundle
    std::string hook_id;
};

/// One of the vaults that will keep the project's keys, with what is learned on the way.
struct Keeper {
    std::size_t number = 1; ///< in the order of the choice, from 1
    vault::NodeRecord node; ///< as chosen
    std::array<Grant, 2> grants;
    std::string registration_id;
    vault::NodeRecord current_node; ///< the record that the registration went by
    vault::Registration registration;
    vault::Receipt receipt;

    Grant& grant(const Side& side) { return grants[index_of(side)]; }
    const Grant& grant(const Side& side) const { return grants[index_of(side)]; }

private:
    static std::size_t index_of(const Side& side) {
        return side.role == vault::Role::configuration ? 0 : 1;
    }
};

/// A planned creation: first what never changes, then what the steps learn.
struct Creation {
    explicit Creation(World& its_world) : world(its_world) {}

    World& world;
    std::string flow_id;
    project::Draft draft;
    std::string project_id;
    std::string idempotency_key; ///< for every vault: an id has the node in it, too
    std::int64_t planned_at = 0;
    vault::Network network;

    std::array<Side, 2> sides;
    std::vector<Keeper> keepers; ///< as many as the draft has vaults; never resized after planning
    std::optional<keys::OwnerKey> owner;
    /// Forge says nothing about threads, and git hosts ask for one request at a time.
    std::mutex forge_mutex;

    std::filesystem::path flow_folder() const;
    std::filesystem::path project_folder() const;
    std::filesystem::path clone(const Side& side) const;
    std::filesystem::path sealed_file(const Side& side, const Keeper& keeper) const;
    std::filesystem::path registration_file(const Keeper& keeper) const;
    /// The node's record of when the registration was sent.
    std::filesystem::path record_file(const Keeper& keeper) const;
    std::filesystem::path export_file() const;
    seal::Expected expected(const Side& side, const Keeper& keeper) const;
    std::string webhook_url(const Side& side, const Keeper& keeper) const;
    std::string full_name(const Side& side) const; ///< "me/tb_shop"
    void point(std::string_view name) const;       ///< World::at, if there is one

    /// The keys of the secret store, where an earlier process put them.
    Result<void> load_keys();
    Result<void> load_owner();
};

std::filesystem::path flows_folder(const std::filesystem::path& data);
std::filesystem::path projects_folder(const std::filesystem::path& data);
std::string webhook_secret_name(const std::string& project_id, vault::Role role,
                                const std::string& node_id);

/// "push/code" and its lane, for the steps that each repository has.
Step side_step(const char* what, const Side& side, int lane);
/// "seal/code/2", for the steps that each repository has with each vault.
Step grant_step(const char* what, const Side& side, const Keeper& keeper, int lane);
/// "register/2", for the steps that each vault has once the repositories are ready.
Step keeper_step(const char* what, const Keeper& keeper);
/// Removing what someone else removed meanwhile is as good as removing it.
Result<Undone> undone(const Result<void>& removed);
Result<Undone> remove_own_file(const std::filesystem::path& path);

// The steps, in the order in which they run. `creation` outlives them.
Step make_keys_step(Creation& creation);
Step create_repository_step(Creation& creation, Side& side, int lane);
Step push_step(Creation& creation, Side& side, int lane);
Step seal_step(Creation& creation, const Side& side, Keeper& keeper, int lane);
Step deploy_key_step(Creation& creation, const Side& side, Keeper& keeper, int lane);
Step webhook_step(Creation& creation, const Side& side, Keeper& keeper, int lane);
Step register_step(Creation& creation, Keeper& keeper);
Step check_step(Creation& creation, Keeper& keeper);
Step export_step(Creation& creation);
std::vector<Step> creation_steps(Creation& creation);

} // namespace tau::flow
