#include "core/flow/create_project.h"

#include "core/flow/journalled_flow.h"
#include "core/project/config.h"

#include <algorithm>

namespace tau::flow {

/// Records count as of the plan: they live for days, and an unfinished creation may wait for
/// longer.
Result<void> settle_creation(Change& change) {
    change.sides[0].role = vault::Role::configuration;
    change.sides[0].choice = change.draft.configuration;
    change.sides[1].role = vault::Role::code;
    change.sides[1].choice = change.draft.code;
    for (const project::VaultChoice& choice : change.draft.vaults) {
        auto record = vault::decode_record(choice.record, change.planned_at);
        if (!record) {
            return fail(record.error());
        }
        if (record->node_id() != choice.node_id || record->seq == vault::tombstone_seq) {
            return fail(ErrorCode::invalid_argument,
                        "The vault " + record->name + " cannot be chosen: its record is " +
                            (record->seq == vault::tombstone_seq ? "the end of its key."
                                                                 : "that of another node."),
                        "Choose another vault, or fetch the network's list again.");
        }
        Keeper& keeper = change.keepers.emplace_back();
        keeper.number = change.keepers.size();
        keeper.node = std::move(*record);
        keeper.idempotency_key = change.idempotency_key;
    }
    return {};
}

Result<std::unique_ptr<Flow>> plan_create_project(const project::Draft& draft,
                                                  const vault::Network& network, World& world) {
    const auto issues = project::validate(draft);
    if (!issues.empty()) {
        return fail(ErrorCode::invalid_argument, issues.front().sentence);
    }
    const auto& hosts = network.git_hosts;
    if (std::none_of(hosts.begin(), hosts.end(),
                     [&](const vault::GitHost& host) { return host.name == draft.git_host; })) {
        return fail(ErrorCode::invalid_argument,
                    "The network has no git host named \"" + draft.git_host + "\".",
                    "Choose one of the network's git hosts.");
    }
    auto change = std::make_unique<Change>(world);
    change->draft = draft;
    change->network = network;
    change->planned_at = world.clock.now();
    change->project_id = project::new_project_id(world.entropy);
    change->flow_id = new_flow_id(draft.name, world.entropy);
    std::array<std::uint8_t, 16> key{};
    world.entropy.fill(key);
    change->idempotency_key = to_hex(key);
    if (auto settled = settle_creation(*change); !settled) {
        return fail(settled.error());
    }
    for (Keeper& keeper : change->keepers) {
        for (Grant& grant : keeper.grants) {
            grant.deploy_key = keys::DeployKey::generate(world.entropy);
            grant.webhook = keys::WebhookSecret::generate(world.entropy);
            grant.fingerprint = grant.deploy_key->fingerprint();
        }
    }
    return journalled_flow(std::move(change));
}

} // namespace tau::flow
