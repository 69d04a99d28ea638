#pragma once

#include "core/node/barrier.h"
#include "core/node/database.h"

#include <span>

namespace tau::node {

struct Column {
    std::string_view name;
    bool is_sealed = false; ///< encrypted in the database
};
/// The first `key` columns are its primary key.
struct Table {
    std::string_view name;
    std::size_t key;
    std::span<const Column> columns;
};

/// Every table there is.
std::span<const Table* const> all_tables();

// Their columns by name, in their order in a row.
namespace meta_row {
enum : std::size_t { k, v };
extern const Table table;
} // namespace meta_row
namespace migration_row {
enum : std::size_t { version, applied_at };
extern const Table table;
} // namespace migration_row
namespace registration_row {
enum : std::size_t {
    id,
    owner_key,
    idempotency_key,
    body_hash,
    project_id,
    project_name,
    state,
    created_at,
    updated_at,
    answer
};
extern const Table table;
} // namespace registration_row
namespace repository_row {
enum : std::size_t { registration_id, role, url, host_keys, default_branch, webhook_seen };
extern const Table table;
} // namespace repository_row
namespace sealed_row {
enum : std::size_t { registration_id, role, version, bundle, nonce, bundle_hash, created_at };
extern const Table table;
} // namespace sealed_row
namespace used_challenge_row {
enum : std::size_t { nonce, expires_at };
extern const Table table;
} // namespace used_challenge_row
namespace used_nonce_row {
enum : std::size_t { nonce, bundle_hash };
extern const Table table;
} // namespace used_nonce_row
namespace check_row {
enum : std::size_t { registration_id, ord, name, target, outcome, reason, sentence };
extern const Table table;
} // namespace check_row
namespace deployment_row {
enum : std::size_t { registration_id, ord, place, role, branch, commit_id };
extern const Table table;
} // namespace deployment_row
namespace deployed_row {
enum : std::size_t { registration_id, changes, rows_hash };
extern const Table table;
} // namespace deployed_row
namespace delivery_row {
enum : std::size_t { registration_id, role, delivery_id, body_hash, received_at };
extern const Table table;
} // namespace delivery_row
namespace ref_row {
enum : std::size_t { registration_id, role, ref, commit_id, observed_at, forced_at };
extern const Table table;
} // namespace ref_row
/// Of refs that are gone, their last rows.
namespace gone_row {
extern const Table table;
} // namespace gone_row
namespace look_row {
enum : std::size_t { registration_id, role, next_at };
extern const Table table;
} // namespace look_row
namespace rotation_row {
enum : std::size_t { registration_id, version, body_hash, answer, created_at };
extern const Table table;
} // namespace rotation_row
namespace withdrawn_row {
enum : std::size_t { owner_key, registration_id, expires_at };
extern const Table table;
} // namespace withdrawn_row
namespace audit_row {
enum : std::size_t { seq, at, actor, action, subject, prev, hash };
extern const Table table;
} // namespace audit_row

} // namespace tau::node
