#include "core/node/store_values.h"

namespace tau::node {

Result<std::vector<vault::Check>> Store::checks(const std::string& id) {
    const auto rows = rows_.select(check_row::table, "registration_id = $1 ORDER BY ord", {id});
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<vault::Check> checks;
    for (const Row& row : *rows) {
        vault::Check check{row.text(check_row::name), row.text(check_row::target),
                           vault::Outcome::failed, row.text(check_row::reason),
                           row.text(check_row::sentence)};
        for (const auto outcome : {vault::Outcome::passed, vault::Outcome::failed,
                                   vault::Outcome::pending, vault::Outcome::noted}) {
            if (row.text(check_row::outcome) == vault::to_string(outcome)) {
                check.outcome = outcome;
            }
        }
        checks.push_back(std::move(check));
    }
    return checks;
}

Result<void> Store::insert_checks(const std::string& id, const std::vector<vault::Check>& checks) {
    Result<void> done = rows_.erase(check_row::table, "registration_id = $1", {id});
    std::int64_t ord = 0;
    for (const vault::Check& check : checks) {
        if (done) {
            done = rows_.insert(check_row::table, {id, ord++, check.name, check.target,
                                                   std::string(vault::to_string(check.outcome)),
                                                   check.reason, check.sentence});
        }
    }
    return done;
}

Result<void> Store::insert_deployments(const std::string& id,
                                       const std::vector<vault::Deployment>& deployments) {
    const auto known = rows_.select(deployed_row::table, "registration_id = $1", {id});
    if (!known) {
        return fail(known.error());
    }
    const std::int64_t before = known->empty() ? 0 : known->front().integer(deployed_row::changes);
    std::vector<Value> now{id, before + 1, blob(deployments_hash(deployments))};
    Result<void> done = known->empty() ? rows_.insert(deployed_row::table, std::move(now))
                                       : rows_.update(deployed_row::table, Row(std::move(now)));
    done = done.and_then(
        [&] { return rows_.erase(deployment_row::table, "registration_id = $1", {id}); });
    std::int64_t ord = 0;
    for (const vault::Deployment& deployment : deployments) {
        if (done) {
            done = rows_.insert(deployment_row::table,
                                {id, ord++, deployment.where, text(deployment.repository),
                                 deployment.branch, deployment.commit});
        }
    }
    return done;
}

Result<std::vector<vault::Deployment>> Store::deployments(const std::string& id) {
    const auto rows =
        rows_.select(deployment_row::table, "registration_id = $1 ORDER BY ord", {id});
    if (!rows) {
        return fail(rows.error());
    }
    return deployments_of(*rows);
}

/// Within a transaction. Whoever saw a request must not bring its deployments back with it.
Result<Deploying> Store::deploy(const std::string& id, const vault::SignedRequest& request,
                                const std::vector<vault::Deployment>& wanted) {
    const auto active = is_active(id);
    if (!active) {
        return fail(active.error());
    }
    if (!*active) { // revoked since it was looked up
        return Deploying::ended;
    }
    const auto used = is_redeemed(request.id);
    if (!used) {
        return fail(used.error());
    }
    if (*used) { // sent again by whoever had no answer, unless there was another since
        return deployments(id).map([&wanted](const auto& now) {
            return deployments_hash(now) == deployments_hash(wanted) ? Deploying::repeated
                                                                     : Deploying::used;
        });
    }
    return rows_.insert(used_challenge_row::table, {blob(request.id), request.until})
        .and_then([&] { return insert_deployments(id, wanted); })
        .map([] { return Deploying::done; });
}

Result<Deploying> Store::set_deployments(const std::string& id, const vault::SignedRequest& request,
                                         const std::vector<vault::Deployment>& deployments,
                                         std::int64_t now) {
    Deploying outcome = Deploying::done;
    const Result<void> done = audited(now, [&]() -> Result<std::optional<Event>> {
        const auto deployed = deploy(id, request, deployments);
        if (!deployed) {
            return fail(deployed.error());
        }
        outcome = *deployed;
        return outcome == Deploying::done ? std::optional(Event{blob(request.owner), "deploy", id})
                                          : std::nullopt;
    });
    return done.map([&outcome] { return outcome; });
}

/// In place of the present keys, in the transaction that it is called in.
Result<void> Store::replace_keys(const NewRegistration& added, std::int64_t version) {
    const std::string& id = added.answer.registration_id;
    Result<void> done = rows_.erase(sealed_row::table, "registration_id = $1", {id});
    for (std::size_t i = 0; done && i < added.registration.repositories.size(); ++i) {
        const vault::RegisteredRepository& repository = added.registration.repositories[i];
        done = insert_sealed(added, i, version).and_then([&] {
            return rows_.change(repository_row::table, "registration_id = $1 AND role = $2",
                                {id, text(repository.role)}, [&](Row& row) {
                                    row.set(repository_row::host_keys, join(repository.host_keys));
                                    row.set(repository_row::default_branch,
                                            repository.default_branch);
                                    row.set(repository_row::webhook_seen, std::int64_t{0});
                                });
        });
    }
    return done
        .and_then([&] {
            // Of the older ones only that they were: an owner may rotate any number of times.
            return rows_.change(rotation_row::table, "registration_id = $1 AND answer <> ''", {id},
                                [](Row& row) { row.set(rotation_row::answer, std::string()); });
        })
        .and_then([&] {
            return rows_.insert(rotation_row::table,
                                {id, version, blob(added.body_hash), added.text, added.now});
        })
        .and_then([&] { return insert_checks(id, added.answer.checks); })
        .and_then([&] { return insert_deployments(id, added.registration.deployments); });
}

Result<void> Store::rotate(const NewRegistration& added) {
    const std::string& id = added.answer.registration_id;
    const Result<void> done = audited(added.now, [&]() -> Result<std::optional<Event>> {
        const auto known = find_now(id);
        if (!known) {
            return fail(known.error());
        }
        if (!*known || (*known)->state != "active" ||
            (*known)->owner_key != added.registration.owner_key) {
            return fail(ErrorCode::conflict, "The registration has ended.");
        }
        const auto replaced = redeem(added).and_then(
            [&] { return replace_keys(added, (*known)->sealed_version + 1); });
        if (!replaced) {
            return fail(replaced.error());
        }
        return Event{blob(added.registration.owner_key), "rotate", id};
    });
    if (!done) {
        return done.error().code == ErrorCode::already_exists
                   ? fail(ErrorCode::conflict, "Another request was faster.")
                   : done;
    }
    return scrub();
}

Result<std::optional<std::string>> Store::active_registration(const std::string& project_id) {
    const auto rows =
        rows_.select(registration_row::table, "project_id = $1 AND state = 'active'", {project_id});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(rows->front().text(registration_row::id));
}

} // namespace tau::node
