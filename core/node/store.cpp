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

Result<std::unique_ptr<Store>> Store::open(std::unique_ptr<Database> database, const Secret& key,
                                           const std::filesystem::path& audit_head,
                                           std::int64_t now) {
    auto store = std::unique_ptr<Store>(new Store(std::move(database), key, audit_head));
    auto last = migrate(*store->database_, store->barrier_, store->head_, now).and_then([&] {
        return store->check_head();
    });
    if (!last) {
        return fail(last.error());
    }
    if (last->seq > 0) {
        store->head_.note(std::move(*last));
    }
    // A crash may have come between an erasure and its scrubbing.
    if (const auto scrubbed = store->scrub();
        !scrubbed && scrubbed.error().code != ErrorCode::unavailable) {
        return fail(scrubbed.error());
    }
    return store;
}

Result<std::unique_ptr<Store>> Store::open_to_read(std::unique_ptr<Database> database,
                                                   const Secret& key,
                                                   const std::filesystem::path& audit_head) {
    auto store = std::unique_ptr<Store>(new Store(std::move(database), key, audit_head));
    const auto same = check_schema(*store->database_, store->barrier_).and_then([&] {
        return store->check_head();
    });
    return same ? Result<std::unique_ptr<Store>>(std::move(store)) : fail(same.error());
}

Result<std::optional<std::string>> Store::meta(const std::string& key) {
    const auto rows = rows_.select(meta_row::table, "k = $1", {key});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(rows->front().text(meta_row::v));
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
        if (value == *known) {
            return {};
        }
        return *known ? rows_.update(meta_row::table, Row({key, value}))
                      : rows_.insert(meta_row::table, {key, value});
    });
    return done ? Result<std::string>(std::move(value)) : fail(done.error());
}

Result<std::optional<KnownRequest>> Store::find_request(const seal::Point& owner_key,
                                                        const std::string& idempotency_key) {
    const auto rows =
        rows_.select(registration_row::table, "owner_key = $1 AND idempotency_key = $2",
                     {blob(owner_key), idempotency_key});
    if (!rows) {
        return fail(rows.error());
    }
    if (rows->empty()) {
        return std::nullopt;
    }
    const Row& row = rows->front();
    return KnownRequest{fixed<32>(row.bytes(registration_row::body_hash)),
                        row.text(registration_row::state), row.text(registration_row::answer)};
}

Result<bool> Store::is_redeemed(ByteView challenge_nonce) {
    return rows_.select(used_challenge_row::table, "nonce = $1", {blob(challenge_nonce)})
        .map([](const Rows& found) { return !found.empty(); });
}

Result<bool> Store::nonce_is_taken(const Hash32& nonce, const Hash32& hash) {
    return rows_
        .select(used_nonce_row::table, "nonce = $1 AND bundle_hash <> $2",
                {blob(nonce), blob(hash)})
        .map([](const Rows& found) { return !found.empty(); });
}

Result<std::int64_t> Store::projects_beside(const seal::Point& owner_key,
                                            const std::string& project_id) {
    return database_
        ->run("SELECT count(*) FROM registration WHERE owner_key = $1 AND state = 'active' "
              "AND project_id <> $2",
              {blob(owner_key), project_id})
        .map([](const Rows& counted) { return counted.front().integer(0); });
}

Result<std::optional<seal::Point>> Store::project_owner(const std::string& project_id) {
    const auto rows =
        rows_.select(registration_row::table, "project_id = $1 AND state = 'active'", {project_id});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty()
               ? std::nullopt
               : std::optional(fixed<32>(rows->front().bytes(registration_row::owner_key)));
}

Result<void> Store::erase_secrets(const std::string& id) {
    Result<void> done;
    for (const Table* table : {&sealed_row::table, &ref_row::table, &gone_row::table,
                               &look_row::table, &delivery_row::table}) {
        if (done) {
            done = rows_.erase(*table, "registration_id = $1", {id});
        }
    }
    return done;
}

