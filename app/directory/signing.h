#pragma once

#include "app/directory/arguments.h"
#include "core/vault/directory/signing_keys.h"

namespace tau::directory {

/// The keys that --keys names, and the root that --root names or that lies beside the first key.
Result<vault::Signers> load_signers(const Arguments& arguments);

Result<void> publish_and_tell(const vault::Edition& edition, const vault::Signers& signers,
                              const std::filesystem::path& folder, std::int64_t now);

} // namespace tau::directory
