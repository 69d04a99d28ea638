#pragma once

// What the steps of every change to a project share. Private to this folder.

#include "core/flow/create_project.h"
#include "core/flow/living_project.h"
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

/// One of the vaults that keep the project's keys before the change, as project.yaml has it.
struct Former {
    std::size_t number = 1; ///< in the order of the file, from 1
    vault::NodeRecord node; ///< as it was at the receipt
    project::Enrolment enrolment;
    std::array<seal::Bundle, 2> bundles; ///< configuration, code

    const std::string& registration_id() const { return enrolment.receipt.registration_id; }
    const seal::Bundle& bundle(const Side& side) const {
        return bundles[side.role == vault::Role::configuration ? 0 : 1];
    }
    std::string fingerprint(const Side& side) const {
        return keys::ssh_fingerprint(bundle(side).deploy_key.point);
    }
};

/// One of the vaults that will keep the project's keys, with what is learned on the way.
struct Keeper {
    std::size_t number = 1; ///< in the order of the choice, from 1
    vault::NodeRecord node; ///< as chosen
    /// What its keys are called in the secret store while others have the name: "" or "/next".
    std::string slot;
    bool rotates = false;        ///< gets new keys for the registration that is there
    std::string idempotency_key; ///< that its registration has, or will have
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

/// A planned change: first what never changes, then what the steps learn.
struct Change {
    explicit Change(World& its_world) : world(its_world) {}

    World& world;
    ChangeKind kind = ChangeKind::create;
    std::string flow_id;
    project::Draft draft; ///< for a project that is there: what is known of it
    std::string project_id;
    std::string idempotency_key; ///< for every new registration: an id has the node in it, too
    std::optional<project::Export> before; ///< project.yaml as it was; none for a creation
    std::vector<Former> formers;           ///< the vaults whose keys or registration end
    RemovalOptions removal;
    std::string lost_work; ///< what removing the clones takes with it: see unsaved_work()
    std::int64_t planned_at = 0;
    vault::Network network;

    std::array<Side, 2> sides;
    std::vector<Keeper> keepers; ///< neither they nor `formers` are resized after planning
    std::optional<keys::OwnerKey> owner;
    /// Forge says nothing about threads, and git hosts ask for one request at a time.
    std::mutex forge_mutex;

    std::filesystem::path flow_folder() const;    ///< the journal's and what goes with it
    std::filesystem::path project_folder() const; ///< project.yaml's and the clones'
    std::filesystem::path clone(const Side& side) const;
    /// The encoded bundle, as it is sent.
    std::filesystem::path sealed_file(const Side& side, const Keeper& keeper) const;
    /// The registration as it was sent, so that a retry sends the same bytes.
    std::filesystem::path registration_file(const Keeper& keeper) const;
    /// The node's record of when the registration was sent.
    std::filesystem::path record_file(const Keeper& keeper) const;
    std::filesystem::path export_file() const; ///< project.yaml
    /// The copy of project.yaml from before the change.
    std::filesystem::path former_export_file() const;
    const Former* former(const Keeper& keeper) const; ///< at the same node; null when there is none
    /// What a seal of this repository for this vault must say; both are known by then.
    seal::Expected expected(const Side& side, const Keeper& keeper) const;
    /// Where the git host tells of pushes; the registration's id is in it, so that comes first.
    std::string webhook_url(const Side& side, const Keeper& keeper) const;
    std::string full_name(const Side& side) const; ///< "me/tb_shop"
    void point(std::string_view name) const;       ///< World::at, if there is one

