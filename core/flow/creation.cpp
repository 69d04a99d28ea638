#include "core/flow/creation.h"

#include "core/base/file.h"

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

Result<void> lost(const std::string& what) {
    return fail(ErrorCode::not_found, "The secret store no longer has " + what + ".",
                "Open the secret store that was used when the creation began, or undo it.");
}

/// Keeps those that an earlier try has put already.
Result<void> keep_keys(const Creation& creation, const Side& side, Keeper& keeper) {
    SecretStore& store = creation.world.secrets;
    const std::string node_id = keeper.node.node_id();
    Grant& grant = keeper.grant(side);
    if (!grant.deploy_key) {
        grant.deploy_key = keys::DeployKey::generate(creation.world.entropy);
        grant.webhook = keys::WebhookSecret::generate(creation.world.entropy);
    }
    auto seed = store.put_if_absent(deploy_key_name(creation.project_id, side.role, node_id),
                                    grant.deploy_key->seed());
    if (!seed) {
        return fail(seed.error());
    }
    auto scalar = store.put_if_absent(webhook_secret_name(creation.project_id, side.role, node_id),
                                      grant.webhook->scalar());
    if (!scalar) {
        return fail(scalar.error());
    }
    auto deploy_key = keys::DeployKey::from_seed(*seed);
    auto webhook = keys::WebhookSecret::from_scalar(*scalar);
    if (!deploy_key || !webhook) {
        return fail(deploy_key ? webhook.error() : deploy_key.error());
    }
    grant.deploy_key = std::move(*deploy_key);
    grant.webhook = std::move(*webhook);
    grant.fingerprint = grant.deploy_key->fingerprint();
    return {};
}

std::string keys_sentence(const Creation& creation, std::string_view verb) {
    std::string list;
    for (const Keeper& keeper : creation.keepers) {
        for (const Side& side : creation.sides) {
            list += (list.empty() ? "" : ", ") + keeper.grant(side).fingerprint + " for " +
                    side.choice.name + " and " + keeper.node.name;
        }
    }
    return std::string(verb) +
           " a deploy key and a webhook secret for each repository and vault: " + list + ".";
}

/// How the facts of make-keys name what belongs to one vault: "code/2".
std::string key_fact(const Side& side, const Keeper& keeper) {
    return std::string(vault::to_string(side.role)) + "/" + std::to_string(keeper.number);
}

std::string id_fact(const Keeper& keeper) {
    return "registration_id/" + std::to_string(keeper.number);
}

Result<Outcome> make_keys(Creation& creation) {
    auto owner = keys::load_or_create_owner_key(creation.world.secrets, creation.world.entropy);
    if (!owner) {
        return fail(owner.error());
    }
    Facts facts;
    for (Keeper& keeper : creation.keepers) {
        for (const Side& side : creation.sides) {
            if (auto kept = keep_keys(creation, side, keeper); !kept) {
                return fail(kept.error());
            }
            facts[key_fact(side, keeper)] = keeper.grant(side).fingerprint;
        }
        auto id = vault::registration_id(keeper.node.node_id(), owner->public_key(),
                                         creation.idempotency_key);
        if (!id) {
            return fail(id.error());
        }
        facts[id_fact(keeper)] = *id;
    }
    creation.owner = std::move(*owner);
    return Outcome{keys_sentence(creation, "Made"), "", std::move(facts)};
}

Result<void> erase_keys(const Creation& creation, const Keeper& keeper) {
    const std::string node_id = keeper.node.node_id();
    for (const Side& side : creation.sides) {
        for (const std::string& name :
             {deploy_key_name(creation.project_id, side.role, node_id),
              webhook_secret_name(creation.project_id, side.role, node_id)}) {
            if (auto gone = creation.world.secrets.erase(name); !gone) {
                return gone;
            }
        }
    }
    return {};
}

