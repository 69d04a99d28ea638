#include "core/flow/change.h"

#include "core/base/file.h"
#include "core/vault/retry.h"

#include <algorithm>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr int most_challenges = 5; ///< until a vault that refuses each is believed
constexpr std::chrono::seconds webhook_patience{8};
constexpr std::chrono::milliseconds first_pause{5}; ///< each is twice as long as the one before
constexpr std::chrono::milliseconds longest_pause{640};

/// The node's record of today: the list it was chosen from may be days old.
Result<void> refresh_node(const Change& change, Keeper& keeper, std::stop_token stop) {
    auto record =
        client_of(change, keeper.node).fetch_record(change.world.clock.now(), std::move(stop));
    if (!record) {
        return fail(record.error());
    }
    if (record->seal_key != keeper.node.seal_key) {
        return fail(ErrorCode::conflict,
                    "The vault " + keeper.node.name +
                        " has changed the key that your keys were sealed to.",
                    "Undo this change and begin again.");
    }
    keeper.current_node = std::move(*record);
    return {};
}

Outcome registered(const Keeper& keeper, const vault::RegistrationAnswer& answer) {
    return {"The vault " + keeper.node.name +
                (keeper.rotates ? " logged in with the new keys and erased the old ones."
                                : " has checked and registered the project."),
            "",
            {{"registration_id", answer.registration_id},
             {"receipt", vault::to_json(*answer.receipt)},
             {"record", to_base64(vault::encode(keeper.current_node))}}};
}

/// The record that the vault showed when the registration was first sent: its receipt is of that
/// time, and the vault may have renewed its record since.
vault::NodeRecord record_at(const Change& change, const Keeper& keeper,
                            const vault::Receipt& receipt) {
    if (const auto bytes = read_file(change.record_file(keeper), 4096)) {
        auto kept = vault::decode_record(as_bytes(*bytes), receipt.time);
        if (kept && kept->sign_key == keeper.node.sign_key) {
            return std::move(*kept);
        }
    }
    return keeper.current_node;
}

/// Sends again what an earlier try sent; nullopt when there is nothing or it was refused.
Result<std::optional<Outcome>> send_again(Change& change, Keeper& keeper, std::stop_token stop) {
    auto json = read_file(change.registration_file(keeper), vault::max_registration_size);
    if (!json) {
        return std::nullopt;
    }
    auto registration = vault::parse_registration(*json);
    if (!registration) {
        return std::nullopt; // half-written by another version: ask anew
    }
    auto answer = submit(change, keeper, *registration, stop);
    if (answer) {
        keeper.current_node = record_at(change, keeper, *answer->receipt);
        return registered(keeper, *answer);
    }
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::permission_denied || code == ErrorCode::unauthenticated ||
        code == ErrorCode::invalid_argument) {
        return std::nullopt; // most often: its challenge has expired
    }
    return fail(answer.error());
}

/// Sends a registration with a challenge of its own.
Result<vault::RegistrationAnswer> register_anew(Change& change, Keeper& keeper,
                                                const std::array<Bytes, 2>& sealed,
                                                const StepCall& call) {
    auto registration = make_registration(change, keeper, sealed, call.stop);
    if (!registration) {
        return fail(registration.error());
    }
    // The record first: whoever finds the registration finds the record that belongs to it.
    auto kept = write_file_atomic(change.record_file(keeper), vault::encode(keeper.current_node));
    if (kept) {
        kept = write_file_atomic(change.registration_file(keeper), vault::to_json(*registration));
    }
    if (!kept) {
        return fail(kept.error());
    }
    change.point("registration kept/" + std::to_string(keeper.number));
    return submit(change, keeper, *registration, call.stop);
}

Result<Outcome> register_project(Change& change, Keeper& keeper, const StepCall& call) {
    if (auto known = refresh_node(change, keeper, call.stop); !known) {
        return fail(known.error());
    }
    auto before = send_again(change, keeper, call.stop);
    if (!before) {
        return fail(before.error());
    }
    if (*before) {
        return std::move(**before);
    }
    std::array<Bytes, 2> sealed;
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        sealed[i] = keeper.grants[i].sealed;
        if (sealed[i].empty()) {
            return fail(ErrorCode::not_found,
                        "The keys of " + change.sides[i].choice.name + " sealed to " +
                            keeper.node.name + " are no longer on this disk.",
                        "Undo this change and begin again.");
        }
    }
    for (int tries = 1;; ++tries) {
        auto answer = register_anew(change, keeper, sealed, call);
        if (answer) {
            return registered(keeper, *answer);
        }
        if (tries == most_challenges || !vault::wants_new_challenge(answer.error())) {
            return fail(answer.error());
        }
    }
}

