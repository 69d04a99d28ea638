#pragma once

// The first record of a creation's journal: what was planned. Private to this folder.

#include "core/flow/creation.h"
#include "core/flow/journal.h"

namespace tau::flow {

Facts plan_facts(const Creation& creation, std::size_t steps);
/// Fills draft, ids and times of a creation; `corrupt` when the journal does not begin with a plan.
Result<void> read_plan(const std::vector<Entry>& entries, Creation& creation);

/// Whether an id can be the name of a flow's folder.
bool is_flow_id(std::string_view id);

} // namespace tau::flow
