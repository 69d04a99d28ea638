#include "core/node/tables.h"

#include <array>

namespace tau::node {

namespace meta_row {
constexpr std::array columns{Column{"k"}, Column{"v"}};
constexpr Table table{"meta", 1, columns};
} // namespace meta_row
namespace migration_row {
constexpr std::array columns{Column{"version"}, Column{"applied_at"}};
constexpr Table table{"migration", 1, columns};
} // namespace migration_row
namespace registration_row {
constexpr std::array columns{Column{"id"},        Column{"owner_key"},  Column{"idempotency_key"},
                             Column{"body_hash"}, Column{"project_id"}, Column{"project_name"},
                             Column{"state"},     Column{"created_at"}, Column{"updated_at"},
                             Column{"answer"}};
constexpr Table table{"registration", 1, columns};
} // namespace registration_row
namespace repository_row {
constexpr std::array columns{Column{"registration_id"}, Column{"role"},
                             Column{"url", true},       Column{"host_keys", true},
                             Column{"default_branch"},  Column{"webhook_seen"}};
constexpr Table table{"repository", 2, columns};
} // namespace repository_row
namespace sealed_row {
constexpr std::array columns{Column{"registration_id"}, Column{"role"},  Column{"version"},
                             Column{"bundle", true},    Column{"nonce"}, Column{"bundle_hash"},
                             Column{"created_at"}};
constexpr Table table{"sealed", 3, columns};
} // namespace sealed_row
namespace used_challenge_row {
constexpr std::array columns{Column{"nonce"}, Column{"expires_at"}};
constexpr Table table{"used_challenge", 1, columns};
} // namespace used_challenge_row
namespace used_nonce_row {
constexpr std::array columns{Column{"nonce"}, Column{"bundle_hash"}};
constexpr Table table{"used_nonce", 1, columns};
} // namespace used_nonce_row
namespace check_row {
constexpr std::array columns{Column{"registration_id"}, Column{"ord"},     Column{"name"},
                             Column{"target"},          Column{"outcome"}, Column{"reason"},
                             Column{"sentence"}};
constexpr Table table{"check_row", 2, columns};
} // namespace check_row
namespace deployment_row {
constexpr std::array columns{Column{"registration_id"}, Column{"ord"},
                             Column{"place"},           Column{"role"},
                             Column{"branch"},          Column{"commit_id"}};
constexpr Table table{"deployment", 2, columns};
} // namespace deployment_row
namespace deployed_row {
constexpr std::array columns{Column{"registration_id"}, Column{"changes"}, Column{"rows_hash"}};
constexpr Table table{"deployed", 1, columns};
} // namespace deployed_row
namespace delivery_row {
constexpr std::array columns{Column{"registration_id"}, Column{"role"}, Column{"delivery_id"},
                             Column{"body_hash"}, Column{"received_at"}};
constexpr Table table{"delivery", 3, columns};
} // namespace delivery_row
namespace ref_row {
constexpr std::array columns{Column{"registration_id"}, Column{"role"},        Column{"ref"},
                             Column{"commit_id"},       Column{"observed_at"}, Column{"forced_at"}};
constexpr Table table{"ref_state", 3, columns};
} // namespace ref_row
namespace gone_row {
constexpr Table table{"gone_ref", 3, ref_row::columns};
} // namespace gone_row
namespace look_row {
constexpr std::array columns{Column{"registration_id"}, Column{"role"}, Column{"next_at"}};
constexpr Table table{"ref_look", 2, columns};
} // namespace look_row
namespace rotation_row {
constexpr std::array columns{Column{"registration_id"}, Column{"version"}, Column{"body_hash"},
                             Column{"answer"}, Column{"created_at"}};
constexpr Table table{"rotation", 2, columns};
} // namespace rotation_row
namespace withdrawn_row {
constexpr std::array columns{Column{"owner_key"}, Column{"registration_id"}, Column{"expires_at"}};
constexpr Table table{"withdrawn", 2, columns};
} // namespace withdrawn_row
namespace audit_row {
constexpr std::array columns{Column{"seq"},     Column{"at"},   Column{"actor"}, Column{"action"},
                             Column{"subject"}, Column{"prev"}, Column{"hash"}};
constexpr Table table{"audit", 1, columns};
} // namespace audit_row

std::span<const Table* const> all_tables() {
    static constexpr std::array tables{
        &meta_row::table,       &migration_row::table, &registration_row::table,
        &repository_row::table, &sealed_row::table,    &used_challenge_row::table,
        &used_nonce_row::table, &check_row::table,     &deployment_row::table,
        &deployed_row::table,   &delivery_row::table,  &ref_row::table,
        &gone_row::table,       &look_row::table,      &rotation_row::table,
        &withdrawn_row::table,  &audit_row::table};
    return tables;
}

} // namespace tau::node
