// Steps that take things away from a project that is there, and those around them.

#include "core/base/file.h"
#include "core/flow/change.h"
#include "core/flow/unsaved_work.h"

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

const vault::RetryPolicy patient_enough{3, std::chrono::milliseconds{500},
                                        std::chrono::seconds{20}};

bool does_not_answer(const Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
}

// ---- the repository as it is

Result<Outcome> find_repository(Change& change, const Side& side, const StepCall& call) {
    const std::lock_guard lock(change.forge_mutex);
    auto found =
        change.world.forge.find_repository(change.draft.owner, side.choice.name, call.stop);
    if (!found) {
        return fail(found.error());
    }
    const std::string name = change.full_name(side);
    const std::string& claimed =
        change.before->claims[side.role == vault::Role::configuration ? 0 : 1].repository_url;
    if (!*found) {
        if (change.kind == ChangeKind::remove) {
            return Outcome{"The repository " + name + " is not there any more.", "", {}};
        }
        return fail(ErrorCode::not_found, "There is no repository " + name + ".",
                    "Look whether it was renamed, or whether this is another git host.");
    }
    if ((*found)->ssh_url != claimed) {
        return fail(ErrorCode::conflict,
                    "The repository " + name + " is at " + (*found)->ssh_url +
                        ", and the project's is at " + claimed + ".",
                    "Choose the git host that has the project's repositories.");
    }
    Outcome outcome = repository_outcome(change, side, **found, false);
    outcome.sentence = "The repository " + name + " is there.";
    return outcome;
}

// ---- what a vault was given

/// Takes off the host what `find` finds there; it may be gone already.
template <typename Find, typename Remove>
Result<Outcome> retire(Change& change, const Side& side, Outcome outcome, Find find,
                       Remove remove) {
    if (side.repository.id.empty()) {
        return outcome;
    }
    const std::lock_guard lock(change.forge_mutex);
    const auto found = find(change.world.forge);
    if (!found) {
        return fail(found.error());
    }
    if (*found) {
        if (auto gone = remove(change.world.forge, (*found)->id); !gone) {
            return fail(gone.error());
        }
    }
    return outcome;
}

Result<Outcome> retire_key(Change& change, const Side& side, const Former& former,
                           const StepCall& call) {
    const std::string fingerprint = former.fingerprint(side);
    return retire(
        change, side,
        {"The deploy key " + fingerprint + " of " + former.node.name + " is off " +
             side.choice.name + ".",
         "",
         {}},
        [&](forge::Forge& forge) {
            return forge.find_deploy_key(side.repository, fingerprint, call.stop);
        },
        [&](forge::Forge& forge, const std::string& id) {
            return forge.remove_deploy_key(side.repository, id, call.stop);
        });
}

Result<Undone> bring_key_back(Change& change, const Side& side, const Former& former,
                              const StepCall& call) {
    if (side.repository.id.empty()) {
        return Undone{false};
    }
    const std::lock_guard lock(change.forge_mutex);
    forge::Forge& forge = change.world.forge;
    auto found = forge.find_deploy_key(side.repository, former.fingerprint(side), call.stop);
    if (!found) {
        return fail(found.error());
    }
    if (*found) {
        return Undone{false};
    }
    auto key = forge.add_deploy_key(
        side.repository, "tau " + change.draft.name + " for " + former.node.name,
        keys::ssh_public_line(former.bundle(side).deploy_key.point, change.draft.name), call.stop);
    return key ? Result<Undone>(Undone{}) : fail(key.error());
}

std::string former_hook_url(const Change& change, const Side& side, const Former& former) {
    return client_of(change, former.node).hook_url(former.registration_id(), side.role);
}

Result<Outcome> retire_webhook(Change& change, const Side& side, const Former& former,
                               const StepCall& call) {
    return retire(
        change, side,
        {"Pushes to " + side.choice.name + " are no longer told to " + former.node.name + ".",
         "",
         {}},
        [&](forge::Forge& forge) {
            return forge.find_webhook(side.repository, former_hook_url(change, side, former),
                                      call.stop);
        },
        [&](forge::Forge& forge, const std::string& id) {
            return forge.remove_webhook(side.repository, id, call.stop);
        });
}

