// Steps about the secrets on this computer.

#include "core/flow/change.h"

#include <algorithm>

namespace tau::flow {

namespace {

/// Keeps those that an earlier try has put already.
Result<void> keep_keys(const Change& change, const Side& side, Keeper& keeper) {
    SecretStore& store = change.world.secrets;
    const std::string node_id = keeper.node.node_id();
    Grant& grant = keeper.grant(side);
    if (!grant.deploy_key) {
        grant.deploy_key = keys::DeployKey::generate(change.world.entropy);
        grant.webhook = keys::WebhookSecret::generate(change.world.entropy);
    }
    auto seed =
        store.put_if_absent(deploy_key_name(change.project_id, side.role, node_id) + keeper.slot,
                            grant.deploy_key->seed());
    if (!seed) {
        return fail(seed.error());
    }
    auto scalar = store.put_if_absent(webhook_secret_name(change.project_id, side.role, node_id) +
                                          keeper.slot,
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

std::string keys_sentence(const Change& change, std::string_view verb) {
    std::string list;
    for (const Keeper& keeper : change.keepers) {
        for (const Side& side : change.sides) {
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

Result<Outcome> make_keys(Change& change) {
    if (change.kind == ChangeKind::create) {
        auto owner = keys::load_or_create_owner_key(change.world.secrets, change.world.entropy);
        if (!owner) {
            return fail(owner.error());
        }
        change.owner = std::move(*owner);
    } else if (auto loaded = change.load_owner(); !loaded) {
        return fail(loaded.error());
    }
    Facts facts;
    for (Keeper& keeper : change.keepers) {
        for (const Side& side : change.sides) {
            if (auto kept = keep_keys(change, side, keeper); !kept) {
                return fail(kept.error());
            }
            facts[key_fact(side, keeper)] = keeper.grant(side).fingerprint;
        }
        auto id = vault::registration_id(keeper.node.node_id(), change.owner->public_key(),
                                         keeper.idempotency_key);
        if (!id) {
            return fail(id.error());
        }
        facts[id_fact(keeper)] = *id;
    }
    return Outcome{keys_sentence(change, "Made"), "", std::move(facts)};
}

Result<void> erase_keys(const Change& change, const Keeper& keeper) {
    const std::string node_id = keeper.node.node_id();
    for (const Side& side : change.sides) {
        for (const std::string& name :
             {deploy_key_name(change.project_id, side.role, node_id) + keeper.slot,
              webhook_secret_name(change.project_id, side.role, node_id) + keeper.slot}) {
            if (auto gone = change.world.secrets.erase(name); !gone) {
                return gone;
            }
        }
    }
    return {};
}

/// Gives a secret that was made beside another its name; the other one is kept as ".../previous",
/// since an undo needs it. Whatever was done already is passed over.
Result<void> settle(SecretStore& store, const std::string& name) {
    auto fresh = store.get(name + "/next");
    auto old = fresh ? store.get(name) : Result<std::optional<Secret>>(fail(fresh.error()));
    if (!old) {
        return fail(old.error());
    }
    if (!*fresh) {
        return {};
    }
    if (*old && !(*old)->equals(**fresh)) {
        if (auto kept = store.put(name + "/previous", **old); !kept) {
            return kept;
        }
    }
    return store.put(name, **fresh).and_then([&] { return store.erase(name + "/next"); });
}

/// What an earlier rotation left as previous stays, unless settle() came as far as the key itself.
Result<void> unsettle(SecretStore& store, const std::string& name) {
    const auto current = store.get(name);
    const auto fresh = store.get(name + "/next");
    const auto previous = store.get(name + "/previous");
    for (const auto* read : {&current, &fresh, &previous}) {
        if (!*read) {
            return fail(read->error());
        }
    }
    const bool untouched = *fresh && *current && !(*fresh)->equals(**current);
    if (untouched || !*previous) {
        return {};
    }
    return store.put(name, **previous).and_then([&] { return store.erase(name + "/previous"); });
}

std::array<std::string, 2> secret_names(const Change& change, const Side& side,
                                        const vault::NodeRecord& node) {
    return {deploy_key_name(change.project_id, side.role, node.node_id()),
            webhook_secret_name(change.project_id, side.role, node.node_id())};
}

/// For each name of each vault that gets new keys beside old ones.
Result<void> settle_all(const Change& change,
                        Result<void> (*settle_one)(SecretStore&, const std::string&)) {
    for (const Keeper& keeper : change.keepers) {
        for (const Side& side : change.sides) {
            for (const std::string& name : secret_names(change, side, keeper.node)) {
                if (keeper.slot.empty()) {
                    continue;
                }
                if (auto done = settle_one(change.world.secrets, name); !done) {
                    return done;
                }
            }
        }
    }
    return {};
}

/// What belongs to vaults that the project leaves.
Result<void> erase_former(const Change& change) {
    for (const Former& former : change.formers) {
        const bool stays =
            std::any_of(change.keepers.begin(), change.keepers.end(), [&](const Keeper& keeper) {
                return keeper.node.sign_key == former.node.sign_key;
            });
        for (const Side& side : change.sides) {
            for (const std::string& name : secret_names(change, side, former.node)) {
                for (const char* end : {"", "/previous"}) {
                    const auto gone =
                        stays ? Result<void>{} : change.world.secrets.erase(name + end);
                    if (!gone) {
                        return gone;
                    }
                }
            }
        }
    }
    return {};
}

} // namespace

Step make_keys_step(Change& change) {
    Step step;
    step.id = "make-keys";
    step.plan = keys_sentence(change, "Make");
    step.run = [&change](const StepCall&) { return make_keys(change); };
    step.learn = [&change](const Facts& facts) -> Result<void> {
        for (Keeper& keeper : change.keepers) {
            keeper.registration_id = fact(facts, id_fact(keeper));
            for (const Side& side : change.sides) {
                keeper.grant(side).fingerprint = fact(facts, key_fact(side, keeper));
            }
        }
        return {};
    };
    step.undo_sentence = [](const StepCall&) {
        return "The deploy keys and webhook secrets in the secret store.";
    };
    step.undo = [&change](const StepCall&) -> Result<Undone> {
        for (const Keeper& keeper : change.keepers) {
            if (auto gone = erase_keys(change, keeper); !gone) {
                return fail(gone.error());
            }
        }
        return Undone{};
    };
    return step;
}

Step settle_keys_step(Change& change) {
    Step step;
    step.id = "settle-keys";
    const bool rotates = change.kind == ChangeKind::rotate;
    step.is_final = !rotates;
    step.plan = rotates ? "Keep the new keys in the secret store, and the old ones beside them."
                        : "Erase the keys of the vaults that were left from the secret store.";
    step.run = [&change, rotates](const StepCall&) -> Result<Outcome> {
        const auto done = settle_all(change, settle).and_then([&] {
            return rotates ? Result<void>{} : erase_former(change);
        });
        if (!done) {
            return fail(done.error());
        }
        return Outcome{rotates ? "The new keys are in the secret store."
                               : "The secret store has the project's present keys only.",
                       "",
                       {}};
    };
    step.undo_sentence = [](const StepCall&) {
        return "The new keys in the secret store give place to the old ones.";
    };
    step.undo = [&change](const StepCall&) -> Result<Undone> {
        const auto done = settle_all(change, unsettle);
        return done ? Result<Undone>(Undone{}) : fail(done.error());
    };
    return step;
}

} // namespace tau::flow
