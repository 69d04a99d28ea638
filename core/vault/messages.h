#pragma once

// Parts of the messages that several .cpp files of this folder read and write as JSON.

#include "core/vault/json.h"
#include "core/vault/registration.h"

namespace tau::vault {

json::Value to_value(const Deployment& deployment);
Result<std::vector<Deployment>> read_deployments(const json::Value& array);
/// The same of somebody who asks for them: at most one row of a repository for each part of the
/// network.
Result<std::vector<Deployment>> read_wanted_deployments(const json::Value& array);
json::Value to_value(const Check& check);
Result<std::vector<Check>> read_checks(const json::Value& array);
json::Value to_value(const Receipt& receipt);
Result<Receipt> read_receipt(const json::Value& value);

} // namespace tau::vault