Result<Undone> bring_webhook_back(Change& change, const Side& side, const Former& former,
                                  const StepCall& call) {
    if (side.repository.id.empty()) {
        return Undone{false};
    }
    auto secret = former_webhook(change, side, former);
    if (!secret) {
        return fail(secret.error());
    }
    if (!*secret) {
        return Undone{false, "The webhook of " + side.choice.name + " for " + former.node.name +
                                 " stays away: its secret is not on this computer. Rotate the "
                                 "keys to have one again."};
    }
    const std::lock_guard lock(change.forge_mutex);
    forge::Forge& forge = change.world.forge;
    const std::string url = former_hook_url(change, side, former);
    auto found = forge.find_webhook(side.repository, url, call.stop);
    if (!found) {
        return fail(found.error());
    }
    if (*found) {
        return Undone{false};
    }
    auto hook = forge.add_webhook(side.repository, url, webhook_text(**secret, former.bundle(side)),
                                  call.stop);
    return hook ? Result<Undone>(Undone{}) : fail(hook.error());
}

// ---- the registration

/// Asked before anything is noted: a vault that is away leaves the way back open.
Result<std::optional<Outcome>> look_for_registration(Change& change, const Former& former,
                                                     const StepCall& call) {
    if (auto loaded = change.load_owner(); !loaded) {
        return fail(loaded.error());
    }
    const auto status =
        client_of(change, former.node, patient_enough)
            .status(former.registration_id(), *change.owner, change.world.clock.now(), call.stop);
    if (status && status->state == "active") {
        return std::nullopt;
    }
    if (status || status.error().code == ErrorCode::not_found) {
        return Outcome{"The registration with " + former.node.name + " has ended.", "", {}};
    }
    if (does_not_answer(status.error()) && change.removal.without_answer) {
        return Outcome{former.node.name + " does not answer. It may keep its sealed copy of the "
                                          "keys; they no longer open the repositories.",
                       "",
                       {{"answered", "no"}}};
    }
    Error error = status.error();
    if (does_not_answer(error)) {
        error.hint = "Try again when it is back, undo, or begin again with --without-answer: its "
                     "keys will not open the repositories any more in any case.";
    }
    return fail(std::move(error));
}

Result<Outcome> revoke_former(Change& change, const Former& former, const StepCall& call) {
    const auto gone =
        client_of(change, former.node, patient_enough)
            .revoke(former.registration_id(), *change.owner, change.world.clock.now(), call.stop);
    if (!gone) {
        return fail(gone.error());
    }
    return Outcome{
        former.node.name + " has ended the registration and erased the sealed keys.", "", {}};
}

// ---- what stays of a removed project

/// Somebody may have gone on working since the plan was made.
Result<void> check_work(const Change& change) {
    LocalProject project;
    std::error_code code;
    for (const Side& side : change.sides) {
        if (const fs::path clone = change.clone(side); fs::is_directory(clone, code)) {
            (side.role == vault::Role::configuration ? project.configuration : project.code) =
                clone;
        }
    }
    const auto work = unsaved_work(project);
    if (!work) {
        return fail(work.error());
    }
    if (!work->empty()) {
        return fail(ErrorCode::conflict,
                    "The project's clones hold work that is nowhere else: " + listed(*work) + ".",
                    "Commit and push it, or put it elsewhere, then try again.");
    }
    return {};
}

/// First out of the way, whole: what is left of a clone after a crash no longer says whether there
/// was work in it.
Result<void> remove_files(const Change& change) {
    const fs::path folder = change.project_folder();
    const fs::path leaving = folder.string() + ".removing";
    std::error_code code;
    if (fs::exists(folder, code)) {
        if (!change.removal.discard_work) {
            if (auto checked = check_work(change); !checked) {
                return checked;
            }
        }
        if (fs::exists(change.export_file(), code)) { // or it would be listed
            fs::rename(change.export_file(), change.export_file().string() + ".removed", code);
        }
        if (!code) {
            fs::rename(folder, leaving, code);
        }
    }
    if (!code) {
        fs::remove_all(leaving, code);
    }
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot remove " + folder.string() + ": " + code.message() + ".");
    }
    return {};
}

Result<Outcome> drop_project(const Change& change) {
    std::error_code code;
    if (change.removal.files) {
        if (auto removed = remove_files(change); !removed) {
            return fail(removed.error());
        }
    } else if (fs::exists(change.export_file(), code)) {
        fs::rename(change.export_file(), change.export_file().string() + ".removed", code);
    }
    if (code) {
        return fail(ErrorCode::io,
                    "Cannot remove " + change.export_file().string() + ": " + code.message() + ".");
    }
    return Outcome{change.removal.files ? "The project's files are gone from this disk."
                                        : "The project is off the list; its clones stay in " +
                                              change.project_folder().string() + ".",
                   "",
                   {}};
}

} // namespace

