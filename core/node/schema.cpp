#include "core/node/schema.h"

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

constexpr std::array<std::span<const char* const>, 4> migrations{first_schema, second_schema,
                                                                 third_schema, fourth_schema};
constexpr std::int64_t newest_version = migrations.size();

Result<std::int64_t> current_version(Database& database) {
    const auto made = database.run("CREATE TABLE IF NOT EXISTS migration(version BIGINT PRIMARY "
                                   "KEY, applied_at BIGINT NOT NULL)");
    if (!made) {
        return fail(made.error());
    }
    const auto rows = database.run("SELECT coalesce(max(version), 0) FROM migration");
    if (!rows) {
        return fail(rows.error());
    }
    return rows->at(0).integer(0);
}

/// In the schema the word BYTES stands for the engine's own.
std::string in_words_of(const Database& database, std::string_view sql) {
    std::string text(sql);
    for (std::size_t at = 0; (at = text.find(" BYTES", at)) != std::string::npos;) {
        text.replace(at + 1, 5, database.bytes_type());
    }
    return text;
}

Result<void> bring_up_to_date(Database& database, std::int64_t now) {
    const Result<std::int64_t> version = current_version(database);
    if (!version) {
        return fail(version.error());
    }
    if (*version > newest_version) {
        return fail(ErrorCode::corrupt, "The node's database was written by a newer program.",
                    "Use that program, or give the node another data folder.");
    }
    if (*version > 0 && *version < newest_version) {
        if (const auto kept = database.keep_copy(copy_name + std::to_string(*version)); !kept) {
            return kept;
        }
    }
    return database.transaction([&]() -> Result<void> {
        for (std::int64_t next = *version + 1; next <= newest_version; ++next) {
            for (const char* sql : migrations.at(static_cast<std::size_t>(next - 1))) {
                if (const auto done = database.run(in_words_of(database, sql)); !done) {
                    return fail(done.error());
                }
            }
            const auto noted = database.run(
                "INSERT INTO migration(version, applied_at) VALUES($1, $2)", {next, now});
            if (!noted) {
                return fail(noted.error());
            }
        }
        return {};
    });
}

} // namespace

Result<void> migrate(Database& database, std::int64_t now) {
    return database.alone([&] { return bring_up_to_date(database, now); });
}

} // namespace tau::node