/// Takes in receipt, record and request for the export. When they cannot be read, the export says
/// so; undoing must go on without them.
Result<void> learn_registration(const Change& change, Keeper& keeper, const Facts& facts) {
    auto receipt = vault::parse_receipt(fact(facts, "receipt"));
    auto bytes = from_base64(fact(facts, "record"));
    auto json = read_file(change.registration_file(keeper), vault::max_registration_size);
    if (!receipt || !bytes || !json) {
        return {};
    }
    auto record = vault::decode_record(*bytes, receipt->time);
    auto registration = vault::parse_registration(*json);
    if (record && registration) {
        keeper.receipt = std::move(*receipt);
        keeper.current_node = std::move(*record);
        keeper.registration = std::move(*registration);
    }
    return {};
}

/// Whether the vault may know of the registration. One that was down all the time does not, and
/// need not be reached to take nothing back.
bool was_sent(const Change& change, const Keeper& keeper) {
    std::error_code code;
    return fs::exists(change.registration_file(keeper), code) || code;
}

/// The vault has erased them, so they are sealed data of project.yaml again, sent as a rotation.
Result<Undone> give_old_keys_back(Change& change, const Keeper& keeper,
                                  const std::stop_token& stop) {
    const Former* former = change.former(keeper);
    const auto& repositories = former->enrolment.registration.repositories;
    auto registration =
        make_registration(change, keeper, {repositories[0].sealed, repositories[1].sealed}, stop);
    if (!registration) {
        return fail(registration.error());
    }
    const auto answer = submit(change, keeper, *registration, stop);
    return answer ? Result<Undone>(Undone{}) : fail(answer.error());
}

Result<Undone> revoke(Change& change, const Keeper& keeper, std::stop_token stop) {
    if (!was_sent(change, keeper)) {
        return Undone{false};
    }
    if (auto loaded = change.load_owner(); !loaded) {
        return fail(loaded.error());
    }
    if (keeper.rotates) {
        return give_old_keys_back(change, keeper, stop);
    }
    const auto was_there = client_of(change, keeper.node)
                               .revoke(keeper.registration_id, *change.owner,
                                       change.world.clock.now(), std::move(stop));
    return was_there ? Result<Undone>(Undone{*was_there}) : fail(was_there.error());
}

bool webhooks_seen(const Change& change, const Keeper& keeper, std::stop_token stop) {
    const auto status = client_of(change, keeper.current_node)
                            .status(keeper.registration_id, *change.owner, change.world.clock.now(),
                                    std::move(stop));
    return status && status->webhook_seen[0] != 0 && status->webhook_seen[1] != 0;
}

Result<Outcome> check_webhooks(Change& change, const Keeper& keeper, const StepCall& call) {
    for (const Side& side : change.sides) {
        const std::lock_guard lock(change.forge_mutex);
        auto asked =
            change.world.forge.ping_webhook(side.repository, keeper.grant(side).hook_id, call.stop);
        if (!asked) {
            return fail(asked.error());
        }
    }
    const auto end = std::chrono::steady_clock::now() + webhook_patience;
    auto pause = first_pause;
    do {
        if (webhooks_seen(change, keeper, call.stop)) {
            return Outcome{"Pushes to both repositories reach " + keeper.node.name + ".", "", {}};
        }
        if (!vault::wait_for(pause, call.stop)) {
            return fail(ErrorCode::cancelled, "The check of the webhooks was stopped.");
        }
        pause = std::min(2 * pause, longest_pause);
    } while (std::chrono::steady_clock::now() < end);
    // Git hosts deliver late at times; the vault asks by itself, too.
    return Outcome{keeper.node.name + " has not heard from both webhooks yet; it also looks at "
                                      "the repositories by itself every 15 minutes.",
                   "",
                   {}};
}

Result<project::Enrolment> enrolment(const Keeper& keeper) {
    if (keeper.receipt.registration_id.empty()) {
        return fail(ErrorCode::corrupt,
                    "The receipt of " + keeper.node.name + " cannot be read any more.",
                    "Undo the change and begin again.");
    }
    return project::Enrolment{vault::encode(keeper.current_node), keeper.idempotency_key,
                              keeper.registration, vault::to_json(keeper.registration),
                              keeper.receipt};
}

project::Export first_export(const Change& change) {
    project::Export file;
    file.project_id = change.project_id;
    file.name = change.draft.name;
    file.description = change.draft.description;
    file.email = change.draft.email;
    file.created_at = change.planned_at;
    for (std::size_t i = 0; i < change.sides.size(); ++i) {
        const Side& side = change.sides[i];
        file.claims[i] =
            vault::make_claim(*change.owner, change.project_id, side.role, side.repository.ssh_url);
    }
    return file;
}

