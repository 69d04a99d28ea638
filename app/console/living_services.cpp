// What the window asks about a project's vaults, and the plans of its later changes.
#include "app/adapters/workplace.h"
#include "app/console/console_services.h"
#include "core/vault/client.h"

#include <algorithm>
#include <future>
#include <set>

namespace tau::app {

namespace {

using ui::ChangeWish;
using ui::VaultState;

/// A window waits: a vault that does not answer is told soon.
const vault::RetryPolicy brief{2, std::chrono::milliseconds{300}, std::chrono::seconds{8}};
/// Before it takes deployments, a vault asks the git host for the branches.
const vault::RetryPolicy patient{3, std::chrono::milliseconds{500}, std::chrono::seconds{60}};

Result<std::vector<VaultState>> vaults_of(const flow::LocalProject& project) {
    const auto file = flow::load_export(project);
    if (!file) {
        return fail(file.error());
    }
    std::vector<VaultState> found;
    for (const project::Enrolment& enrolment : file->vaults) {
        // As it signed itself then: a record lives for days, a project for years.
        auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
        if (!node) {
            return fail(node.error());
        }
        VaultState state;
        state.node = std::move(*node);
        state.registration_id = enrolment.receipt.registration_id;
        state.receipt = enrolment.receipt;
        found.push_back(std::move(state));
    }
    return found;
}

/// `ask(i)` for each of `count` vaults, at the same time.
template <typename Ask>
auto for_each_vault(std::size_t count, const Ask& ask) {
    using Answer = decltype(ask(std::size_t{0}));
    std::vector<std::future<Answer>> asking;
    asking.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        asking.push_back(std::async(std::launch::async, ask, i));
    }
    std::vector<Answer> answers;
    answers.reserve(count);
    for (auto& one : asking) {
        answers.push_back(one.get());
    }
    return answers;
}

/// What it tells the owner, and what it tells anyone about the parts that its deployments name.
Result<void> ask_status(vault::Client& client, const keys::OwnerKey& owner, std::int64_t now,
                        VaultState& state, const std::string& project_id, std::stop_token stop) {
    auto status = client.status(state.registration_id, owner, now, stop);
    if (!status) {
        return fail(status.error());
    }
    std::set<std::string> parts;
    for (const vault::Deployment& row : status->deployments) {
        if (!parts.insert(row.where).second) {
            continue;
        }
        auto version = client.version(project_id, vault::part_of(row.where), stop);
        if (!version) {
            return fail(version.error());
        }
        state.versions.push_back(std::move(*version));
    }
    state.status = std::move(*status);
    return {};
}

} // namespace

Result<keys::OwnerKey> ConsoleServices::owner_key() {
    const auto state = secrets_state();
    if (!state) {
        return fail(state.error());
    }
    const auto store = *state == ui::SecretsState::needs_new_passphrase
                           ? Result<SecretStore*>(nullptr)
                           : secrets();
    if (!store) {
        return fail(store.error());
    }
    auto seed = *store == nullptr ? Result<std::optional<Secret>>() : (*store)->get("owner");
    if (!seed) {
        return fail(seed.error());
    }
    return *seed ? keys::OwnerKey::from_seed(**seed)
                 : Result<keys::OwnerKey>(
                       fail(ErrorCode::not_found, "Your owner key is not on this computer.",
                            "Only a project's owner can ask its vaults. Import the key with: "
                            "tau-project owner-key import"));
}

Result<std::vector<VaultState>> ConsoleServices::ask_vaults(const flow::LocalProject& project,
                                                            std::stop_token stop) {
    auto vaults = vaults_of(project);
    if (!vaults) {
        return fail(vaults.error());
    }
    const auto owner = owner_key();
    return for_each_vault(vaults->size(), [&](std::size_t i) {
        VaultState state = std::move((*vaults)[i]);
        vault::Client client(http_, entropy_, state.node, brief);
        if (auto proofs = client.proofs(state.registration_id, stop)) {
            state.proofs = std::move(*proofs);
        } else {
            state.proofs_error = std::move(proofs.error());
        }
        const auto asked =
            owner ? ask_status(client, *owner, clock_.now(), state, project.project_id, stop)
                  : Result<void>(fail(owner.error()));
        if (!asked) {
            state.error = asked.error();
        }
        return state;
    });
}

