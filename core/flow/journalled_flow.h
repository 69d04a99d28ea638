#pragma once

// A change with its journal. Private to this folder.

#include "core/flow/change.h"

namespace tau::flow {

/// "shop-3f9a1c": readable, and one of its own for each try.
std::string new_flow_id(const std::string& name, Entropy& entropy);
/// A planned change as a flow; nothing is on the disk yet.
std::unique_ptr<Flow> journalled_flow(std::unique_ptr<Change> change);

/// Fill what follows from a plan: of a creation its draft, of the others project.yaml.
Result<void> settle_creation(Change& change);
Result<void> settle_living(Change& change, const Facts& plan);

} // namespace tau::flow
