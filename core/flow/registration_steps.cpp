#include "core/flow/creation.h"

#include "core/base/file.h"
#include "core/vault/retry.h"

#include <algorithm>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds webhook_patience{8};
constexpr std::chrono::milliseconds first_pause{5}; ///< each is twice as long as the one before
constexpr std::chrono::milliseconds longest_pause{640};

vault::Client client(const Creation& creation, const vault::NodeRecord& node) {
    return {creation.world.http, creation.world.entropy, node};
}

/// The node's record of today: the list it was chosen from may be days old.
Result<void> refresh_node(const Creation& creation, Keeper& keeper, std::stop_token stop) {
    auto record =
        client(creation, keeper.node).fetch_record(creation.world.clock.now(), std::move(stop));
    if (!record) {
        return fail(record.error());
    }
    if (record->seal_key != keeper.node.seal_key) {
        return fail(ErrorCode::conflict,
                    "The vault " + keeper.node.name +
                        " has changed the key that your keys were sealed to.",
                    "Undo this creation and begin again.");
    }
    keeper.current_node = std::move(*record);
    return {};
}

Result<vault::Registration> make_registration(Creation& creation, const Keeper& keeper,
                                              std::stop_token stop) {
    vault::Registration registration;
    registration.project_id = creation.project_id;
    registration.project_name = creation.draft.name;
    registration.owner_key = creation.owner->public_key();
    auto challenge = client(creation, keeper.current_node).challenge(registration.owner_key, stop);
    if (!challenge) {
        return fail(challenge.error());
    }
    registration.challenge = std::move(*challenge);
    const std::lock_guard lock(creation.forge_mutex);
    auto host_keys = creation.world.forge.host_keys(stop);
    if (!host_keys) {
        return fail(host_keys.error());
    }
    for (std::size_t i = 0; i < creation.sides.size(); ++i) {
        const Side& side = creation.sides[i];
        const Bytes& sealed = keeper.grant(side).sealed;
        if (sealed.empty()) {
            return fail(ErrorCode::not_found,
                        "The keys of " + side.choice.name + " sealed to " + keeper.node.name +
                            " are no longer on this disk.",
                        "Undo this creation and begin again.");
        }
        registration.repositories[i] = {side.role, side.repository.ssh_url, *host_keys,
                                        creation.draft.branch, sealed};
        registration.deployments.push_back({"*", side.role, creation.draft.branch, ""});
    }
    vault::sign(registration, *creation.owner);
    return registration;
}

Outcome registered(const Keeper& keeper, const vault::RegistrationAnswer& answer) {
    return {"The vault " + keeper.node.name + " has checked and registered the project.",
            "",
            {{"registration_id", answer.registration_id},
             {"receipt", vault::to_json(*answer.receipt)},
             {"record", to_base64(vault::encode(keeper.current_node))}}};
}

/// The record that the vault showed when the registration was first sent: its receipt is of that
/// time, and the vault may have renewed its record since.
vault::NodeRecord record_at(const Creation& creation, const Keeper& keeper,
                            const vault::Receipt& receipt) {
    if (const auto bytes = read_file(creation.record_file(keeper), 4096)) {
        auto kept = vault::decode_record(as_bytes(*bytes), receipt.time);
        if (kept && kept->sign_key == keeper.node.sign_key) {
            return std::move(*kept);
        }
    }
    return keeper.current_node;
}

/// Sends again what an earlier try sent; nullopt when there is nothing or it was refused.
Result<std::optional<Outcome>> send_again(Creation& creation, Keeper& keeper,
                                          std::stop_token stop) {
    auto json = read_file(creation.registration_file(keeper), vault::max_registration_size);
    if (!json) {
        return std::nullopt;
    }
    auto registration = vault::parse_registration(*json);
    if (!registration) {
        return std::nullopt; // half-written by another version: ask anew
    }
    auto answer = client(creation, keeper.current_node)
                      .register_project(*registration, creation.idempotency_key,
                                        creation.world.clock.now(), stop);
    if (answer) {
        keeper.current_node = record_at(creation, keeper, *answer->receipt);
        return registered(keeper, *answer);
    }
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::permission_denied || code == ErrorCode::unauthenticated ||
        code == ErrorCode::invalid_argument) {
        return std::nullopt; // most often: its challenge has expired
    }
    return fail(answer.error());
}

Result<Outcome> register_project(Creation& creation, Keeper& keeper, const StepCall& call) {
    if (auto known = refresh_node(creation, keeper, call.stop); !known) {
        return fail(known.error());
    }
    auto before = send_again(creation, keeper, call.stop);
    if (!before) {
        return fail(before.error());
    }
    if (*before) {
        return std::move(**before);
    }
    auto registration = make_registration(creation, keeper, call.stop);
    if (!registration) {
        return fail(registration.error());
    }
    // The record first: whoever finds the registration finds the record that belongs to it.
    auto kept = write_file_atomic(creation.record_file(keeper), vault::encode(keeper.current_node));
    if (kept) {
        kept = write_file_atomic(creation.registration_file(keeper), vault::to_json(*registration));
    }
    if (!kept) {
        return fail(kept.error());
    }
    creation.point("registration kept/" + std::to_string(keeper.number));
    auto answer = client(creation, keeper.current_node)
                      .register_project(*registration, creation.idempotency_key,
                                        creation.world.clock.now(), call.stop);
    return answer ? Result<Outcome>(registered(keeper, *answer))
                  : Result<Outcome>(fail(answer.error()));
}

