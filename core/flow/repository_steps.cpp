#include "core/flow/creation.h"

#include "core/base/file.h"

namespace tau::flow {

namespace {

// ---- the repository

Outcome repository_outcome(const Creation& creation, const Side& side,
                           const forge::Repository& found, bool made) {
    return {made ? "The repository " + creation.full_name(side) + " is made."
                 : "The empty repository " + creation.full_name(side) + " is taken.",
            found.web_url.empty() ? found.ssh_url : found.web_url,
            {{"id", found.id},
             {"owner", found.owner},
             {"name", found.name},
             {"ssh_url", found.ssh_url},
             {"web_url", found.web_url},
             {"made", made ? "yes" : "no"}}};
}

/// How a repository's description begins when this creation made it. After a lost answer it is the
/// only thing that tells our repository from somebody else's of the same name.
std::string mark(const Creation& creation) {
    return "Taubyte project " + creation.project_id;
}

bool is_ours(const Creation& creation, const forge::Repository& found) {
    return found.empty && found.description.starts_with(mark(creation));
}

Result<std::optional<Outcome>> look_for_repository(Creation& creation, const Side& side,
                                                   const StepCall& call) {
    const std::lock_guard lock(creation.forge_mutex);
    auto found =
        creation.world.forge.find_repository(creation.draft.owner, side.choice.name, call.stop);
    if (!found) {
        return fail(found.error());
    }
    const std::string name = creation.full_name(side);
    if (side.choice.use_existing) {
        if (!*found) {
            return fail(ErrorCode::not_found, "There is no repository " + name + ".",
                        "Make it on the git host, or let it be made here.");
        }
        if (!(*found)->empty) {
            return fail(ErrorCode::conflict, "The repository " + name + " is not empty.",
                        "Choose an empty repository.");
        }
        return repository_outcome(creation, side, **found, false);
    }
    if (!*found) {
        return std::nullopt;
    }
    if (call.attempted && is_ours(creation, **found)) {
        return repository_outcome(creation, side, **found, true);
    }
    return fail(ErrorCode::already_exists, "There is already a repository " + name + ".",
                "Choose another name, or take the existing repository if it is empty.");
}

Result<Outcome> create_repository(Creation& creation, const Side& side, const StepCall& call) {
    forge::NewRepository wanted;
    wanted.owner = creation.draft.owner;
    wanted.name = side.choice.name;
    wanted.description = mark(creation) + (creation.draft.description.empty() ? "" : ": ") +
                         creation.draft.description;
    wanted.default_branch = creation.draft.branch;
    wanted.is_private = creation.draft.is_private;
    const std::lock_guard lock(creation.forge_mutex);
    auto made = creation.world.forge.create_repository(wanted, call.stop);
    if (!made) {
        return fail(made.error());
    }
    return repository_outcome(creation, side, *made, true);
}

Result<Undone> delete_repository(Creation& creation, const Side& side, const StepCall& call) {
    const std::lock_guard lock(creation.forge_mutex);
    std::string id = fact(call.recorded, "made") == "yes" ? fact(call.recorded, "id") : "";
    if (id.empty() && call.recorded.empty() && !side.choice.use_existing) {
        auto found =
            creation.world.forge.find_repository(creation.draft.owner, side.choice.name, call.stop);
        if (!found) {
            return fail(found.error());
        }
        id = *found && is_ours(creation, **found) ? (*found)->id : "";
    }
    return id.empty() ? Undone{false}
                      : undone(creation.world.forge.delete_repository(id, call.stop));
}

// ---- the seal

Result<bool> sealed_already(const Creation& creation, const Side& side, const Keeper& keeper) {
    auto bytes = read_file(creation.sealed_file(side, keeper), 64U << 10U);
    if (!bytes) {
        return bytes.error().code == ErrorCode::not_found ? Result<bool>(false)
                                                          : Result<bool>(fail(bytes.error()));
    }
    const auto bundle = seal::decode_bundle(as_bytes(*bytes));
    const Grant& grant = keeper.grant(side);
    return bundle && seal::check_bundle(*bundle, creation.expected(side, keeper)) &&
           bundle->deploy_key.point == grant.deploy_key->public_key() &&
           bundle->webhook.point == grant.webhook->commitment();
}

Outcome sealed_outcome(const Side& side, const Keeper& keeper) {
    return {"The key and webhook secret of " + side.choice.name + " are sealed to " +
                keeper.node.name + ", with a proof that anyone can check.",
            "",
            {}};
}

Result<Outcome> seal_grant(Creation& creation, const Side& side, const Keeper& keeper) {
    const Grant& grant = keeper.grant(side);
    auto bundle = seal::seal_bundle(*grant.deploy_key, *grant.webhook, *creation.owner,
                                    creation.expected(side, keeper), creation.world.entropy);
    if (!bundle) {
        return fail(bundle.error());
    }
    if (auto kept = write_file_atomic(creation.sealed_file(side, keeper), seal::encode(*bundle));
        !kept) {
        return fail(kept.error());
    }
    return sealed_outcome(side, keeper);
}

} // namespace

Step create_repository_step(Creation& creation, Side& side, int lane) {
    Step step = side_step("create-repository", side, lane);
    step.plan = side.choice.use_existing
                    ? "Take the empty repository " + creation.full_name(side) + "."
                    : "Make the " + std::string(creation.draft.is_private ? "private" : "public") +
                          " repository " + creation.full_name(side) + " on " +
                          creation.draft.git_host + ".";
    step.look = [&](const StepCall& call) { return look_for_repository(creation, side, call); };
    step.run = [&](const StepCall& call) { return create_repository(creation, side, call); };
    step.learn = [&](const Facts& facts) -> Result<void> {
        forge::Repository& repository = side.repository;
        repository.id = fact(facts, "id");
        repository.owner = fact(facts, "owner");
        repository.name = fact(facts, "name");
        repository.ssh_url = fact(facts, "ssh_url");
        repository.web_url = fact(facts, "web_url");
        repository.default_branch = creation.draft.branch;
        return {};
    };
    step.undo_sentence = [&](const StepCall&) -> std::optional<std::string> {
        if (side.choice.use_existing) {
            return std::nullopt;
        }
        return "The repository " + creation.full_name(side) + " with all that is in it.";
    };
    step.undo = [&](const StepCall& call) { return delete_repository(creation, side, call); };
    return step;
}

Step seal_step(Creation& creation, const Side& side, Keeper& keeper, int lane) {
    Step step = grant_step("seal", side, keeper, lane);
    step.plan = "Seal the deploy key and webhook secret of " + side.choice.name + " to " +
                keeper.node.name + ", with a proof.";
    step.look = [&](const StepCall& call) -> Result<std::optional<Outcome>> {
        if (!call.attempted) {
            return std::nullopt;
        }
        const auto sealed = sealed_already(creation, side, keeper);
        if (!sealed) {
            return fail(sealed.error());
        }
        return *sealed ? std::optional(sealed_outcome(side, keeper)) : std::nullopt;
    };
    step.run = [&](const StepCall&) { return seal_grant(creation, side, keeper); };
    step.learn = [&](const Facts&) -> Result<void> {
        // When it is missing, only registering needs it, and says so.
        if (auto bytes = read_file(creation.sealed_file(side, keeper), 64U << 10U)) {
            const ByteView view = as_bytes(*bytes);
            keeper.grant(side).sealed.assign(view.begin(), view.end());
        }
        return {};
    };
    step.undo_sentence = [&](const StepCall&) {
        return "The keys of " + side.choice.name + " sealed to " + keeper.node.name +
               ", on this disk.";
    };
    step.undo = [&](const StepCall&) {
        return remove_own_file(creation.sealed_file(side, keeper));
    };
    return step;
}

} // namespace tau::flow
