#include "core/flow/change.h"

#include "core/base/file.h"

#include <algorithm>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

Result<void> lost(const std::string& what) {
    return fail(ErrorCode::not_found, "The secret store no longer has " + what + ".",
                "Open the secret store that was used when the change began, or undo it.");
}

/// The secret whose public half has this fingerprint, under its own name or in its keeper's slot:
/// the last step of a rotation moves it.
Result<std::optional<keys::DeployKey>> find_key(SecretStore& store, const std::string& name,
                                                const std::string& slot,
                                                const std::string& fingerprint) {
    for (const std::string& one : {name + slot, name}) {
        auto seed = store.get(one);
        if (!seed) {
            return fail(seed.error());
        }
        auto key = *seed ? keys::DeployKey::from_seed(**seed)
                         : Result<keys::DeployKey>(fail(ErrorCode::not_found, ""));
        if (key && key->fingerprint() == fingerprint) {
            return std::optional(std::move(*key));
        }
    }
    return std::nullopt;
}

/// The webhook's secret beside it; the slot's own first.
Result<std::optional<keys::WebhookSecret>> find_webhook(SecretStore& store, const std::string& name,
                                                        const std::string& slot) {
    for (const std::string& one : {name + slot, name}) {
        auto scalar = store.get(one);
        if (!scalar) {
            return fail(scalar.error());
        }
        if (*scalar) {
            auto secret = keys::WebhookSecret::from_scalar(**scalar);
            return secret ? Result<std::optional<keys::WebhookSecret>>(std::move(*secret))
                          : fail(secret.error());
        }
    }
    return std::nullopt;
}

Result<void> load_grant(const Change& change, const Side& side, Keeper& keeper) {
    Grant& grant = keeper.grant(side);
    if (grant.deploy_key || grant.fingerprint.empty()) {
        return {};
    }
    const std::string node_id = keeper.node.node_id();
    SecretStore& store = change.world.secrets;
    auto deploy = find_key(store, deploy_key_name(change.project_id, side.role, node_id),
                           keeper.slot, grant.fingerprint);
    auto hook = find_webhook(store, webhook_secret_name(change.project_id, side.role, node_id),
                             keeper.slot);
    if (!deploy || !hook) {
        return fail(deploy ? hook.error() : deploy.error());
    }
    if (!*deploy || !*hook) {
        return lost("the keys of " + side.choice.name + " for " + keeper.node.name +
                    " as they were made");
    }
    grant.deploy_key = std::move(**deploy);
    grant.webhook = std::move(**hook);
    return {};
}

} // namespace

fs::path flows_folder(const fs::path& data) {
    return data / "flows";
}

fs::path projects_folder(const fs::path& data) {
    return data / "projects";
}

std::string webhook_secret_name(const std::string& project_id, vault::Role role,
                                const std::string& node_id) {
    return "webhook/" + project_id + "/" + std::string(vault::to_string(role)) + "/" + node_id;
}

std::string deploy_key_name(const std::string& project_id, vault::Role role,
                            const std::string& node_id) {
    return "deploy/" + project_id + "/" + std::string(vault::to_string(role)) + "/" + node_id;
}

fs::path Change::flow_folder() const {
    return flows_folder(world.data) / flow_id;
}

fs::path Change::project_folder() const {
    return projects_folder(world.data) / project_id;
}

fs::path Change::clone(const Side& side) const {
    return project_folder() / vault::to_string(side.role);
}

fs::path Change::sealed_file(const Side& side, const Keeper& keeper) const {
    return flow_folder() / (std::string(vault::to_string(side.role)) + "." +
                            std::to_string(keeper.number) + ".sealed");
}

fs::path Change::registration_file(const Keeper& keeper) const {
    return flow_folder() / ("registration." + std::to_string(keeper.number) + ".json");
}

fs::path Change::record_file(const Keeper& keeper) const {
    return flow_folder() / ("record." + std::to_string(keeper.number));
}

fs::path Change::export_file() const {
    return project_folder() / "project.yaml";
}

fs::path Change::former_export_file() const {
    return flow_folder() / "before.yaml";
}

const Former* Change::former(const Keeper& keeper) const {
    const auto found = std::find_if(formers.begin(), formers.end(), [&](const Former& one) {
        return one.node.sign_key == keeper.node.sign_key;
    });
    return found == formers.end() ? nullptr : &*found;
}

seal::Expected Change::expected(const Side& side, const Keeper& keeper) const {
    return {project_id,          side.repository.ssh_url, keeper.node.node_id(),
            owner->public_key(), keeper.node.seal_key,    world.clock.now()};
}

std::string Change::webhook_url(const Side& side, const Keeper& keeper) const {
    return vault::Client(world.http, world.entropy, keeper.node)
        .hook_url(keeper.registration_id, side.role);
}

std::string Change::full_name(const Side& side) const {
    return draft.owner + "/" + side.choice.name;
}

void Change::point(std::string_view name) const {
    if (world.at) {
        world.at(name);
    }
}

Result<void> Change::load_owner() {
    const std::lock_guard lock(owner_mutex_);
    if (owner) {
        return {};
    }
    auto seed = world.secrets.get("owner");
    if (!seed) {
        return fail(seed.error());
    }
    if (!*seed) {
        return lost("your owner key");
    }
    auto key = keys::OwnerKey::from_seed(**seed);
    if (!key) {
        return fail(key.error());
    }
    if (before && key->public_key() != before->claims[0].owner_key) {
        return fail(ErrorCode::permission_denied, "This project is another owner's.",
                    "Import the key that it was made with: tau-project owner-key import");
    }
    owner = std::move(*key);
    return {};
}

Result<void> Change::load_keys() {
    if (auto loaded = load_owner(); !loaded) {
        return loaded;
    }
    for (Keeper& keeper : keepers) {
        for (const Side& side : sides) {
            if (auto loaded = load_grant(*this, side, keeper); !loaded) {
                return loaded;
            }
        }
    }
    return {};
}

Step side_step(const char* what, const Side& side, int lane) {
    Step step;
    step.id = std::string(what) + "/" + std::string(vault::to_string(side.role));
    step.lane = lane;
    return step;
}

Step grant_step(const char* what, const Side& side, const Keeper& keeper, int lane) {
    Step step = side_step(what, side, lane);
    step.id += "/" + std::to_string(keeper.number);
    return step;
}

Step former_step(const char* what, const Former& former, int stage) {
    Step step;
    step.id = std::string(what) + "/" + std::to_string(former.number);
    step.lane = static_cast<int>(former.number);
    step.stage = stage;
    return step;
}

Step former_step(const char* what, const Side& side, const Former& former, int lane) {
    Step step = side_step(what, side, lane);
    step.id += "/" + std::to_string(former.number);
    return step;
}

Step keeper_step(const char* what, const Keeper& keeper) {
    Step step;
    step.id = std::string(what) + "/" + std::to_string(keeper.number);
    step.lane = static_cast<int>(keeper.number);
    step.stage = 1; // both repositories are ready for every vault
    return step;
}

Result<Undone> undone(const Result<void>& removed) {
    if (!removed && removed.error().code != ErrorCode::not_found) {
        return fail(removed.error());
    }
    return Undone{removed.has_value()};
}

Result<Undone> remove_own_file(const fs::path& path) {
    std::error_code code;
    const bool was_there = fs::remove(path, code);
    if (code) {
        return fail(ErrorCode::io, "Cannot remove " + path.string() + ": " + code.message() + ".");
    }
    return Undone{was_there};
}

} // namespace tau::flow