Result<std::vector<std::string>> Store::replace_older(const NewRegistration& added) {
    auto older = rows_.select(registration_row::table,
                              "project_id = $1 AND owner_key = $2 AND state = 'active'",
                              {added.registration.project_id, blob(added.registration.owner_key)});
    if (!older) {
        return fail(older.error());
    }
    std::vector<std::string> ids;
    for (Row& row : *older) {
        ids.push_back(row.text(registration_row::id));
        row.set(registration_row::state, std::string("replaced"));
        row.set(registration_row::updated_at, added.now);
        const auto done = erase_secrets(ids.back()).and_then([&] {
            return rows_.update(registration_row::table, row);
        });
        if (!done) {
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
    return rows_.insert(used_nonce_row::table, {blob(nonce), blob(hash)},
                        GuardedRows::IfThere::stays);
}

Result<void> Store::insert_repository(const NewRegistration& added, std::size_t index) {
    const vault::RegisteredRepository& repository = added.registration.repositories[index];
    return rows_
        .insert(repository_row::table,
                {added.answer.registration_id, text(repository.role), repository.url,
                 join(repository.host_keys), repository.default_branch, std::int64_t{0}})
        .and_then([&] { return insert_sealed(added, index, 1); });
}

Result<void> Store::insert_sealed(const NewRegistration& added, std::size_t index,
                                  std::int64_t version) {
    const vault::RegisteredRepository& repository = added.registration.repositories[index];
    return insert_nonce(added, index).and_then([&] {
        return rows_.insert(sealed_row::table,
                            {added.answer.registration_id, text(repository.role), version,
                             repository.sealed, blob(added.bundles[index].deploy_key.context.nonce),
                             blob(bundle_hash(repository.sealed)), added.now});
    });
}

Result<void> Store::redeem(const NewRegistration& added) {
    return rows_.insert(used_challenge_row::table,
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
        rows_.insert(registration_row::table,
                     {id, blob(registration.owner_key), added.idempotency_key,
                      blob(added.body_hash), registration.project_id, registration.project_name,
                      added.answer.state, added.now, added.now, added.text});
    for (std::size_t i = 0; done && i < registration.repositories.size(); ++i) {
        done = insert_repository(added, i);
    }
    return done.and_then([&] { return insert_checks(id, added.answer.checks); }).and_then([&] {
        return insert_deployments(id, registration.deployments);
    });
}

Result<std::vector<std::string>> Store::add(const NewRegistration& added) {
    std::vector<std::string> replaced;
    const Result<void> done = audited(added.now, [&]() -> Result<std::optional<Event>> {
        auto ids = insert(added);
        if (!ids) {
            return fail(ids.error());
        }
        replaced = std::move(*ids);
        return Event{blob(added.registration.owner_key), "register", added.answer.registration_id};
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

Result<std::optional<StoredRegistration>> Store::find_now(const std::string& id) {
    const auto rows = rows_.select(registration_row::table, "id = $1", {id});
    if (!rows) {
        return fail(rows.error());
    }
    if (rows->empty()) {
        return std::nullopt;
    }
    const auto rotation = rows_.select(rotation_row::table,
                                       "registration_id = $1 ORDER BY version DESC LIMIT 1", {id});
    const auto repositories = rows_.select(repository_row::table, "registration_id = $1", {id});
    const auto sealed =
        rows_.select(sealed_row::table, "registration_id = $1 ORDER BY version", {id});
    for (const auto* read : {&rotation, &repositories, &sealed}) {
        if (!*read) {
            return fail(read->error());
        }
    }
    const Row& row = rows->front();
    StoredRegistration found;
    found.id = id;
    found.owner_key = fixed<32>(row.bytes(registration_row::owner_key));
    found.project_id = row.text(registration_row::project_id);
    found.state = row.text(registration_row::state);
    found.answer = row.text(registration_row::answer);
    if (!rotation->empty()) {
        const Row& newest = rotation->front();
        found.answer = newest.text(rotation_row::answer);
        found.sealed_version = newest.integer(rotation_row::version);
        found.rotated_by = fixed<32>(newest.bytes(rotation_row::body_hash));
    }
    for (const Row& one : *repositories) {
        const vault::Role role = role_of(one.text(repository_row::role));
        found.repositories[static_cast<std::size_t>(role)] = {
            role,
            one.text(repository_row::url),
            split(one.text(repository_row::host_keys)),
            one.text(repository_row::default_branch),
            one.integer(repository_row::webhook_seen),
            {}};
    }
    for (const Row& one : *sealed) {
        const vault::Role role = role_of(one.text(sealed_row::role));
        found.repositories[static_cast<std::size_t>(role)].sealed = one.bytes(sealed_row::bundle);
    }
    return found;
}

Result<std::optional<StoredRegistration>> Store::find(const std::string& id) {
    std::optional<StoredRegistration> found;
    const Result<void> done = database_->transaction([&]() -> Result<void> {
        auto now = find_now(id);
        if (!now) {
            return fail(now.error());
        }
        found = std::move(*now);
        return {};
    });
    return done ? Result<std::optional<StoredRegistration>>(std::move(found)) : fail(done.error());
}

Result<std::vector<std::string>> Store::active_ids() {
    // Without the rest of the rows, which may be many: whoever uses an id reads its row.
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
    const Result<void> done = audited(now, [&]() -> Result<std::optional<Event>> {
        auto rows = rows_.select(registration_row::table, "id = $1 AND state = 'active'", {id});
        if (!rows) {
            return fail(rows.error());
        }
        if (rows->empty()) {
            return std::nullopt;
        }
        Row& row = rows->front();
        row.set(registration_row::state, std::string("revoked"));
        row.set(registration_row::updated_at, now);
        if (const auto ended = rows_.update(registration_row::table, row).and_then([&] {
                return erase_secrets(id);
            });
            !ended) {
            return fail(ended.error());
        }
        return Event{row.bytes(registration_row::owner_key), "revoke", id};
    });
    return done.and_then([this] { return scrub(); });
}

Result<void> Store::scrub() {
    auto done = database_->scrub();
    if (!done) {
        scrubber_.request();
    }
    return done;
}

Result<void> Store::erased() {
    return scrubber_.is_done() ? Result<void>() : scrub();
}

} // namespace tau::node
