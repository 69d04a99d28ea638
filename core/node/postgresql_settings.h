#pragma once

#include "core/base/result.h"

#include <map>
#include <string>

struct pg_conn;

namespace tau::node {

/// What libpq is to be given for the database at `url`: the settings that stand in it, and
/// sslmode=verify-full when the database is on another computer. Where it is libpq says, which also
/// looks at the environment and at service files. `invalid_argument` when the address cannot be
/// read, holds a password, or asks for another sslmode then.
Result<std::map<std::string, std::string>> postgresql_settings(const std::string& url);

/// `invalid_argument` when this connection would speak to another computer without
/// sslmode=verify-full. For one that was just begun: libpq sends nothing before it is asked to go
/// on.
Result<void> check_transport(pg_conn& link);

} // namespace tau::node
