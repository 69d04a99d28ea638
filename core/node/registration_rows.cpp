#include "core/node/store_values.h"

namespace tau::node {

Result<std::vector<vault::Check>> Store::checks(const std::string& id) {
    const auto rows =
        database_->run("SELECT name, target, outcome, reason, sentence FROM check_row "
                       "WHERE registration_id = $1 ORDER BY ord",
                       {id});
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<vault::Check> checks;
    for (const Row& row : *rows) {
        vault::Check check{row.text(0), row.text(1), vault::Outcome::failed, row.text(3),
                           row.text(4)};
        for (const auto outcome : {vault::Outcome::passed, vault::Outcome::failed,
                                   vault::Outcome::pending, vault::Outcome::noted}) {
            if (row.text(2) == vault::to_string(outcome)) {
                check.outcome = outcome;
            }
        }
        checks.push_back(std::move(check));
    }
    return checks;
}

Result<void> Store::insert_checks(const std::string& id, const std::vector<vault::Check>& checks) {
    Result<void> done = run("DELETE FROM check_row WHERE registration_id = $1", {id});
    std::int64_t ord = 0;
    for (const vault::Check& check : checks) {
        if (done) {
            done =
                run("INSERT INTO check_row(registration_id, ord, name, target, outcome, "
                    "reason, sentence) VALUES($1, $2, $3, $4, $5, $6, $7)",
                    {id, ord++, check.name, check.target,
                     std::string(vault::to_string(check.outcome)), check.reason, check.sentence});
        }
    }
    return done;
}

Result<void> Store::insert_deployments(const std::string& id,
                                       const std::vector<vault::Deployment>& deployments) {
    Result<void> done = run("DELETE FROM deployment WHERE registration_id = $1", {id});
    std::int64_t ord = 0;
    for (const vault::Deployment& deployment : deployments) {
        if (done) {
            done = run("INSERT INTO deployment(registration_id, ord, place, role, branch, "
                       "commit_id) VALUES($1, $2, $3, $4, $5, $6)",
                       {id, ord++, deployment.where, text(deployment.repository), deployment.branch,
                        deployment.commit});
        }
    }
    return done;
}

Result<std::vector<vault::Deployment>> Store::deployments(const std::string& id) {
    const auto rows = database_->run("SELECT place, role, branch, commit_id FROM deployment "
                                     "WHERE registration_id = $1 ORDER BY ord",
                                     {id});
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<vault::Deployment> deployments;
    for (const Row& row : *rows) {
        deployments.push_back({row.text(0), role_of(row.text(1)), row.text(2), row.text(3)});
    }
    return deployments;
}

Result<bool> Store::set_deployments(const std::string& id, const seal::Point& owner_key,
                                    const std::vector<vault::Deployment>& deployments,
                                    std::int64_t now) {
    bool taken = false;
    const Result<void> done = database_->in_turn([&]() -> Result<void> {
        const auto active = is_active(id);
        if (!active) {
            return fail(active.error());
        }
        taken = *active;
        if (!taken) { // revoked since it was looked up
            return {};
        }
        return insert_deployments(id, deployments).and_then([&] {
            return audit(now, owner_key, "deploy", id);
        });
    });
    return done.map([&taken] { return taken; });
}

/// In place of the present keys, in the transaction that it is called in.
Result<void> Store::replace_keys(const NewRegistration& added, std::int64_t version) {
    const std::string& id = added.answer.registration_id;
    Result<void> done = run("DELETE FROM sealed WHERE registration_id = $1", {id});
    for (std::size_t i = 0; done && i < added.registration.repositories.size(); ++i) {
        const vault::RegisteredRepository& repository = added.registration.repositories[i];
        done = insert_sealed(added, i, version).and_then([&] {
            return run(
                "UPDATE repository SET host_keys = $3, default_branch = $4, "
                "webhook_seen = 0 WHERE registration_id = $1 AND role = $2",
                {id, text(repository.role), join(repository.host_keys), repository.default_branch});
        });
    }
    return done
        .and_then([&] {
            return run(
                "INSERT INTO rotation(registration_id, version, body_hash, answer, "
                "created_at) VALUES($1, $2, $3, $4, $5)",
                {id, version, blob(added.body_hash), vault::to_json(added.answer), added.now});
        })
        .and_then([&] { return insert_checks(id, added.answer.checks); })
        .and_then([&] { return insert_deployments(id, added.registration.deployments); })
        .and_then([&] { return audit(added.now, added.registration.owner_key, "rotate", id); });
}

Result<void> Store::rotate(const NewRegistration& added) {
    const Result<void> done = database_->in_turn([&]() -> Result<void> {
        const auto version =
            database_->run("SELECT coalesce(max(s.version), 1) FROM registration r "
                           "JOIN sealed s ON s.registration_id = r.id WHERE r.id = $1 "
                           "AND r.owner_key = $2 AND r.state = 'active' GROUP BY r.id",
                           {added.answer.registration_id, blob(added.registration.owner_key)});
        if (!version) {
            return fail(version.error());
        }
        if (version->empty()) {
            return fail(ErrorCode::conflict, "The registration has ended.");
        }
        return redeem(added).and_then(
            [&] { return replace_keys(added, version->front().integer(0) + 1); });
    });
    if (!done) {
        return done.error().code == ErrorCode::already_exists
                   ? fail(ErrorCode::conflict, "Another request was faster.")
                   : done;
    }
    return database_->scrub();
}

Result<std::optional<std::string>> Store::active_registration(const std::string& project_id) {
    const auto rows = database_->run(
        "SELECT id FROM registration WHERE project_id = $1 AND state = 'active'", {project_id});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(rows->front().text(0));
}

} // namespace tau::node