    /// The keys of the secret store, where an earlier process put them.
    Result<void> load_keys();
    /// Once for the whole change; `permission_denied` when the project is another owner's.
    Result<void> load_owner();

private:
    std::mutex owner_mutex_;
};

/// One folder below it for each change.
std::filesystem::path flows_folder(const std::filesystem::path& data);
/// One folder below it for each project, called by its id.
std::filesystem::path projects_folder(const std::filesystem::path& data);
/// Secret store name of a webhook secret's scalar.
std::string webhook_secret_name(const std::string& project_id, vault::Role role,
                                const std::string& node_id);

/// "push/code" and its lane, for the steps that each repository has.
Step side_step(const char* what, const Side& side, int lane);
/// "seal/code/2", for the steps that each repository has with each vault.
Step grant_step(const char* what, const Side& side, const Keeper& keeper, int lane);
/// "register/2", for the steps that each vault has once the repositories are ready.
Step keeper_step(const char* what, const Keeper& keeper);
/// "revoke/2", for the steps that each vault has whose registration ends.
Step former_step(const char* what, const Former& former, int stage);
/// "retire-key/code/2", for what each repository has of it.
Step former_step(const char* what, const Side& side, const Former& former, int lane);
/// Removing what someone else removed meanwhile is as good as removing it.
Result<Undone> undone(const Result<void>& removed);
/// The same of a file that the step wrote.
Result<Undone> remove_own_file(const std::filesystem::path& path);

// The steps, in the order in which they run. `change` and what is named of it outlive them. Steps
// of one lane run one after another, those of different lanes beside each other.

/// Puts the planned keys and secrets into the secret store; undo takes them out.
Step make_keys_step(Change& change);
/// Makes the repository, or takes an existing empty one; records what the host calls it.
Step create_repository_step(Change& change, Side& side, int lane);
/// Pushes the first commit and the owner's claim from a clone in the project's folder.
Step push_step(Change& change, Side& side, int lane);
/// Seals key and secret to the vault and verifies what was sealed; needs the repository's address.
Step seal_step(Change& change, const Side& side, Keeper& keeper, int lane);
/// Adds the public half to the repository, for reading only.
Step deploy_key_step(Change& change, const Side& side, Keeper& keeper, int lane);
/// Adds the webhook with its secret; needs the registration's id for the address.
Step webhook_step(Change& change, const Side& side, Keeper& keeper, int lane);
/// Sends the registration and holds the receipt against it; undo revokes it.
Step register_step(Change& change, Keeper& keeper);
/// Has the git host ping the webhooks, and waits a while for the vault to hear of it; only says so
/// when it does not.
Step check_step(Change& change, Keeper& keeper);
/// Writes project.yaml; undo brings back the one before the change, or removes it.
Step export_step(Change& change);

// And those of a project that is there already.

/// Looks the repository up; `conflict` when it is not the one of project.yaml.
Step find_repository_step(Change& change, Side& side, int lane);
/// Gives the webhook the new secret; undo gives it the old one.
Step renew_webhook_step(Change& change, const Side& side, Keeper& keeper, int lane);
/// Takes the former vault's key off the repository; undo adds it again.
Step retire_key_step(Change& change, const Side& side, const Former& former, int lane);
/// The same of its webhook.
Step retire_webhook_step(Change& change, const Side& side, const Former& former, int lane);
/// Ends a registration. Final: from then on the change only goes on.
Step revoke_step(Change& change, const Former& former, int stage);
/// Gives the new keys their own names in the secret store; the old ones stay beside them after a
/// rotation, and go otherwise. Final then.
Step settle_keys_step(Change& change);
/// Deletes the repository on its host. Final.
Step delete_repository_step(Change& change, const Side& side);
/// Takes the project off this computer's list, or its files off the disk. Final.
Step drop_project_step(Change& change);

/// All steps of a change of this kind.
std::vector<Step> steps_of(Change& change);
/// Whether project.yaml says what this change, which is done, made of it.
bool is_last(const Change& change);
/// "Rotate the keys of shop".
std::string title_of(const Change& change);

// What several files of steps need.
/// What the git host signs with: bound to the nonce that the seal was made under.
Secret webhook_text(const keys::WebhookSecret& secret, const seal::Bundle& bundle);
/// Takes what create_repository or find_repository recorded into `side`.
void learn_repository(const Change& change, Side& side, const Facts& facts);
Outcome repository_outcome(const Change& change, const Side& side, const forge::Repository& found,
                           bool made);
/// Under every name that the store may have it.
Result<std::optional<keys::WebhookSecret>> former_webhook(const Change& change, const Side& side,
                                                          const Former& former);
/// What the parts of the network run now, by a vault that answers or else by project.yaml.
std::vector<vault::Deployment> present_deployments(const Change& change, const Keeper& keeper,
                                                   const std::stop_token& stop);
/// A client of the node; few tries where somebody waits for a vault that may be gone.
vault::Client client_of(const Change& change, const vault::NodeRecord& node,
                        vault::RetryPolicy policy = {});
/// Sends what is to be registered: as a new registration or as new keys for the old one.
Result<vault::RegistrationAnswer> submit(const Change& change, const Keeper& keeper,
                                         const vault::Registration& registration,
                                         const std::stop_token& stop);
/// A registration for one vault, with a fresh challenge and signed.
Result<vault::Registration> make_registration(Change& change, const Keeper& keeper,
                                              const std::array<Bytes, 2>& sealed,
                                              const std::stop_token& stop);

} // namespace tau::flow
