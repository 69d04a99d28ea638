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
Result<void> refresh_node(Creation& creation, std::stop_token stop) {
    auto record =
        client(creation, creation.node).fetch_record(creation.world.clock.now(), std::move(stop));
    if (!record) {
        return fail(record.error());
    }
    if (record->seal_key != creation.node.seal_key) {
        return fail(ErrorCode::conflict,
                    "The vault " + creation.node.name +
                        " has changed the key that your keys were sealed to.",
                    "Undo this creation and begin again.");
    }
    creation.current_node = std::move(*record);
    return {};
}

Result<vault::Registration> make_registration(Creation& creation, std::stop_token stop) {
    vault::Registration registration;
    registration.project_id = creation.project_id;
    registration.project_name = creation.draft.name;
    registration.owner_key = creation.owner->public_key();
    auto challenge =
        client(creation, creation.current_node).challenge(registration.owner_key, stop);
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
        if (side.sealed.empty()) {
            return fail(ErrorCode::not_found,
                        "The sealed keys of " + side.choice.name + " are no longer on this disk.",
                        "Undo this creation and begin again.");
        }
        registration.repositories[i] = {side.role, side.repository.ssh_url, *host_keys,
                                        creation.draft.branch, side.sealed};
        registration.deployments.push_back({"*", side.role, creation.draft.branch, ""});
    }
    vault::sign(registration, *creation.owner);
    return registration;
}

Outcome registered(const Creation& creation, const vault::RegistrationAnswer& answer) {
    return {"The vault " + creation.node.name + " has checked and registered the project.",
            "",
            {{"registration_id", answer.registration_id},
             {"receipt", vault::to_json(*answer.receipt)},
             {"record", to_base64(vault::encode(creation.current_node))}}};
}

/// The record that the vault showed when the registration was first sent: its receipt is of that
/// time, and the vault may have renewed its record since.
vault::NodeRecord record_at(const Creation& creation, const vault::Receipt& receipt) {
    if (const auto bytes = read_file(creation.record_file(), 4096)) {
        auto kept = vault::decode_record(as_bytes(*bytes), receipt.time);
        if (kept && kept->sign_key == creation.node.sign_key) {
            return std::move(*kept);
        }
    }
    return creation.current_node;
}

/// Sends again what an earlier try sent; nullopt when there is nothing or it was refused.
Result<std::optional<Outcome>> send_again(Creation& creation, std::stop_token stop) {
    auto json = read_file(creation.registration_file(), vault::max_registration_size);
    if (!json) {
        return std::nullopt;
    }
    auto registration = vault::parse_registration(*json);
    if (!registration) {
        return std::nullopt; // half-written by another version: ask anew
    }
    auto answer = client(creation, creation.current_node)
                      .register_project(*registration, creation.idempotency_key,
                                        creation.world.clock.now(), stop);
    if (answer) {
        creation.current_node = record_at(creation, *answer->receipt);
        return registered(creation, *answer);
    }
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::permission_denied || code == ErrorCode::unauthenticated ||
        code == ErrorCode::invalid_argument) {
        return std::nullopt; // most often: its challenge has expired
    }
    return fail(answer.error());
}

Result<Outcome> register_project(Creation& creation, const StepCall& call) {
    if (auto known = refresh_node(creation, call.stop); !known) {
        return fail(known.error());
    }
    auto before = send_again(creation, call.stop);
    if (!before) {
        return fail(before.error());
    }
    if (*before) {
        return std::move(**before);
    }
    auto registration = make_registration(creation, call.stop);
    if (!registration) {
        return fail(registration.error());
    }
    // The record first: whoever finds the registration finds the record that belongs to it.
    auto kept = write_file_atomic(creation.record_file(), vault::encode(creation.current_node));
    if (kept) {
        kept = write_file_atomic(creation.registration_file(), vault::to_json(*registration));
    }
    if (!kept) {
        return fail(kept.error());
    }
    creation.point("registration kept");
    auto answer = client(creation, creation.current_node)
                      .register_project(*registration, creation.idempotency_key,
                                        creation.world.clock.now(), call.stop);
    return answer ? Result<Outcome>(registered(creation, *answer))
                  : Result<Outcome>(fail(answer.error()));
}