Result<void> load_grant(const Creation& creation, const Side& side, Keeper& keeper) {
    Grant& grant = keeper.grant(side);
    if (grant.deploy_key) {
        return {};
    }
    const std::string node_id = keeper.node.node_id();
    SecretStore& store = creation.world.secrets;
    auto deploy = store.get(deploy_key_name(creation.project_id, side.role, node_id));
    auto hook = store.get(webhook_secret_name(creation.project_id, side.role, node_id));
    if (!deploy || !hook) {
        return fail(deploy ? hook.error() : deploy.error());
    }
    const std::string keys = "the keys of " + side.choice.name + " for " + keeper.node.name;
    if (!*deploy || !*hook) {
        return lost(keys);
    }
    auto deploy_key = keys::DeployKey::from_seed(**deploy);
    auto webhook = keys::WebhookSecret::from_scalar(**hook);
    if (!deploy_key || !webhook || deploy_key->fingerprint() != grant.fingerprint) {
        return lost(keys + " as they were made");
    }
    grant.deploy_key = std::move(*deploy_key);
    grant.webhook = std::move(*webhook);
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

fs::path Creation::flow_folder() const {
    return flows_folder(world.data) / flow_id;
}

fs::path Creation::project_folder() const {
    return projects_folder(world.data) / project_id;
}

fs::path Creation::clone(const Side& side) const {
    return project_folder() / vault::to_string(side.role);
}

fs::path Creation::sealed_file(const Side& side, const Keeper& keeper) const {
    return flow_folder() / (std::string(vault::to_string(side.role)) + "." +
                            std::to_string(keeper.number) + ".sealed");
}

fs::path Creation::registration_file(const Keeper& keeper) const {
    return flow_folder() / ("registration." + std::to_string(keeper.number) + ".json");
}

fs::path Creation::record_file(const Keeper& keeper) const {
    return flow_folder() / ("record." + std::to_string(keeper.number));
}

fs::path Creation::export_file() const {
    return project_folder() / "project.yaml";
}

seal::Expected Creation::expected(const Side& side, const Keeper& keeper) const {
    return {project_id,          side.repository.ssh_url, keeper.node.node_id(),
            owner->public_key(), keeper.node.seal_key,    world.clock.now()};
}

std::string Creation::webhook_url(const Side& side, const Keeper& keeper) const {
    return vault::Client(world.http, world.entropy, keeper.node)
        .hook_url(keeper.registration_id, side.role);
}

std::string Creation::full_name(const Side& side) const {
    return draft.owner + "/" + side.choice.name;
}

void Creation::point(std::string_view name) const {
    if (world.at) {
        world.at(name);
    }
}

Result<void> Creation::load_owner() {
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
    owner = std::move(*key);
    return {};
}

Result<void> Creation::load_keys() {
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

Step make_keys_step(Creation& creation) {
    Step step;
    step.id = "make-keys";
    step.plan = keys_sentence(creation, "Make");
    step.run = [&creation](const StepCall&) { return make_keys(creation); };
    step.learn = [&creation](const Facts& facts) -> Result<void> {
        for (Keeper& keeper : creation.keepers) {
            keeper.registration_id = fact(facts, id_fact(keeper));
            for (const Side& side : creation.sides) {
                keeper.grant(side).fingerprint = fact(facts, key_fact(side, keeper));
            }
        }
        return {};
    };
    step.undo_sentence = [](const StepCall&) {
        return "The deploy keys and webhook secrets in the secret store.";
    };
    step.undo = [&creation](const StepCall&) -> Result<Undone> {
        for (const Keeper& keeper : creation.keepers) {
            if (auto gone = erase_keys(creation, keeper); !gone) {
                return fail(gone.error());
            }
        }
        return Undone{};
    };
    return step;
}

std::vector<Step> creation_steps(Creation& creation) {
    std::vector<Step> steps;
    steps.push_back(make_keys_step(creation));
    // Two lanes: while one repository waits for the git host, the other is sealed.
    for (const auto make : {create_repository_step, push_step}) {
        steps.push_back(make(creation, creation.sides[0], 1));
        steps.push_back(make(creation, creation.sides[1], 2));
    }
    for (Keeper& keeper : creation.keepers) {
        for (const auto make : {seal_step, deploy_key_step, webhook_step}) {
            steps.push_back(make(creation, creation.sides[0], keeper, 1));
            steps.push_back(make(creation, creation.sides[1], keeper, 2));
        }
    }
    // Then a lane for each vault.
    for (const auto make : {register_step, check_step}) {
        for (Keeper& keeper : creation.keepers) {
            steps.push_back(make(creation, keeper));
        }
    }
    steps.push_back(export_step(creation));
    return steps;
}

} // namespace tau::flow
