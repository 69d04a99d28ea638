#pragma once

#include "core/node/audit_head.h"
#include "core/node/database.h"

namespace tau::node {

/// How the names of those copies begin.
inline const std::string copy_name = "backup-";

/// Brings the database to this program's schema in one transaction, once there is a copy of what
/// was there (backup-<version>). Of several processes one does it. `corrupt` when a newer program
/// has already been here, whose tables must not be guessed at, or when an older one was though
/// `head` says that this node has written under its barrier key since; `unauthenticated` under
/// another key, before anything that is under the right one is called damaged. What was in clear
/// before is still on the disk until it is scrubbed.
Result<void> migrate(Database& database, const Barrier& barrier, const AuditHead& head,
                     std::int64_t now);

/// That there is nothing to bring up to date, without writing: `not_found` when it is no node's
/// database, `invalid_argument` when an older program wrote it, and the rest as above.
Result<void> check_schema(Database& database, const Barrier& barrier);

} // namespace tau::node
