#pragma once

#include "core/node/database.h"

namespace tau::node {

/// How the names of those copies begin.
inline const std::string copy_name = "backup-";

/// Brings the database to this program's schema in one transaction, once there is a copy of what
/// was there (backup-<version>). Of several processes one does it. `corrupt` when a newer program
/// has already been here: its tables must not be guessed at.
Result<void> migrate(Database& database, std::int64_t now);

} // namespace tau::node