/// Takes in receipt, record and request for the export. When they cannot be read, the export says
/// so; undoing must go on without them.
Result<void> learn_registration(Creation& creation, const Facts& facts) {
    auto receipt = vault::parse_receipt(fact(facts, "receipt"));
    auto bytes = from_base64(fact(facts, "record"));
    auto json = read_file(creation.registration_file(), vault::max_registration_size);
    if (!receipt || !bytes || !json) {
        return {};
    }
    auto record = vault::decode_record(*bytes, receipt->time);
    auto registration = vault::parse_registration(*json);
    if (record && registration) {
        creation.receipt = std::move(*receipt);
        creation.current_node = std::move(*record);
        creation.registration = std::move(*registration);
    }
    return {};
}

Result<Undone> revoke(Creation& creation, std::stop_token stop) {
    if (auto loaded = creation.load_keys(); !loaded) {
        return fail(loaded.error());
    }
    const auto was_there = client(creation, creation.node)
                               .revoke(creation.registration_id, *creation.owner,
                                       creation.world.clock.now(), std::move(stop));
    return was_there ? Result<Undone>(Undone{*was_there}) : fail(was_there.error());
}

bool webhooks_seen(Creation& creation, std::stop_token stop) {
    const auto status = client(creation, creation.current_node)
                            .status(creation.registration_id, *creation.owner,
                                    creation.world.clock.now(), std::move(stop));
    return status && status->webhook_seen[0] != 0 && status->webhook_seen[1] != 0;
}

Result<Outcome> check_webhooks(Creation& creation, const StepCall& call) {
    for (const Side& side : creation.sides) {
        const std::lock_guard lock(creation.forge_mutex);
        auto asked = creation.world.forge.ping_webhook(side.repository, side.hook_id, call.stop);
        if (!asked) {
            return fail(asked.error());
        }
    }
    const auto end = std::chrono::steady_clock::now() + webhook_patience;
    auto pause = first_pause;
    do {
        if (webhooks_seen(creation, call.stop)) {
            return Outcome{"Pushes to both repositories reach " + creation.node.name + ".", "", {}};
        }
        if (!vault::wait_for(pause, call.stop)) {
            return fail(ErrorCode::cancelled, "The check of the webhooks was stopped.");
        }
        pause = std::min(2 * pause, longest_pause);
    } while (std::chrono::steady_clock::now() < end);
    // Git hosts deliver late at times; the vault asks by itself, too.
    return Outcome{creation.node.name + " has not heard from both webhooks yet; it also looks at "
                                        "the repositories by itself every 15 minutes.",
                   "",
                   {}};
}

Result<Outcome> store_export(Creation& creation) {
    if (creation.receipt.registration_id.empty()) {
        return fail(ErrorCode::corrupt, "The receipt of this creation cannot be read any more.",
                    "Undo the creation and begin again.");
    }
    project::Export file;
    file.project_id = creation.project_id;
    file.name = creation.draft.name;
    file.description = creation.draft.description;
    file.email = creation.draft.email;
    file.created_at = creation.planned_at;
    file.vault_record = vault::encode(creation.current_node);
    file.idempotency_key = creation.idempotency_key;
    file.registration = creation.registration;
    file.registration_body = vault::to_json(creation.registration);
    file.receipt = creation.receipt;
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
    return Outcome{"All proofs and the receipt are in " + path.string() + ".", path.string(), {}};
}

} // namespace

Step register_step(Creation& creation) {
    Step step;
    step.id = "register";
    step.plan = "Register the project with the vault " + creation.node.name + ".";
    step.run = [&](const StepCall& call) { return register_project(creation, call); };
    step.learn = [&](const Facts& facts) { return learn_registration(creation, facts); };
    step.undo_sentence = [&](const StepCall&) {
        return "The registration with " + creation.node.name +
               ", which then erases the sealed keys.";
    };
    step.undo = [&](const StepCall& call) { return revoke(creation, call.stop); };
    return step;
}

Step check_step(Creation& creation) {
    Step step;
    step.id = "check-webhooks";
    step.plan = "Check that pushes reach " + creation.node.name + ".";
    step.run = [&](const StepCall& call) { return check_webhooks(creation, call); };
    return step;
}

Step export_step(Creation& creation) {
    Step step;
    step.id = "store-export";
    step.plan = "Write project.yaml with all proofs and the receipt.";
    step.run = [&](const StepCall&) { return store_export(creation); };
    step.undo_sentence = [&](const StepCall&) {
        return "The file " + creation.export_file().string() + ".";
    };
    step.undo = [&](const StepCall&) { return remove_own_file(creation.export_file()); };
    return step;
}

} // namespace tau::flow
