#include "core/node/schema.h"

#include "core/node/guarded_rows.h"
#include "core/node/store_values.h"

#include <array>
#include <span>

namespace tau::node {

namespace {

// Times are unix seconds. Only ever append to the list of migrations.
constexpr std::array first_schema{
    R"(CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL))",
    R"(CREATE TABLE registration(
        id TEXT PRIMARY KEY, owner_key BYTES NOT NULL, idempotency_key TEXT NOT NULL,
        body_hash BYTES NOT NULL, project_id TEXT NOT NULL, project_name TEXT NOT NULL,
        state TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
        answer TEXT NOT NULL, UNIQUE(owner_key, idempotency_key)))",
    R"(CREATE UNIQUE INDEX registration_live ON registration(project_id)
        WHERE state = 'active')",
    R"(CREATE TABLE repository(
        registration_id TEXT NOT NULL REFERENCES registration(id), role TEXT NOT NULL,
        url TEXT NOT NULL, host_keys TEXT NOT NULL, default_branch TEXT NOT NULL,
        webhook_seen BIGINT NOT NULL, PRIMARY KEY(registration_id, role)))",
    R"(CREATE TABLE sealed(
        registration_id TEXT NOT NULL REFERENCES registration(id), role TEXT NOT NULL,
        version INTEGER NOT NULL, bundle BYTES NOT NULL, nonce BYTES NOT NULL,
        bundle_hash BYTES NOT NULL, created_at BIGINT NOT NULL,
        PRIMARY KEY(registration_id, role, version)))",
    R"(CREATE INDEX sealed_nonce ON sealed(nonce))",
    R"(CREATE TABLE used_challenge(nonce BYTES PRIMARY KEY, expires_at BIGINT NOT NULL))",
    R"(CREATE INDEX used_challenge_expiry ON used_challenge(expires_at))",
    R"(CREATE TABLE check_row(
        registration_id TEXT NOT NULL REFERENCES registration(id), ord INTEGER NOT NULL,
        name TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
        sentence TEXT NOT NULL, PRIMARY KEY(registration_id, ord)))",
    R"(CREATE TABLE deployment(
        registration_id TEXT NOT NULL REFERENCES registration(id), ord INTEGER NOT NULL,
        place TEXT NOT NULL, role TEXT NOT NULL, branch TEXT NOT NULL, commit_id TEXT NOT NULL,
        PRIMARY KEY(registration_id, ord)))",
    R"(CREATE TABLE delivery(
        registration_id TEXT NOT NULL REFERENCES registration(id), role TEXT NOT NULL,
        delivery_id TEXT NOT NULL, body_hash BYTES NOT NULL, received_at BIGINT NOT NULL,
        PRIMARY KEY(registration_id, role, delivery_id)))",
    R"(CREATE INDEX delivery_time ON delivery(received_at))",
    R"(CREATE TABLE ref_state(
        registration_id TEXT NOT NULL REFERENCES registration(id), role TEXT NOT NULL,
        ref TEXT NOT NULL, commit_id TEXT NOT NULL, observed_at BIGINT NOT NULL,
        PRIMARY KEY(registration_id, role, ref)))",
    R"(CREATE TABLE audit(
        seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor BYTES NOT NULL, action TEXT NOT NULL,
        subject TEXT NOT NULL, prev BYTES NOT NULL, hash BYTES NOT NULL))",
};

// Nonces outlive the bundles they were used in.
constexpr std::array second_schema{
    R"(CREATE TABLE used_nonce(nonce BYTES PRIMARY KEY, bundle_hash BYTES NOT NULL))",
    R"(INSERT INTO used_nonce(nonce, bundle_hash)
        SELECT nonce, bundle_hash FROM sealed WHERE true ORDER BY nonce, bundle_hash
        ON CONFLICT DO NOTHING)",
    R"(DROP INDEX sealed_nonce)",
};

// Rotation of keys: the registration's own row keeps its first answer for whoever asks again.
constexpr std::array third_schema{
    R"(CREATE TABLE rotation(
        registration_id TEXT NOT NULL REFERENCES registration(id), version BIGINT NOT NULL,
        body_hash BYTES NOT NULL, answer TEXT NOT NULL, created_at BIGINT NOT NULL,
        PRIMARY KEY(registration_id, version)))",
    R"(ALTER TABLE ref_state ADD COLUMN forced_at BIGINT NOT NULL DEFAULT 0)",
};

