#include "core/flow/change.h"

namespace tau::flow {

namespace {

Outcome key_outcome(const Side& side, const Keeper& keeper, const forge::DeployKey& key) {
    return {"The read-only deploy key " + keeper.grant(side).fingerprint + " for " +
                keeper.node.name + " is added to " + side.choice.name + ".",
            "",
            {{"id", key.id}}};
}

Result<std::optional<Outcome>> look_for_key(Change& change, const Side& side, const Keeper& keeper,
                                            const StepCall& call) {
    if (!call.attempted) {
        return std::nullopt;
    }
    const std::lock_guard lock(change.forge_mutex);
    auto found = change.world.forge.find_deploy_key(side.repository, keeper.grant(side).fingerprint,
                                                    call.stop);
    if (!found) {
        return fail(found.error());
    }
    return *found ? std::optional(key_outcome(side, keeper, **found)) : std::nullopt;
}

Result<Outcome> add_key(Change& change, const Side& side, const Keeper& keeper,
                        const StepCall& call) {
    const std::string title = "tau " + change.draft.name + " for " + keeper.node.name;
    const std::lock_guard lock(change.forge_mutex);
    auto key = change.world.forge.add_deploy_key(
        side.repository, title, keeper.grant(side).deploy_key->public_line(change.draft.name),
        call.stop);
    return key ? Result<Outcome>(key_outcome(side, keeper, *key))
               : Result<Outcome>(fail(key.error()));
}

Result<Undone> remove_key(Change& change, const Side& side, const Keeper& keeper,
                          const StepCall& call) {
    const std::lock_guard lock(change.forge_mutex);
    forge::Forge& forge = change.world.forge;
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

Result<Secret> text_of(const Grant& grant) {
    const auto bundle = seal::decode_bundle(grant.sealed);
    return bundle ? Result<Secret>(webhook_text(*grant.webhook, *bundle))
                  : Result<Secret>(fail(bundle.error()));
}

Result<std::optional<Outcome>> look_for_webhook(Change& change, const Side& side,
                                                const Keeper& keeper, const StepCall& call) {
    if (!call.attempted) {
        return std::nullopt;
    }
    const std::lock_guard lock(change.forge_mutex);
    forge::Forge& forge = change.world.forge;
    auto found = forge.find_webhook(side.repository, change.webhook_url(side, keeper), call.stop);
    if (!found) {
        return fail(found.error());
    }
    if (!*found) {
        return std::nullopt;
    }
    // Its secret may be that of an earlier seal, and no host tells it.
    auto text = text_of(keeper.grant(side));
    auto updated = text ? forge.update_webhook(side.repository, (*found)->id, *text, call.stop)
                        : Result<void>(fail(text.error()));
    if (!updated) {
        return fail(updated.error());
    }
    return webhook_outcome(side, keeper, **found);
}

Result<Outcome> add_webhook(Change& change, const Side& side, const Keeper& keeper,
                            const StepCall& call) {
    auto text = text_of(keeper.grant(side));
    if (!text) {
        return fail(text.error());
    }
    const std::lock_guard lock(change.forge_mutex);
    auto hook = change.world.forge.add_webhook(side.repository, change.webhook_url(side, keeper),
                                               *text, call.stop);
    return hook ? Result<Outcome>(webhook_outcome(side, keeper, *hook))
                : Result<Outcome>(fail(hook.error()));
}

Result<Undone> remove_webhook(Change& change, const Side& side, const Keeper& keeper,
                              const StepCall& call) {
    const std::lock_guard lock(change.forge_mutex);
    forge::Forge& forge = change.world.forge;
    std::string id = fact(call.recorded, "id");
    if (id.empty()) {
        auto found =
            forge.find_webhook(side.repository, change.webhook_url(side, keeper), call.stop);
        if (!found) {
            return undone(fail(found.error()));
        }
        id = *found ? (*found)->id : "";
    }
    return id.empty() ? Undone{false}
                      : undone(forge.remove_webhook(side.repository, id, call.stop));
}

/// The old webhook's address stays, and what it signs with becomes the new secret.
Result<Outcome> renew_webhook(Change& change, const Side& side, const Keeper& keeper,
                              const StepCall& call) {
    auto renewed = look_for_webhook(change, side, keeper, {call.stop, true, call.recorded});
    if (!renewed) {
        return fail(renewed.error());
    }
    if (*renewed) {
        return std::move(**renewed);
    }
    return add_webhook(change, side, keeper, call); // somebody took it away
}

Result<Undone> put_old_secret_back(Change& change, const Side& side, const Keeper& keeper,
                                   const StepCall& call) {
    const Former* former = change.former(keeper);
    auto secret = former_webhook(change, side, *former);
    if (!secret) {
        return fail(secret.error());
    }
    if (!*secret) {
        return Undone{false, "The webhook of " + side.choice.name + " for " + keeper.node.name +
                                 " keeps the new secret: the old one is not on this computer. "
                                 "Rotate the keys to set it right."};
    }
    const std::lock_guard lock(change.forge_mutex);
    forge::Forge& forge = change.world.forge;
    auto found = forge.find_webhook(side.repository, change.webhook_url(side, keeper), call.stop);
    if (!found) {
        return undone(fail(found.error()));
    }
    return *found ? undone(forge.update_webhook(side.repository, (*found)->id,
                                                webhook_text(**secret, former->bundle(side)),
                                                call.stop))
                  : Undone{false};
}

} // namespace

Secret webhook_text(const keys::WebhookSecret& secret, const seal::Bundle& bundle) {
    return secret.text(bundle.webhook.context.nonce);
}

Step renew_webhook_step(Change& change, const Side& side, Keeper& keeper, int lane) {
    Step step = webhook_step(change, side, keeper, lane);
    step.id = grant_step("renew-webhook", side, keeper, lane).id;
    step.stage = 2; // the vault must know the new secret first
    step.plan =
        "Give the webhook of " + side.choice.name + " for " + keeper.node.name + " its new secret.";
    step.look = nullptr;
    step.run = [&](const StepCall& call) { return renew_webhook(change, side, keeper, call); };
    step.undo_sentence = [&](const StepCall&) {
        return "The webhook of " + side.choice.name + " for " + keeper.node.name +
               " gets its old secret again.";
    };
    step.undo = [&](const StepCall& call) {
        return put_old_secret_back(change, side, keeper, call);
    };
    return step;
}

Step deploy_key_step(Change& change, const Side& side, Keeper& keeper, int lane) {
    Step step = grant_step("deploy-key", side, keeper, lane);
    step.plan = "Add the read-only deploy key " + keeper.grant(side).fingerprint + " to " +
                side.choice.name + ", for " + keeper.node.name + ".";
    step.look = [&](const StepCall& call) { return look_for_key(change, side, keeper, call); };
    step.run = [&](const StepCall& call) { return add_key(change, side, keeper, call); };
    step.undo_sentence = [&](const StepCall&) {
        return "The deploy key " + keeper.grant(side).fingerprint + " of " + side.choice.name +
               ", which " + keeper.node.name + " reads it with.";
    };
    step.undo = [&](const StepCall& call) { return remove_key(change, side, keeper, call); };
    return step;
}

Step webhook_step(Change& change, const Side& side, Keeper& keeper, int lane) {
    Step step = grant_step("webhook", side, keeper, lane);
    step.plan = "Add a webhook to " + side.choice.name + " that tells " + keeper.node.name +
                " about pushes.";
    step.look = [&](const StepCall& call) { return look_for_webhook(change, side, keeper, call); };
    step.run = [&](const StepCall& call) { return add_webhook(change, side, keeper, call); };
    step.learn = [&](const Facts& facts) -> Result<void> {
        keeper.grant(side).hook_id = fact(facts, "id");
        return {};
    };
    step.undo_sentence = [&](const StepCall&) {
        return "The webhook of " + side.choice.name + " that tells " + keeper.node.name +
               " about pushes.";
    };
    step.undo = [&](const StepCall& call) { return remove_webhook(change, side, keeper, call); };
    return step;
}

} // namespace tau::flow