/// The vaults of the file as it was, each with what this change made of it; then those that came.
Result<std::vector<project::Enrolment>> enrolments(const Change& change) {
    std::vector<project::Enrolment> found;
    std::vector<bool> placed(change.keepers.size());
    const std::vector<project::Enrolment> none;
    for (const auto& old : change.before ? change.before->vaults : none) {
        const auto keeper =
            std::find_if(change.keepers.begin(), change.keepers.end(), [&](const Keeper& one) {
                return one.node.node_id() == old.receipt.node_id;
            });
        if (keeper != change.keepers.end()) {
            placed[static_cast<std::size_t>(keeper - change.keepers.begin())] = true;
            auto made = enrolment(*keeper);
            if (!made) {
                return fail(made.error());
            }
            found.push_back(std::move(*made));
        } else if (std::none_of(change.formers.begin(), change.formers.end(),
                                [&](const Former& former) {
                                    return former.registration_id() == old.receipt.registration_id;
                                })) {
            found.push_back(old);
        }
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
        auto made = placed[i] ? Result<project::Enrolment>(project::Enrolment{})
                              : enrolment(change.keepers[i]);
        if (!made) {
            return fail(made.error());
        }
        if (!placed[i]) {
            found.push_back(std::move(*made));
        }
    }
    return found;
}

Result<Outcome> store_export(Change& change) {
    project::Export file = change.before ? *change.before : first_export(change);
    auto vaults = enrolments(change);
    if (!vaults) {
        return fail(vaults.error());
    }
    file.vaults = std::move(*vaults);
    project::sign(file, *change.owner);
    const fs::path path = change.export_file();
    if (auto made = make_private_directory(change.project_folder()); !made) {
        return fail(made.error());
    }
    if (auto kept = write_file_atomic(path, project::to_yaml(file)); !kept) {
        return fail(kept.error());
    }
    return Outcome{"All proofs and receipts are in " + path.string() + ".", path.string(), {}};
}

/// The file as it was, byte for byte; of a creation: none.
Result<Undone> restore_export(const Change& change) {
    if (!change.before) {
        return remove_own_file(change.export_file());
    }
    const auto before = read_file(change.former_export_file(), 2U << 20U);
    const auto kept = before ? write_file_atomic(change.export_file(), *before)
                             : Result<void>(fail(before.error()));
    return kept ? Result<Undone>(Undone{}) : fail(kept.error());
}

} // namespace

bool is_last(const Change& change) {
    std::error_code code;
    if (!change.before && !fs::exists(change.export_file(), code)) {
        return true; // of a project that was made here nothing is left but what the host has
    }
    LocalProject project;
    project.export_file = change.export_file();
    const auto now = load_export(project);
    const auto made = enrolments(change);
    if (!made) {
        return !change.before;
    }
    return now &&
           std::equal(now->vaults.begin(), now->vaults.end(), made->begin(), made->end(),
                      [](const project::Enrolment& one, const project::Enrolment& other) {
                          return vault::to_json(one.receipt) == vault::to_json(other.receipt);
                      });
}

Step register_step(Change& change, Keeper& keeper) {
    Step step = keeper_step(keeper.rotates ? "replace-sealed" : "register", keeper);
    step.plan = keeper.rotates
                    ? "Give " + keeper.node.name + " the new keys in place of the old ones."
                    : "Register the project with the vault " + keeper.node.name + ".";
    step.run = [&](const StepCall& call) { return register_project(change, keeper, call); };
    step.learn = [&](const Facts& facts) { return learn_registration(change, keeper, facts); };
    step.undo_sentence = [&](const StepCall&) -> std::optional<std::string> {
        const std::string with = keeper.node.name;
        if (keeper.rotates) {
            return "The new keys at " + with + ", which gets the old ones again.";
        }
        return "The registration with " + with + ", which then erases the sealed keys." +
               (change.former(keeper) != nullptr
                    ? " The one before it was replaced and does not come back."
                    : "");
    };
    step.undo = [&](const StepCall& call) { return revoke(change, keeper, call.stop); };
    return step;
}

Step check_step(Change& change, Keeper& keeper) {
    Step step = keeper_step("check-webhooks", keeper);
    step.plan = "Check that pushes reach " + keeper.node.name + ".";
    step.run = [&](const StepCall& call) { return check_webhooks(change, keeper, call); };
    return step;
}

Step export_step(Change& change) {
    Step step;
    step.id = "store-export";
    step.plan = "Write project.yaml with all proofs and receipts.";
    step.run = [&](const StepCall&) { return store_export(change); };
    step.undo_sentence = [&](const StepCall&) {
        return "The file " + change.export_file().string() +
               (change.before ? " becomes what it was." : ".");
    };
    step.undo = [&](const StepCall&) { return restore_export(change); };
    return step;
}

} // namespace tau::flow