// What a process knew by itself: several may serve one node.
constexpr std::array fourth_schema{
    R"(CREATE TABLE withdrawn(
        owner_key BYTES NOT NULL, registration_id TEXT NOT NULL, expires_at BIGINT NOT NULL,
        PRIMARY KEY(owner_key, registration_id)))",
};

// Every row gets a MAC, and what is secret is encrypted: protect() below.
constexpr std::array fifth_schema{
    "ALTER TABLE meta ADD COLUMN row_mac BYTES",
    "ALTER TABLE migration ADD COLUMN row_mac BYTES",
    "ALTER TABLE registration ADD COLUMN row_mac BYTES",
    "ALTER TABLE repository ADD COLUMN row_mac BYTES",
    "ALTER TABLE sealed ADD COLUMN row_mac BYTES",
    "ALTER TABLE used_challenge ADD COLUMN row_mac BYTES",
    "ALTER TABLE used_nonce ADD COLUMN row_mac BYTES",
    "ALTER TABLE check_row ADD COLUMN row_mac BYTES",
    "ALTER TABLE deployment ADD COLUMN row_mac BYTES",
    "ALTER TABLE delivery ADD COLUMN row_mac BYTES",
    "ALTER TABLE ref_state ADD COLUMN row_mac BYTES",
    "ALTER TABLE rotation ADD COLUMN row_mac BYTES",
    "ALTER TABLE withdrawn ADD COLUMN row_mac BYTES",
    "ALTER TABLE audit ADD COLUMN row_mac BYTES",
};
constexpr std::int64_t protected_version = 5;

// Which repository one of several processes looks at, so that the others need not.
constexpr std::array sixth_schema{
    R"(CREATE TABLE ref_look(
        registration_id TEXT NOT NULL REFERENCES registration(id), role TEXT NOT NULL,
        next_at BIGINT NOT NULL, row_mac BYTES, PRIMARY KEY(registration_id, role)))",
};

// How often a registration's deployments changed, and which they are now: see fill_deployed(). And
// ways to what is counted or forgotten.
constexpr std::array seventh_schema{
    R"(CREATE TABLE deployed(
        registration_id TEXT PRIMARY KEY REFERENCES registration(id), changes BIGINT NOT NULL,
        rows_hash BYTES NOT NULL, row_mac BYTES))",
    R"(CREATE INDEX registration_owner ON registration(owner_key) WHERE state = 'active')",
    R"(CREATE INDEX registration_ended ON registration(updated_at)
        WHERE state <> 'active' AND answer <> '')",
};
constexpr std::int64_t deployed_version = 7;

// Branches that were deleted, for when they come back with another history.
constexpr std::array eighth_schema{
    R"(CREATE TABLE gone_ref(
        registration_id TEXT NOT NULL REFERENCES registration(id), role TEXT NOT NULL,
        ref TEXT NOT NULL, commit_id TEXT NOT NULL, observed_at BIGINT NOT NULL,
        forced_at BIGINT NOT NULL, row_mac BYTES, PRIMARY KEY(registration_id, role, ref)))",
};

constexpr std::array<std::span<const char* const>, 8> migrations{
    first_schema, second_schema, third_schema,   fourth_schema,
    fifth_schema, sixth_schema,  seventh_schema, eighth_schema};
constexpr std::int64_t newest_version = migrations.size();

/// In meta: Barrier::name() of the key.
const std::string barrier_entry = "barrier";

Result<std::int64_t> current_version(Database& database) {
    const auto rows = database.run("SELECT coalesce(max(version), 0) FROM migration");
    if (!rows) {
        return fail(rows.error());
    }
    return rows->at(0).integer(0);
}

tl::unexpected<Error> newer_program() {
    return fail(ErrorCode::corrupt, "The node's database was written by a newer program.",
                "Use that program, or give the node another data folder.");
}

/// In the schema the word BYTES stands for the engine's own.
std::string in_words_of(const Database& database, std::string_view sql) {
    std::string text(sql);
    for (std::size_t at = 0; (at = text.find(" BYTES", at)) != std::string::npos;) {
        text.replace(at + 1, 5, database.bytes_type());
    }
    return text;
}

/// Under another key every row would look changed: that is said before any is read.
Result<void> check_key(Database& database, const Barrier& barrier) {
    const auto rows = database.run("SELECT v FROM meta WHERE k = $1", {barrier_entry});
    if (!rows) {
        return fail(rows.error());
    }
    if (rows->empty() || rows->front().text(0) != to_hex(barrier.name())) {
        return fail(ErrorCode::unauthenticated,
                    "The barrier key is not the one that the node's database was made with.",
                    "Name the right one with --barrier-key FILE. Without it the database cannot "
                    "be used.");
    }
    return {};
}

