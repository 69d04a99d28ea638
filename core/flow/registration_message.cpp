// What a change sends to vaults, whichever kind of change it is.

#include "core/flow/change.h"

#include <algorithm>

namespace tau::flow {

namespace {

/// A vault that is gone must not hold a change up for minutes.
const vault::RetryPolicy few_tries{2, std::chrono::milliseconds{300}, std::chrono::seconds{10}};

std::vector<vault::Deployment> everywhere(const Change& change) {
    std::vector<vault::Deployment> rows;
    for (const Side& side : change.sides) {
        rows.push_back({"*", side.role, change.draft.branch, ""});
    }
    return rows;
}

std::optional<std::vector<vault::Deployment>>
ask_for_deployments(const Change& change, const Former& former, const std::stop_token& stop) {
    auto status =
        client_of(change, former.node, few_tries)
            .status(former.registration_id(), *change.owner, change.world.clock.now(), stop);
    if (!status || status->state != "active") {
        return std::nullopt;
    }
    return std::move(status->deployments);
}

} // namespace

vault::Client client_of(const Change& change, const vault::NodeRecord& node,
                        vault::RetryPolicy policy) {
    return {change.world.http, change.world.entropy, node, policy};
}

std::vector<vault::Deployment> present_deployments(const Change& change, const Keeper& keeper,
                                                   const std::stop_token& stop) {
    const Former* same = change.former(keeper);
    if (same != nullptr) {
        if (auto rows = ask_for_deployments(change, *same, stop)) {
            return std::move(*rows);
        }
    }
    for (const Former& former : change.formers) {
        auto rows = &former == same ? std::nullopt : ask_for_deployments(change, former, stop);
        if (rows) {
            return std::move(*rows);
        }
    }
    return change.before ? change.before->vaults.front().registration.deployments
                         : everywhere(change);
}

Result<vault::Registration> make_registration(Change& change, const Keeper& keeper,
                                              const std::array<Bytes, 2>& sealed,
                                              const std::stop_token& stop) {
    vault::Registration registration;
    registration.project_id = change.project_id;
    registration.project_name = change.draft.name;
    registration.owner_key = change.owner->public_key();
    const vault::NodeRecord& node =
        keeper.current_node.endpoint.empty() ? keeper.node : keeper.current_node;
    registration.deployments = present_deployments(change, keeper, stop);
    auto challenge = client_of(change, node).challenge(registration.owner_key, stop);
    if (!challenge) {
        return fail(challenge.error());
    }
    registration.challenge = std::move(*challenge);
    const std::lock_guard lock(change.forge_mutex);
    auto host_keys = change.world.forge.host_keys(stop);
    if (!host_keys) {
        return fail(host_keys.error());
    }
    for (std::size_t i = 0; i < change.sides.size(); ++i) {
        const Side& side = change.sides[i];
        registration.repositories[i] = {side.role, side.repository.ssh_url, *host_keys,
                                        change.draft.branch, sealed[i]};
    }
    vault::sign(registration, *change.owner);
    return registration;
}

Result<vault::RegistrationAnswer> submit(const Change& change, const Keeper& keeper,
                                         const vault::Registration& registration,
                                         const std::stop_token& stop) {
    const vault::NodeRecord& node =
        keeper.current_node.endpoint.empty() ? keeper.node : keeper.current_node;
    vault::Client client = client_of(change, node);
    const std::int64_t now = change.world.clock.now();
    return keeper.rotates
               ? client.replace_sealed(keeper.registration_id, registration, *change.owner, now,
                                       stop)
               : client.register_project(registration, keeper.idempotency_key, now, stop);
}

} // namespace tau::flow
