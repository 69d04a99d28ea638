#include "core/flow/creation.h"

namespace tau::flow {

namespace {

Outcome key_outcome(const Side& side, const Keeper& keeper, const forge::DeployKey& key) {
    return {"The read-only deploy key " + keeper.grant(side).fingerprint + " for " +
                keeper.node.name + " is added to " + side.choice.name + ".",
            "",
            {{"id", key.id}}};
}

Result<std::optional<Outcome>> look_for_key(Creation& creation, const Side& side,
                                            const Keeper& keeper, const StepCall& call) {
    if (!call.attempted) {
        return std::nullopt;
    }
    const std::lock_guard lock(creation.forge_mutex);
    auto found = creation.world.forge.find_deploy_key(side.repository,
                                                      keeper.grant(side).fingerprint, call.stop);
    if (!found) {
        return fail(found.error());
    }
    return *found ? std::optional(key_outcome(side, keeper, **found)) : std::nullopt;
}

Result<Outcome> add_key(Creation& creation, const Side& side, const Keeper& keeper,
                        const StepCall& call) {
    const std::string title = "tau " + creation.draft.name + " for " + keeper.node.name;
    const std::lock_guard lock(creation.forge_mutex);
    auto key = creation.world.forge.add_deploy_key(
        side.repository, title, keeper.grant(side).deploy_key->public_line(creation.draft.name),
        call.stop);
    return key ? Result<Outcome>(key_outcome(side, keeper, *key))
               : Result<Outcome>(fail(key.error()));
}

Result<Undone> remove_key(Creation& creation, const Side& side, const Keeper& keeper,
                          const StepCall& call) {
    const std::lock_guard lock(creation.forge_mutex);
    forge::Forge& forge = creation.world.forge;
    std::string id = fact(call.recorded, "id");
    if (id.empty()) {
        auto found =
            forge.find_deploy_key(side.repository, keeper.grant(side).fingerprint, call.stop);
        if (!found) {
            return undone(fail(found.error()));
        }
        id = *found ? (*found)->id : "";
    }
    return id.empty() ? Undone{false}
                      : undone(forge.remove_deploy_key(side.repository, id, call.stop));
}

Outcome webhook_outcome(const Side& side, const Keeper& keeper, const forge::Webhook& hook) {
    return {"Pushes to " + side.choice.name + " are told to " + keeper.node.name + ".",
            "",
            {{"id", hook.id}}};
}

/// What the git host signs with: bound to the nonce that the seal was made under.
Result<Secret> webhook_text(const Grant& grant) {
    const auto bundle = seal::decode_bundle(grant.sealed);
    return bundle ? Result<Secret>(grant.webhook->text(bundle->webhook.context.nonce))
                  : Result<Secret>(fail(bundle.error()));
}

Result<std::optional<Outcome>> look_for_webhook(Creation& creation, const Side& side,
                                                const Keeper& keeper, const StepCall& call) {
    if (!call.attempted) {
        return std::nullopt;
    }
    const std::lock_guard lock(creation.forge_mutex);
    forge::Forge& forge = creation.world.forge;
    auto found = forge.find_webhook(side.repository, creation.webhook_url(side, keeper), call.stop);
    if (!found) {
        return fail(found.error());
    }
    if (!*found) {
        return std::nullopt;
    }
    // Its secret may be that of an earlier seal, and no host tells it.
    auto text = webhook_text(keeper.grant(side));
    auto updated = text ? forge.update_webhook(side.repository, (*found)->id, *text, call.stop)
                        : Result<void>(fail(text.error()));
    if (!updated) {
        return fail(updated.error());
    }
    return webhook_outcome(side, keeper, **found);
}

Result<Outcome> add_webhook(Creation& creation, const Side& side, const Keeper& keeper,
                            const StepCall& call) {
    auto text = webhook_text(keeper.grant(side));
    if (!text) {
        return fail(text.error());
    }
    const std::lock_guard lock(creation.forge_mutex);
    auto hook = creation.world.forge.add_webhook(
        side.repository, creation.webhook_url(side, keeper), *text, call.stop);
    return hook ? Result<Outcome>(webhook_outcome(side, keeper, *hook))
                : Result<Outcome>(fail(hook.error()));
}

Result<Undone> remove_webhook(Creation& creation, const Side& side, const Keeper& keeper,
                              const StepCall& call) {
    const std::lock_guard lock(creation.forge_mutex);
    forge::Forge& forge = creation.world.forge;
    std::string id = fact(call.recorded, "id");
    if (id.empty()) {
        auto found =
            forge.find_webhook(side.repository, creation.webhook_url(side, keeper), call.stop);
        if (!found) {
            return undone(fail(found.error()));
        }
        id = *found ? (*found)->id : "";
    }
    return id.empty() ? Undone{false}
                      : undone(forge.remove_webhook(side.repository, id, call.stop));
}

} // namespace

Step deploy_key_step(Creation& creation, const Side& side, Keeper& keeper, int lane) {
    Step step = grant_step("deploy-key", side, keeper, lane);
    step.plan = "Add the read-only deploy key " + keeper.grant(side).fingerprint + " to " +
                side.choice.name + ", for " + keeper.node.name + ".";
    step.look = [&](const StepCall& call) { return look_for_key(creation, side, keeper, call); };
    step.run = [&](const StepCall& call) { return add_key(creation, side, keeper, call); };
    step.undo_sentence = [&](const StepCall&) {
        return "The deploy key " + keeper.grant(side).fingerprint + " of " + side.choice.name +
               ", which " + keeper.node.name + " reads it with.";
    };
    step.undo = [&](const StepCall& call) { return remove_key(creation, side, keeper, call); };
    return step;
}

Step webhook_step(Creation& creation, const Side& side, Keeper& keeper, int lane) {
    Step step = grant_step("webhook", side, keeper, lane);
    step.plan = "Add a webhook to " + side.choice.name + " that tells " + keeper.node.name +
                " about pushes.";
    step.look = [&](const StepCall& call) {
        return look_for_webhook(creation, side, keeper, call);
    };
    step.run = [&](const StepCall& call) { return add_webhook(creation, side, keeper, call); };
    step.learn = [&](const Facts& facts) -> Result<void> {
        keeper.grant(side).hook_id = fact(facts, "id");
        return {};
    };
    step.undo_sentence = [&](const StepCall&) {
        return "The webhook of " + side.choice.name + " that tells " + keeper.node.name +
               " about pushes.";
    };
    step.undo = [&](const StepCall& call) { return remove_webhook(creation, side, keeper, call); };
    return step;
}

} // namespace tau::flow
