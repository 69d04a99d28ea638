#pragma once

// The first record of a change's journal: what was planned. Private to this folder.

#include "core/flow/change.h"
#include "core/flow/journal.h"

namespace tau::flow {

Facts plan_facts(const Change& change, std::size_t steps);
/// Fills kind, draft, ids and times of a change; `corrupt` when the journal does not begin with a
/// plan.
Result<void> read_plan(const std::vector<Entry>& entries, Change& change);

/// Whether an id can be the name of a flow's folder.
bool is_flow_id(std::string_view id);

} // namespace tau::flow
