#pragma once

#include "core/node/service.h"
#include "core/node/store.h"

namespace tau::node {

/// Opens or makes the database that the settings name, under their barrier key.
Result<std::unique_ptr<Store>> open_node_store(const Settings& settings, std::int64_t now);

} // namespace tau::node