Result<std::vector<ui::SentDeployments>>
ConsoleServices::send_deployments(const flow::LocalProject& project,
                                  const std::vector<vault::Deployment>& rows,
                                  const ui::VaultAnswered& answered, std::stop_token stop) {
    const auto vaults = vaults_of(project);
    if (!vaults) {
        return fail(vaults.error());
    }
    const auto owner = owner_key();
    if (!owner) {
        return fail(owner.error());
    }
    return for_each_vault(vaults->size(), [&](std::size_t i) {
        const VaultState& state = (*vaults)[i];
        vault::Client client(http_, entropy_, state.node, patient);
        auto answer =
            client.set_deployments(state.registration_id, rows, *owner, clock_.now(), stop);
        answered(i, answer);
        return answer;
    });
}

Result<std::optional<flow::LastChange>>
ConsoleServices::last_change(const flow::LocalProject& project) {
    return flow::last_change(data_, project.project_id);
}

/// Where the project was last changed with; of an imported one, the git host among the window's
/// networks that has its configuration repository.
Result<flow::FlowOrigin> ConsoleServices::origin(const flow::LocalProject& project,
                                                 std::stop_token stop) {
    auto known = flow::project_origin(data_, project.project_id);
    if (known || known.error().code != ErrorCode::not_found) {
        return known;
    }
    const auto file = flow::load_export(project);
    if (!file) {
        return fail(file.error());
    }
    std::vector<vault::Network> networks = known_networks(project.project_id);
    auto found = find_repository_host(networks, file->claims[0].repository_url, std::move(stop));
    if (!found) {
        return fail(found.error());
    }
    return flow::FlowOrigin{std::move(networks[found->network]), std::move(found->host)};
}

/// A registration anew is a move to where the project is, as these vaults describe themselves now.
Result<ChangeWish> ConsoleServices::settle(const ChangeWish& wish,
                                           const flow::LocalProject& project,
                                           std::stop_token stop) {
    ChangeWish settled = wish;
    if (wish.kind != ChangeWish::Kind::again) {
        return settled;
    }
    const auto vaults = vaults_of(project);
    if (!vaults) {
        return fail(vaults.error());
    }
    for (const VaultState& state : *vaults) {
        const auto& ids = wish.vaults;
        if (std::find(ids.begin(), ids.end(), state.node.node_id()) == ids.end()) {
            continue;
        }
        const auto record =
            vault::Client(http_, entropy_, state.node, brief).fetch_record(clock_.now(), stop);
        if (!record) {
            return fail(record.error());
        }
        settled.to.push_back(project::choice_of(*record));
    }
    return settled;
}

Result<std::shared_ptr<flow::Flow>> ConsoleServices::plan_change(const flow::LocalProject& project,
                                                                 const ChangeWish& wish,
                                                                 std::stop_token stop) {
    const auto place = origin(project, stop);
    if (!place) {
        return fail(place.error());
    }
    const auto settled = settle(wish, project, stop);
    if (!settled) {
        return fail(settled.error());
    }
    return make_flow(place->network, place->git_host,
                     [&](flow::World& world) -> Result<std::unique_ptr<flow::Flow>> {
                         switch (settled->kind) {
                         case ChangeWish::Kind::rotate:
                             return flow::plan_rotate_keys(project, settled->vaults, place->network,
                                                           place->git_host, world, stop);
                         case ChangeWish::Kind::move:
                         case ChangeWish::Kind::again:
                             return flow::plan_move_project(project, settled->vaults, settled->to,
                                                            settled->removal.without_answer,
                                                            place->network, place->git_host, world);
                         case ChangeWish::Kind::remove:
                             break;
                         }
                         return flow::plan_remove_project(project, settled->removal, place->network,
                                                          place->git_host, world);
                     });
}

} // namespace tau::app
