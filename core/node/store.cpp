#include "core/node/store.h"

#include "core/node/schema.h"
#include "core/node/store_values.h"

#include <sstream>

namespace tau::node {

namespace {

std::vector<std::string> split(const std::string& joined) {
    std::vector<std::string> lines;
    std::istringstream in(joined);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

} // namespace

Hash32 bundle_hash(ByteView bundle) {
    return tagged_hash32("TauREG1-sealed", bundle);
}

Result<std::unique_ptr<Store>> Store::open(std::unique_ptr<Database> database, std::int64_t now) {
    if (const Result<void> ready = migrate(*database, now); !ready) {
        return fail(ready.error());
    }
    // A crash may have come between an erasure and its scrubbing.
    if (const Result<void> scrubbed = database->scrub(); !scrubbed) {
        return fail(scrubbed.error());
    }
    return std::unique_ptr<Store>(new Store(std::move(database)));
}

Result<void> Store::run(std::string_view sql, const std::vector<Value>& parameters) {
    const auto done = database_->run(sql, parameters);
    if (!done) {
        return fail(done.error());
    }
    return {};
}

Result<std::optional<std::string>> Store::meta(const std::string& key) {
    const auto rows = database_->run("SELECT v FROM meta WHERE k = $1", {key});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(rows->front().text(0));
}

Result<std::string> Store::change_meta(const std::string& key, const NextMeta& next) {
    std::string value;
    const Result<void> done = database_->transaction([&]() -> Result<void> {
        const auto known = meta(key);
        if (!known) {
            return fail(known.error());
        }
        auto made = next(*known);
        if (!made) {
            return fail(made.error());
        }
        value = std::move(*made);
        return value == *known ? Result<void>()
                               : run("INSERT INTO meta(k, v) VALUES($1, $2) ON CONFLICT(k) DO "
                                     "UPDATE SET v = $2",
                                     {key, value});
    });
    return done ? Result<std::string>(std::move(value)) : fail(done.error());
}

Result<std::optional<KnownRequest>> Store::find_request(const seal::Point& owner_key,
                                                        const std::string& idempotency_key) {
    const auto rows = database_->run("SELECT body_hash, state, answer FROM registration "
                                     "WHERE owner_key = $1 AND idempotency_key = $2",
                                     {blob(owner_key), idempotency_key});
    if (!rows) {
        return fail(rows.error());
    }
    if (rows->empty()) {
        return std::nullopt;
    }
    const Row& row = rows->front();
    return KnownRequest{fixed<32>(row.bytes(0)), row.text(1), row.text(2)};
}

Result<bool> Store::is_redeemed(ByteView challenge_nonce) {
    const auto rows =
        database_->run("SELECT 1 FROM used_challenge WHERE nonce = $1", {blob(challenge_nonce)});
    return rows.map([](const Rows& found) { return !found.empty(); });
}

Result<bool> Store::nonce_is_taken(const Hash32& nonce, const Hash32& hash) {
    const auto rows =
        database_->run("SELECT 1 FROM used_nonce WHERE nonce = $1 AND bundle_hash <> $2",
                       {blob(nonce), blob(hash)});
    return rows.map([](const Rows& found) { return !found.empty(); });
}

Result<std::optional<seal::Point>> Store::project_owner(const std::string& project_id) {
    const auto rows = database_->run(
        "SELECT owner_key FROM registration WHERE project_id = $1 AND state = 'active'",
        {project_id});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(fixed<32>(rows->front().bytes(0)));
}

Result<void> Store::erase_secrets(const std::string& id) {
    for (const char* sql : {"DELETE FROM sealed WHERE registration_id = $1",
                            "DELETE FROM ref_state WHERE registration_id = $1",
                            "DELETE FROM delivery WHERE registration_id = $1"}) {
        if (const auto done = run(sql, {id}); !done) {
            return done;
        }
    }
    return {};
}

Result<std::vector<std::string>> Store::replace_older(const NewRegistration& added) {
    const auto older =
        database_->run("SELECT id FROM registration WHERE project_id = $1 AND owner_key = $2 "
                       "AND state = 'active'",
                       {added.registration.project_id, blob(added.registration.owner_key)});
    if (!older) {
        return fail(older.error());
    }
    std::vector<std::string> ids;
    for (const Row& row : *older) {
        ids.push_back(row.text(0));
        if (auto done = erase_secrets(row.text(0)); !done) {
            return fail(done.error());
        }
        if (auto done = run("UPDATE registration SET state = 'replaced', updated_at = $2 "
                            "WHERE id = $1",
                            {row.text(0), added.now});
            !done) {
            return fail(done.error());
        }
    }
    return ids;
}

/// A nonce belongs to one content for good, whatever becomes of the registration.
Result<void> Store::insert_nonce(const NewRegistration& added, std::size_t index) {
    const Hash32& nonce = added.bundles[index].deploy_key.context.nonce;
    const Hash32 hash = bundle_hash(added.registration.repositories[index].sealed);
    const auto taken = nonce_is_taken(nonce, hash);
    if (!taken) {
        return fail(taken.error());
    }
    if (*taken) {
        return fail(ErrorCode::already_exists, "The seal's nonce was used before.");
    }
    return run("INSERT INTO used_nonce(nonce, bundle_hash) VALUES($1, $2) ON CONFLICT DO NOTHING",
               {blob(nonce), blob(hash)});
}

Result<void> Store::insert_repository(const NewRegistration& added, std::size_t index) {
    const vault::RegisteredRepository& repository = added.registration.repositories[index];
    const std::string& id = added.answer.registration_id;
    const std::string role = text(repository.role);
    const auto done =
        run("INSERT INTO repository(registration_id, role, url, host_keys, "
            "default_branch, webhook_seen) VALUES($1, $2, $3, $4, $5, 0)",
            {id, role, repository.url, join(repository.host_keys), repository.default_branch});
    return done.and_then([&] { return insert_sealed(added, index, 1); });
}

Result<void> Store::insert_sealed(const NewRegistration& added, std::size_t index,
                                  std::int64_t version) {
    const vault::RegisteredRepository& repository = added.registration.repositories[index];
    return insert_nonce(added, index).and_then([&] {
        return run("INSERT INTO sealed(registration_id, role, version, bundle, nonce, bundle_hash, "
                   "created_at) VALUES($1, $2, $3, $4, $5, $6, $7)",
                   {added.answer.registration_id, text(repository.role), version, repository.sealed,
                    blob(added.bundles[index].deploy_key.context.nonce),
                    blob(bundle_hash(repository.sealed)), added.now});
    });
}

Result<void> Store::redeem(const NewRegistration& added) {
    return run("INSERT INTO used_challenge(nonce, expires_at) VALUES($1, $2)",
               {added.challenge_nonce, added.challenge_expires});
}

Result<std::vector<std::string>> Store::insert(const NewRegistration& added) {
    const auto withdrawn =
        is_withdrawn(added.registration.owner_key, added.answer.registration_id, added.now);
    if (!withdrawn || *withdrawn) {
        return withdrawn ? fail(ErrorCode::conflict, "The owner withdrew this registration.")
                         : fail(withdrawn.error());
    }
    if (auto redeemed = redeem(added); !redeemed) {
        return fail(redeemed.error());
    }
    auto replaced = replace_older(added);
    if (!replaced) {
        return replaced;
    }
    if (auto done = insert_registration(added); !done) {
        return fail(done.error());
    }
    return replaced;
}

Result<void> Store::insert_registration(const NewRegistration& added) {
    const vault::Registration& registration = added.registration;
    const std::string& id = added.answer.registration_id;
    Result<void> done =
        run("INSERT INTO registration(id, owner_key, idempotency_key, body_hash, project_id, "
            "project_name, state, created_at, updated_at, answer) "
            "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
            {id, blob(registration.owner_key), added.idempotency_key, blob(added.body_hash),
             registration.project_id, registration.project_name, added.answer.state, added.now,
             vault::to_json(added.answer)});
    for (std::size_t i = 0; done && i < registration.repositories.size(); ++i) {
        done = insert_repository(added, i);
    }
    return done.and_then([&] { return insert_checks(id, added.answer.checks); })
        .and_then([&] { return insert_deployments(id, registration.deployments); })
        .and_then([&] { return audit(added.now, registration.owner_key, "register", id); });
}

Result<std::vector<std::string>> Store::add(const NewRegistration& added) {
    std::vector<std::string> replaced;
    const Result<void> done = database_->in_turn([&]() -> Result<void> {
        return insert(added).map(
            [&replaced](std::vector<std::string>&& ids) { replaced = std::move(ids); });
    });
    if (!done) {
        const bool is_open = done.error().code == ErrorCode::already_exists ||
                             done.error().code == ErrorCode::timeout;
        return is_open ? fail(ErrorCode::conflict, "Another request was faster.")
                       : fail(done.error());
    }
    if (!replaced.empty()) {
        scrubber_.request();
    }
    return replaced;
}

Result<std::optional<StoredRegistration>> Store::find(const std::string& id) {
    const auto rows = database_->run(
        "SELECT g.owner_key, g.project_id, g.state, coalesce(r.answer, g.answer), "
        "coalesce(r.version, 1), r.body_hash FROM registration g LEFT JOIN rotation r "
        "ON r.registration_id = g.id WHERE g.id = $1 ORDER BY r.version DESC LIMIT 1",
        {id});
    if (!rows) {
        return fail(rows.error());
    }
    if (rows->empty()) {
        return std::nullopt;
    }
    const Row& row = rows->front();
    StoredRegistration found{id, fixed<32>(row.bytes(0)), row.text(1), row.text(2), row.text(3),
                             {}};
    found.sealed_version = row.integer(4);
    if (!row.bytes(5).empty()) {
        found.rotated_by = fixed<32>(row.bytes(5));
    }
    const auto repositories = database_->run(
        "SELECT r.role, r.url, r.host_keys, r.default_branch, r.webhook_seen, s.bundle "
        "FROM repository r LEFT JOIN sealed s ON s.registration_id = r.registration_id "
        "AND s.role = r.role WHERE r.registration_id = $1 ORDER BY s.version",
        {id});
    if (!repositories) {
        return fail(repositories.error());
    }
    for (const Row& one : *repositories) {
        const vault::Role role = role_of(one.text(0));
        found.repositories[static_cast<std::size_t>(role)] = StoredRepository{
            role, one.text(1), split(one.text(2)), one.text(3), one.integer(4), one.bytes(5)};
    }
    return found;
}

Result<std::vector<std::string>> Store::active_ids() {
    const auto rows =
        database_->run("SELECT id FROM registration WHERE state = 'active' ORDER BY created_at");
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<std::string> ids;
    for (const Row& row : *rows) {
        ids.push_back(row.text(0));
    }
    return ids;
}

Result<void> Store::revoke(const std::string& id, std::int64_t now) {
    const Result<void> done = database_->in_turn([&]() -> Result<void> {
        const auto rows =
            database_->run("UPDATE registration SET state = 'revoked', updated_at = $2 "
                           "WHERE id = $1 AND state = 'active' RETURNING owner_key",
                           {id, now});
        if (!rows) {
            return fail(rows.error());
        }
        if (rows->empty()) {
            return {};
        }
        return erase_secrets(id).and_then(
            [&] { return audit(now, rows->front().bytes(0), "revoke", id); });
    });
    return done.and_then([this] { return database_->scrub(); });
}

} // namespace tau::node
