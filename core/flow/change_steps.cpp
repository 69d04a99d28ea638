// Which steps a change has, in their order.

#include "core/flow/change.h"

namespace tau::flow {

namespace {

using Steps = std::vector<Step>;

/// Two lanes: while one repository waits for the git host, something else is done for the other.
void for_sides(Steps& steps, Change& change, Step (*make)(Change&, Side&, int)) {
    steps.push_back(make(change, change.sides[0], 1));
    steps.push_back(make(change, change.sides[1], 2));
}

template <typename Make>
void for_keepers(Steps& steps, Change& change, const Make& make) {
    for (Keeper& keeper : change.keepers) {
        steps.push_back(make(change, change.sides[0], keeper, 1));
        steps.push_back(make(change, change.sides[1], keeper, 2));
    }
}

template <typename Make>
void for_formers(Steps& steps, Change& change, int stage, const Make& make) {
    for (const Former& former : change.formers) {
        for (std::size_t i = 0; i < change.sides.size(); ++i) {
            steps.push_back(make(change, change.sides[i], former, static_cast<int>(i) + 1));
            steps.back().stage = stage;
        }
    }
}

/// A lane for each vault.
void each_keeper(Steps& steps, Change& change, int stage, Step (*make)(Change&, Keeper&)) {
    for (Keeper& keeper : change.keepers) {
        steps.push_back(make(change, keeper));
        steps.back().stage = stage;
    }
}

Steps creation_steps(Change& change) {
    Steps steps{make_keys_step(change)};
    for_sides(steps, change, create_repository_step);
    for_sides(steps, change, push_step);
    for (Keeper& keeper : change.keepers) {
        for (const auto make : {seal_step, deploy_key_step, webhook_step}) {
            steps.push_back(make(change, change.sides[0], keeper, 1));
            steps.push_back(make(change, change.sides[1], keeper, 2));
        }
    }
    each_keeper(steps, change, 1, register_step);
    each_keeper(steps, change, 1, check_step);
    steps.push_back(export_step(change));
    return steps;
}

/// At each moment the vault's key opens the repositories: the new key is added before the vault
/// gets it, and the old one removed once the vault has logged in with the new.
Steps rotation_steps(Change& change) {
    Steps steps{make_keys_step(change)};
    for_sides(steps, change, find_repository_step);
    for_keepers(steps, change, seal_step);
    for_keepers(steps, change, deploy_key_step);
    each_keeper(steps, change, 1, register_step);
    for_keepers(steps, change, renew_webhook_step);
    each_keeper(steps, change, 3, check_step);
    for_formers(steps, change, 4, retire_key_step);
    steps.push_back(settle_keys_step(change));
    steps.push_back(export_step(change));
    return steps;
}

/// The new vaults have all of it, and project.yaml names them, before the old ones lose anything.
Steps move_steps(Change& change) {
    Steps steps{make_keys_step(change)};
    for_sides(steps, change, find_repository_step);
    for_keepers(steps, change, seal_step);
    for_keepers(steps, change, deploy_key_step);
    for_keepers(steps, change, webhook_step);
    each_keeper(steps, change, 1, register_step);
    each_keeper(steps, change, 1, check_step);
    steps.push_back(export_step(change));
    for (const Former& former : change.formers) {
        steps.push_back(revoke_step(change, former, 2));
    }
    for_formers(steps, change, 3, retire_webhook_step);
    for_formers(steps, change, 3, retire_key_step);
    steps.push_back(settle_keys_step(change));
    return steps;
}

/// What can be brought back goes first. From the end of the first registration on there is no way
/// back, so that nothing is left half.
Steps removal_steps(Change& change) {
    Steps steps;
    for_sides(steps, change, find_repository_step);
    for_formers(steps, change, 1, retire_webhook_step);
    for_formers(steps, change, 1, retire_key_step);
    for (const Former& former : change.formers) {
        steps.push_back(revoke_step(change, former, 2));
    }
    for (const Side& side : change.sides) {
        if (change.removal.repositories) {
            steps.push_back(delete_repository_step(change, side));
        }
    }
    steps.push_back(settle_keys_step(change));
    steps.push_back(drop_project_step(change));
    return steps;
}

} // namespace

std::vector<Step> steps_of(Change& change) {
    switch (change.kind) {
    case ChangeKind::create:
        return creation_steps(change);
    case ChangeKind::rotate:
        return rotation_steps(change);
    case ChangeKind::move:
        return move_steps(change);
    case ChangeKind::remove:
        return removal_steps(change);
    }
    return {};
}

std::string title_of(const Change& change) {
    const std::string& name = change.draft.name;
    switch (change.kind) {
    case ChangeKind::create:
        return "Create project " + name;
    case ChangeKind::rotate:
        return "Rotate the keys of project " + name;
    case ChangeKind::move:
        return "Move project " + name;
    case ChangeKind::remove:
        return "Remove project " + name;
    }
    return {};
}

std::string_view to_string(ChangeKind kind) {
    switch (kind) {
    case ChangeKind::create:
        return "create";
    case ChangeKind::rotate:
        return "rotate";
    case ChangeKind::move:
        return "move";
    case ChangeKind::remove:
        return "remove";
    }
    return "";
}

Result<ChangeKind> change_kind_from_string(std::string_view text) {
    for (const ChangeKind kind :
         {ChangeKind::create, ChangeKind::rotate, ChangeKind::move, ChangeKind::remove}) {
        if (text == to_string(kind)) {
            return kind;
        }
    }
    return fail(ErrorCode::corrupt, "The record is of a change that this program does not know.",
                "Use the version of the program that began it.");
}

} // namespace tau::flow
