#include "core/flow/creation.h"

#include "core/base/file.h"

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

/// Keeps those that an earlier try has put already.
Result<void> keep_keys(Creation& creation, Side& side) {
    SecretStore& store = creation.world.secrets;
    auto seed = store.put_if_absent(deploy_key_name(creation.project_id, side.role),
                                    side.deploy_key->seed());
    if (!seed) {
        return fail(seed.error());
    }
    auto scalar = store.put_if_absent(webhook_secret_name(creation.project_id, side.role),
                                      side.webhook->scalar());
    if (!scalar) {
        return fail(scalar.error());
    }
    auto deploy_key = keys::DeployKey::from_seed(*seed);
    auto webhook = keys::WebhookSecret::from_scalar(*scalar);
    if (!deploy_key || !webhook) {
        return fail(deploy_key ? webhook.error() : deploy_key.error());
    }
    side.deploy_key = std::move(*deploy_key);
    side.webhook = std::move(*webhook);
    return {};
}

std::string keys_sentence(const Creation& creation, std::string_view verb) {
    return std::string(verb) + " a deploy key and a webhook secret for each repository: " +
           creation.sides[0].fingerprint + " for " + creation.sides[0].choice.name + ", " +
           creation.sides[1].fingerprint + " for " + creation.sides[1].choice.name + ".";
}

Result<Outcome> make_keys(Creation& creation) {
    auto owner = keys::load_or_create_owner_key(creation.world.secrets, creation.world.entropy);
    if (!owner) {
        return fail(owner.error());
    }
    for (Side& side : creation.sides) {
        if (!side.deploy_key) {
            side.deploy_key = keys::DeployKey::generate(creation.world.entropy);
            side.webhook = keys::WebhookSecret::generate(creation.world.entropy);
        }
        if (auto kept = keep_keys(creation, side); !kept) {
            return fail(kept.error());
        }
        side.fingerprint = side.deploy_key->fingerprint();
    }
    auto id = vault::registration_id(creation.node.node_id(), owner->public_key(),
                                     creation.idempotency_key);
    if (!id) {
        return fail(id.error());
    }
    creation.owner = std::move(*owner);
    return Outcome{keys_sentence(creation, "Made"),
                   "",
                   {{"registration_id", *id},
                    {"configuration", creation.sides[0].fingerprint},
                    {"code", creation.sides[1].fingerprint}}};
}

} // namespace

fs::path flows_folder(const fs::path& data) {
    return data / "flows";
}

fs::path projects_folder(const fs::path& data) {
    return data / "projects";
}

std::string webhook_secret_name(const std::string& project_id, vault::Role role) {
    return "webhook/" + project_id + "/" + std::string(vault::to_string(role));
}

std::string deploy_key_name(const std::string& project_id, vault::Role role) {
    return "deploy/" + project_id + "/" + std::string(vault::to_string(role));
}

std::string fact(const Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
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

fs::path Creation::sealed_file(const Side& side) const {
    return flow_folder() / (std::string(vault::to_string(side.role)) + ".sealed");
}

fs::path Creation::registration_file() const {
    return flow_folder() / "registration.json";
}

fs::path Creation::record_file() const {
    return flow_folder() / "record";
}

fs::path Creation::export_file() const {
    return project_folder() / "project.yaml";
}

seal::Expected Creation::expected(const Side& side) const {
    return {project_id,          side.repository.ssh_url, node.node_id(),
            owner->public_key(), node.seal_key,           world.clock.now()};
}

std::string Creation::webhook_url(const Side& side) const {
    return vault::Client(world.http, world.entropy, node).hook_url(registration_id, side.role);
}

std::string Creation::full_name(const Side& side) const {
    return draft.owner + "/" + side.choice.name;
}

void Creation::point(std::string_view name) const {
    if (world.at) {
        world.at(name);
    }
}

Result<void> Creation::load_keys() {
    if (owner) {
        return {};
    }
    const auto lost = [](const std::string& what) {
        return fail(ErrorCode::not_found, "The secret store no longer has " + what + ".",
                    "Open the secret store that was used when the creation began, or undo it.");
    };
    auto seed = world.secrets.get("owner");
    if (!seed) {
        return fail(seed.error());
    }
    if (!*seed) {
        return lost("your owner key");
    }
    for (Side& side : sides) {
        auto deploy = world.secrets.get(deploy_key_name(project_id, side.role));
        auto hook = world.secrets.get(webhook_secret_name(project_id, side.role));
        if (!deploy || !hook) {
            return fail(deploy ? hook.error() : deploy.error());
        }
        if (!*deploy || !*hook) {
            return lost("the keys of " + side.choice.name);
        }
        auto deploy_key = keys::DeployKey::from_seed(**deploy);
        auto webhook = keys::WebhookSecret::from_scalar(**hook);
        if (!deploy_key || !webhook || deploy_key->fingerprint() != side.fingerprint) {
            return lost("the keys of " + side.choice.name + " as they were made");
        }
        side.deploy_key = std::move(*deploy_key);
        side.webhook = std::move(*webhook);
    }
    auto key = keys::OwnerKey::from_seed(**seed);
    if (!key) {
        return fail(key.error());
    }
    owner = std::move(*key);
    return {};
}

Step side_step(const char* what, const Side& side, int lane) {
    Step step;
    step.id = std::string(what) + "/" + std::string(vault::to_string(side.role));
    step.lane = lane;
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
        creation.registration_id = fact(facts, "registration_id");
        creation.sides[0].fingerprint = fact(facts, "configuration");
        creation.sides[1].fingerprint = fact(facts, "code");
        return {};
    };
    step.undo_sentence = [](const StepCall&) {
        return "The deploy keys and webhook secrets in the secret store.";
    };
    step.undo = [&creation](const StepCall&) -> Result<Undone> {
        for (const Side& side : creation.sides) {
            for (const std::string& name : {deploy_key_name(creation.project_id, side.role),
                                            webhook_secret_name(creation.project_id, side.role)}) {
                if (auto gone = creation.world.secrets.erase(name); !gone) {
                    return fail(gone.error());
                }
            }
        }
        return Undone{};
    };
    return step;
}

std::vector<Step> creation_steps(Creation& creation) {
    Side& configuration = creation.sides[0];
    Side& code = creation.sides[1];
    std::vector<Step> steps;
    steps.push_back(make_keys_step(creation));
    // Two lanes: while one repository waits for the git host, the other is sealed.
    for (const auto make :
         {create_repository_step, push_step, seal_step, deploy_key_step, webhook_step}) {
        steps.push_back(make(creation, configuration, 1));
        steps.push_back(make(creation, code, 2));
    }
    steps.push_back(register_step(creation));
    steps.push_back(check_step(creation));
    steps.push_back(export_step(creation));
    return steps;
}

} // namespace tau::flow