/// Takes in receipt, record and request for the export. When they cannot be read, the export says
/// so; undoing must go on without them.
Result<void> learn_registration(const Creation& creation, Keeper& keeper, const Facts& facts) {
    auto receipt = vault::parse_receipt(fact(facts, "receipt"));
    auto bytes = from_base64(fact(facts, "record"));
    auto json = read_file(creation.registration_file(keeper), vault::max_registration_size);
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
bool was_sent(const Creation& creation, const Keeper& keeper) {
    std::error_code code;
    return fs::exists(creation.registration_file(keeper), code) || code;
}

Result<Undone> revoke(Creation& creation, const Keeper& keeper, std::stop_token stop) {
    if (!was_sent(creation, keeper)) {
        return Undone{false};
    }
    if (auto loaded = creation.load_owner(); !loaded) {
        return fail(loaded.error());
    }
    const auto was_there = client(creation, keeper.node)
                               .revoke(keeper.registration_id, *creation.owner,
                                       creation.world.clock.now(), std::move(stop));
    return was_there ? Result<Undone>(Undone{*was_there}) : fail(was_there.error());
}

bool webhooks_seen(const Creation& creation, const Keeper& keeper, std::stop_token stop) {
    const auto status = client(creation, keeper.current_node)
                            .status(keeper.registration_id, *creation.owner,
                                    creation.world.clock.now(), std::move(stop));
    return status && status->webhook_seen[0] != 0 && status->webhook_seen[1] != 0;
}

Result<Outcome> check_webhooks(Creation& creation, const Keeper& keeper, const StepCall& call) {
    for (const Side& side : creation.sides) {
        const std::lock_guard lock(creation.forge_mutex);
        auto asked = creation.world.forge.ping_webhook(side.repository, keeper.grant(side).hook_id,
                                                       call.stop);
        if (!asked) {
            return fail(asked.error());
        }
    }
    const auto end = std::chrono::steady_clock::now() + webhook_patience;
    auto pause = first_pause;
    do {
        if (webhooks_seen(creation, keeper, call.stop)) {
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

Result<Outcome> store_export(Creation& creation) {
    project::Export file;
    file.project_id = creation.project_id;
    file.name = creation.draft.name;
    file.description = creation.draft.description;
    file.email = creation.draft.email;
    file.created_at = creation.planned_at;
    for (const Keeper& keeper : creation.keepers) {
        if (keeper.receipt.registration_id.empty()) {
            return fail(ErrorCode::corrupt,
                        "The receipt of " + keeper.node.name + " cannot be read any more.",
                        "Undo the creation and begin again.");
        }
        file.vaults.push_back({vault::encode(keeper.current_node), creation.idempotency_key,
                               keeper.registration, vault::to_json(keeper.registration),
                               keeper.receipt});
    }
    for (std::size_t i = 0; i < creation.sides.size(); ++i) {
        const Side& side = creation.sides[i];
        file.claims[i] = vault::make_claim(*creation.owner, creation.project_id, side.role,
                                           side.repository.ssh_url);
    }
    project::sign(file, *creation.owner);
    const fs::path path = creation.export_file();
    if (auto made = make_private_directory(creation.project_folder()); !made) {
        return fail(made.error());
    }
    if (auto kept = write_file_atomic(path, project::to_yaml(file)); !kept) {
        return fail(kept.error());
    }
    return Outcome{"All proofs and receipts are in " + path.string() + ".", path.string(), {}};
}

} // namespace

Step register_step(Creation& creation, Keeper& keeper) {
    Step step = keeper_step("register", keeper);
    step.plan = "Register the project with the vault " + keeper.node.name + ".";
    step.run = [&](const StepCall& call) { return register_project(creation, keeper, call); };
    step.learn = [&](const Facts& facts) { return learn_registration(creation, keeper, facts); };
    step.undo_sentence = [&](const StepCall&) {
        return "The registration with " + keeper.node.name + ", which then erases the sealed keys.";
    };
    step.undo = [&](const StepCall& call) { return revoke(creation, keeper, call.stop); };
    return step;
}

Step check_step(Creation& creation, Keeper& keeper) {
    Step step = keeper_step("check-webhooks", keeper);
    step.plan = "Check that pushes reach " + keeper.node.name + ".";
    step.run = [&](const StepCall& call) { return check_webhooks(creation, keeper, call); };
    return step;
}

Step export_step(Creation& creation) {
    Step step;
    step.id = "store-export";
    step.plan = "Write project.yaml with all proofs and receipts.";
    step.run = [&](const StepCall&) { return store_export(creation); };
    step.undo_sentence = [&](const StepCall&) {
        return "The file " + creation.export_file().string() + ".";
    };
    step.undo = [&](const StepCall&) { return remove_own_file(creation.export_file()); };
    return step;
}

} // namespace tau::flow
