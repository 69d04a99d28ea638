#include "core/flow/change.h"

#include "core/base/file.h"

namespace tau::flow {

namespace {

// ---- the repository

/// How a repository's description begins when this change made it. After a lost answer it is the
/// only thing that tells our repository from somebody else's of the same name.
std::string mark(const Change& change) {
    return "Taubyte project " + change.project_id;
}

bool is_ours(const Change& change, const forge::Repository& found) {
    return found.empty && found.description.starts_with(mark(change));
}

Result<std::optional<Outcome>> look_for_repository(Change& change, const Side& side,
                                                   const StepCall& call) {
    const std::lock_guard lock(change.forge_mutex);
    auto found =
        change.world.forge.find_repository(change.draft.owner, side.choice.name, call.stop);
    if (!found) {
        return fail(found.error());
    }
    const std::string name = change.full_name(side);
    if (side.choice.use_existing) {
        if (!*found) {
            return fail(ErrorCode::not_found, "There is no repository " + name + ".",
                        "Make it on the git host, or let it be made here.");
        }
        if (!(*found)->empty) {
            return fail(ErrorCode::conflict, "The repository " + name + " is not empty.",
                        "Choose an empty repository.");
        }
        return repository_outcome(change, side, **found, false);
    }
    if (!*found) {
        return std::nullopt;
    }
    if (call.attempted && is_ours(change, **found)) {
        return repository_outcome(change, side, **found, true);
    }
    return fail(ErrorCode::already_exists, "There is already a repository " + name + ".",
                "Choose another name, or take the existing repository if it is empty.");
}

Result<Outcome> create_repository(Change& change, const Side& side, const StepCall& call) {
    forge::NewRepository wanted;
    wanted.owner = change.draft.owner;
    wanted.name = side.choice.name;
    wanted.description =
        mark(change) + (change.draft.description.empty() ? "" : ": ") + change.draft.description;
    wanted.default_branch = change.draft.branch;
    wanted.is_private = change.draft.is_private;
    const std::lock_guard lock(change.forge_mutex);
    auto made = change.world.forge.create_repository(wanted, call.stop);
    if (!made) {
        return fail(made.error());
    }
    return repository_outcome(change, side, *made, true);
}

Result<Undone> delete_repository(Change& change, const Side& side, const StepCall& call) {
    const std::lock_guard lock(change.forge_mutex);
    std::string id = fact(call.recorded, "made") == "yes" ? fact(call.recorded, "id") : "";
    if (id.empty() && call.recorded.empty() && !side.choice.use_existing) {
        auto found =
            change.world.forge.find_repository(change.draft.owner, side.choice.name, call.stop);
        if (!found) {
            return fail(found.error());
        }
        id = *found && is_ours(change, **found) ? (*found)->id : "";
    }
    return id.empty() ? Undone{false} : undone(change.world.forge.delete_repository(id, call.stop));
}

// ---- the seal

Result<bool> sealed_already(const Change& change, const Side& side, const Keeper& keeper) {
    auto bytes = read_file(change.sealed_file(side, keeper), 64U << 10U);
    if (!bytes) {
        return bytes.error().code == ErrorCode::not_found ? Result<bool>(false)
                                                          : Result<bool>(fail(bytes.error()));
    }
    const auto bundle = seal::decode_bundle(as_bytes(*bytes));
    const Grant& grant = keeper.grant(side);
    return bundle && seal::check_bundle(*bundle, change.expected(side, keeper)) &&
           bundle->deploy_key.point == grant.deploy_key->public_key() &&
           bundle->webhook.point == grant.webhook->commitment();
}

Outcome sealed_outcome(const Side& side, const Keeper& keeper) {
    return {"The key and webhook secret of " + side.choice.name + " are sealed to " +
                keeper.node.name + ", with a proof that anyone can check.",
            "",
            {}};
}

Result<Outcome> seal_grant(Change& change, const Side& side, const Keeper& keeper) {
    const Grant& grant = keeper.grant(side);
    auto bundle = seal::seal_bundle(*grant.deploy_key, *grant.webhook, *change.owner,
                                    change.expected(side, keeper), change.world.entropy);
    if (!bundle) {
        return fail(bundle.error());
    }
    if (auto kept = write_file_atomic(change.sealed_file(side, keeper), seal::encode(*bundle));
        !kept) {
        return fail(kept.error());
    }
    return sealed_outcome(side, keeper);
}

} // namespace

Outcome repository_outcome(const Change& change, const Side& side, const forge::Repository& found,
                           bool made) {
    return {made ? "The repository " + change.full_name(side) + " is made."
                 : "The empty repository " + change.full_name(side) + " is taken.",
            found.web_url.empty() ? found.ssh_url : found.web_url,
            {{"id", found.id},
             {"owner", found.owner},
             {"name", found.name},
             {"ssh_url", found.ssh_url},
             {"web_url", found.web_url},
             {"made", made ? "yes" : "no"}}};
}

void learn_repository(const Change& change, Side& side, const Facts& facts) {
    forge::Repository& repository = side.repository;
    repository.id = fact(facts, "id");
    repository.owner = fact(facts, "owner");
    repository.name = fact(facts, "name");
    repository.ssh_url = fact(facts, "ssh_url");
    repository.web_url = fact(facts, "web_url");
    repository.default_branch = change.draft.branch;
}

Step create_repository_step(Change& change, Side& side, int lane) {
    Step step = side_step("create-repository", side, lane);
    step.plan = side.choice.use_existing
                    ? "Take the empty repository " + change.full_name(side) + "."
                    : "Make the " + std::string(change.draft.is_private ? "private" : "public") +
                          " repository " + change.full_name(side) + " on " + change.draft.git_host +
                          ".";
    step.look = [&](const StepCall& call) { return look_for_repository(change, side, call); };
    step.run = [&](const StepCall& call) { return create_repository(change, side, call); };
    step.learn = [&](const Facts& facts) -> Result<void> {
        learn_repository(change, side, facts);
        return {};
    };
    step.undo_sentence = [&](const StepCall&) -> std::optional<std::string> {
        if (side.choice.use_existing) {
            return std::nullopt;
        }
        return "The repository " + change.full_name(side) + " with all that is in it.";
    };
    step.undo = [&](const StepCall& call) { return delete_repository(change, side, call); };
    return step;
}

Step seal_step(Change& change, const Side& side, Keeper& keeper, int lane) {
    Step step = grant_step("seal", side, keeper, lane);
    step.plan = "Seal the deploy key and webhook secret of " + side.choice.name + " to " +
                keeper.node.name + ", with a proof.";
    step.look = [&](const StepCall& call) -> Result<std::optional<Outcome>> {
        if (!call.attempted) {
            return std::nullopt;
        }
        const auto sealed = sealed_already(change, side, keeper);
        if (!sealed) {
            return fail(sealed.error());
        }
        return *sealed ? std::optional(sealed_outcome(side, keeper)) : std::nullopt;
    };
    step.run = [&](const StepCall&) { return seal_grant(change, side, keeper); };
    step.learn = [&](const Facts&) -> Result<void> {
        // When it is missing, only registering needs it, and says so.
        if (auto bytes = read_file(change.sealed_file(side, keeper), 64U << 10U)) {
            const ByteView view = as_bytes(*bytes);
            keeper.grant(side).sealed.assign(view.begin(), view.end());
        }
        return {};
    };
    step.undo_sentence = [&](const StepCall&) {
        return "The keys of " + side.choice.name + " sealed to " + keeper.node.name +
               ", on this disk.";
    };
    step.undo = [&](const StepCall&) { return remove_own_file(change.sealed_file(side, keeper)); };
    return step;
}

} // namespace tau::flow