Result<std::optional<keys::WebhookSecret>> former_webhook(const Change& change, const Side& side,
                                                          const Former& former) {
    const std::string name =
        webhook_secret_name(change.project_id, side.role, former.node.node_id());
    for (const std::string& one : {name, name + "/previous"}) {
        auto scalar = change.world.secrets.get(one);
        if (!scalar) {
            return fail(scalar.error());
        }
        auto secret = *scalar ? keys::WebhookSecret::from_scalar(**scalar)
                              : Result<keys::WebhookSecret>(fail(ErrorCode::not_found, ""));
        if (secret && secret->commitment() == former.bundle(side).webhook.point) {
            return std::optional(std::move(*secret));
        }
    }
    return std::nullopt;
}

Step find_repository_step(Change& change, Side& side, int lane) {
    Step step = side_step("find-repository", side, lane);
    step.plan =
        "Look at the repository " + change.full_name(side) + " on " + change.draft.git_host + ".";
    step.run = [&](const StepCall& call) { return find_repository(change, side, call); };
    step.learn = [&](const Facts& facts) -> Result<void> {
        learn_repository(change, side, facts);
        return {};
    };
    return step;
}

Step retire_key_step(Change& change, const Side& side, const Former& former, int lane) {
    Step step = former_step("retire-key", side, former, lane);
    // The key of a rotation's end has a successor; otherwise it is simply the vault's.
    const std::string which = change.kind == ChangeKind::rotate ? "old deploy key " : "deploy key ";
    step.plan = "Take the " + which + former.fingerprint(side) + " of " + former.node.name +
                " off " + side.choice.name + ".";
    step.run = [&](const StepCall& call) { return retire_key(change, side, former, call); };
    step.undo_sentence = [&, which](const StepCall&) {
        return "The " + which + former.fingerprint(side) + " of " + former.node.name +
               " comes back to " + side.choice.name + ".";
    };
    step.undo = [&](const StepCall& call) { return bring_key_back(change, side, former, call); };
    return step;
}

Step retire_webhook_step(Change& change, const Side& side, const Former& former, int lane) {
    Step step = former_step("retire-webhook", side, former, lane);
    step.plan = "Take the webhook for " + former.node.name + " off " + side.choice.name + ".";
    step.run = [&](const StepCall& call) { return retire_webhook(change, side, former, call); };
    step.undo_sentence = [&](const StepCall&) {
        return "The webhook for " + former.node.name + " comes back to " + side.choice.name + ".";
    };
    step.undo = [&](const StepCall& call) {
        return bring_webhook_back(change, side, former, call);
    };
    return step;
}

Step revoke_step(Change& change, const Former& former, int stage) {
    Step step = former_step("revoke", former, stage);
    step.is_final = true;
    step.plan =
        "End the registration with " + former.node.name + ", which then erases the sealed keys.";
    step.look = [&](const StepCall& call) { return look_for_registration(change, former, call); };
    step.run = [&](const StepCall& call) { return revoke_former(change, former, call); };
    return step;
}

Step delete_repository_step(Change& change, const Side& side) {
    Step step = side_step("delete-repository", side, 0);
    step.is_final = true;
    step.plan = "Delete the repository " + change.full_name(side) + " with all that is in it.";
    step.run = [&](const StepCall& call) -> Result<Outcome> {
        const std::lock_guard lock(change.forge_mutex);
        if (!side.repository.id.empty()) {
            auto gone = change.world.forge.delete_repository(side.repository.id, call.stop);
            if (!gone && gone.error().code != ErrorCode::not_found) {
                return fail(gone.error());
            }
        }
        return Outcome{"The repository " + change.full_name(side) + " is deleted.", "", {}};
    };
    return step;
}

Step drop_project_step(Change& change) {
    Step step;
    step.id = "drop-project";
    step.is_final = true;
    step.plan =
        !change.removal.files ? "Take the project off the list and leave its clones."
        : change.lost_work.empty()
            ? "Remove the project's files from this disk."
            : "Remove the project's files from this disk, with work that is nowhere else: " +
                  change.lost_work + ".";
    step.run = [&](const StepCall&) { return drop_project(change); };
    return step;
}

} // namespace tau::flow