/// Old rows when the database had no protection yet; else only the notes of what was just done.
Result<void> protect(GuardedRows& rows, const Barrier& barrier, std::int64_t version) {
    if (version >= protected_version) {
        return rows.protect(migration_row::table);
    }
    for (const Table* table : all_tables()) {
        if (auto done = rows.protect(*table); !done) {
            return done;
        }
    }
    return rows.insert(meta_row::table, {barrier_entry, to_hex(barrier.name())});
}

/// For the registrations of an older program, as their rows and the audit log are now.
Result<void> fill_deployed(Database& database, GuardedRows& rows) {
    const auto counted = database.run(
        "SELECT a.subject, count(*) FROM audit a JOIN registration g ON g.id = a.subject "
        "WHERE a.action IN ('register', 'rotate', 'deploy') GROUP BY a.subject");
    Result<void> done = counted ? Result<void>() : fail(counted.error());
    for (std::size_t i = 0; done && i < counted->size(); ++i) {
        const std::string& id = (*counted)[i].text(0);
        const auto found =
            rows.select(deployment_row::table, "registration_id = $1 ORDER BY ord", {id});
        done = found ? rows.insert(deployed_row::table,
                                   {id, (*counted)[i].integer(1),
                                    blob(deployments_hash(deployments_of(*found)))})
                     : fail(found.error());
    }
    return done;
}

Result<void> apply(Database& database, std::int64_t version, std::int64_t now) {
    for (std::int64_t next = version + 1; next <= newest_version; ++next) {
        for (const char* sql : migrations.at(static_cast<std::size_t>(next - 1))) {
            if (const auto done = database.run(in_words_of(database, sql)); !done) {
                return fail(done.error());
            }
        }
        const auto noted =
            database.run("INSERT INTO migration(version, applied_at) VALUES($1, $2)", {next, now});
        if (!noted) {
            return fail(noted.error());
        }
    }
    return {};
}

Result<void> bring_up_to_date(Database& database, const Barrier& barrier, const AuditHead& head,
                              std::int64_t now) {
    const auto made = database.run("CREATE TABLE IF NOT EXISTS migration(version BIGINT PRIMARY "
                                   "KEY, applied_at BIGINT NOT NULL)");
    const Result<std::int64_t> version =
        made ? current_version(database) : Result<std::int64_t>(fail(made.error()));
    if (!version) {
        return fail(version.error());
    }
    if (*version > newest_version) {
        return newer_program();
    }
    if (*version >= protected_version) {
        if (auto right = check_key(database, barrier); !right) {
            return right;
        }
    }
    const auto known = head.read();
    if (!known) {
        return fail(known.error());
    }
    if (*version < protected_version && *known) { // it would be taken for genuine as it is now
        return fail(ErrorCode::corrupt,
                    "The node's database is older than what this node has written.",
                    "Put the newest copy back. If this one is all there is, remove the file "
                    "audit.head from the node's data.");
    }
    if (*version == newest_version) {
        return {};
    }
    if (*version > 0) {
        if (const auto kept = database.keep_copy(copy_name + std::to_string(*version)); !kept) {
            return kept;
        }
    }
    return database.transaction([&] {
        return apply(database, *version, now).and_then([&] {
            GuardedRows rows(database, barrier);
            return protect(rows, barrier, *version).and_then([&] {
                return *version < deployed_version ? fill_deployed(database, rows) : Result<void>();
            });
        });
    });
}

} // namespace

Result<void> migrate(Database& database, const Barrier& barrier, const AuditHead& head,
                     std::int64_t now) {
    return database.alone([&] { return bring_up_to_date(database, barrier, head, now); });
}

Result<void> check_schema(Database& database, const Barrier& barrier) {
    const Result<std::int64_t> version = current_version(database);
    if (!version && version.error().code == ErrorCode::io) {
        return fail(ErrorCode::not_found, "This is not the database of a node.",
                    "Give the node's data and store as it is started with.",
                    version.error().detail);
    }
    if (!version) {
        return fail(version.error());
    }
    if (*version > newest_version) {
        return newer_program();
    }
    if (*version < newest_version) {
        return fail(ErrorCode::invalid_argument,
                    "The node's database was written by an older program.",
                    "Start the node once: it keeps a copy and brings the database up to date.");
    }
    return check_key(database, barrier);
}

} // namespace tau::node
