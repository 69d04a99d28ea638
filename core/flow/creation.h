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
    std::optional<keys::DeployKey> deploy_key;
    std::optional<keys::WebhookSecret> webhook;
    std::string fingerprint;
    forge::Repository repository;
    Bytes sealed; ///< encoded bundle
    std::string hook_id;
};

/// A planned creation: first what never changes, then what the steps learn.
struct Creation {
    explicit Creation(World& its_world) : world(its_world) {}

    World& world;
    std::string flow_id;
    project::Draft draft;
    std::string project_id;
    std::string idempotency_key;
    std::int64_t planned_at = 0;
    vault::Network network;
    vault::NodeRecord node;

    std::array<Side, 2> sides;
    std::optional<keys::OwnerKey> owner;
    std::string registration_id;
    vault::NodeRecord current_node; ///< the record that the registration went by
    vault::Registration registration;
    vault::Receipt receipt;
    /// Forge says nothing about threads, and git hosts ask for one request at a time.
    std::mutex forge_mutex;

    std::filesystem::path flow_folder() const;
    std::filesystem::path project_folder() const;
    std::filesystem::path clone(const Side& side) const;
    std::filesystem::path sealed_file(const Side& side) const;
    std::filesystem::path registration_file() const;
    std::filesystem::path record_file() const; ///< the node's record of when it was sent
    std::filesystem::path export_file() const;
    seal::Expected expected(const Side& side) const;
    std::string webhook_url(const Side& side) const;
    std::string full_name(const Side& side) const; ///< "me/tb_shop"
    void point(std::string_view name) const;       ///< World::at, if there is one

    /// The keys of the secret store, where an earlier process put them.
    Result<void> load_keys();
};

std::filesystem::path flows_folder(const std::filesystem::path& data);
std::filesystem::path projects_folder(const std::filesystem::path& data);
std::string webhook_secret_name(const std::string& project_id, vault::Role role);

/// A value of a record; empty when there is none.
std::string fact(const Facts& facts, const std::string& name);

/// "push/code" and its lane, for the steps that each repository has.
Step side_step(const char* what, const Side& side, int lane);
/// Removing what someone else removed meanwhile is as good as removing it.
Result<Undone> undone(const Result<void>& removed);
Result<Undone> remove_own_file(const std::filesystem::path& path);

// The steps, in the order in which they run. `creation` outlives them.
Step make_keys_step(Creation& creation);
Step create_repository_step(Creation& creation, Side& side, int lane);
Step push_step(Creation& creation, Side& side, int lane);
Step seal_step(Creation& creation, Side& side, int lane);
Step deploy_key_step(Creation& creation, Side& side, int lane);
Step webhook_step(Creation& creation, Side& side, int lane);
Step register_step(Creation& creation);
Step check_step(Creation& creation);
Step export_step(Creation& creation);
std::vector<Step> creation_steps(Creation& creation);

} // namespace tau::flow
