#pragma once

#include "core/base/result.h"
#include "core/base/secret.h"

namespace tau::vaultd {

/// One line of standard input, asked for on a terminal without showing it. `invalid_argument` when
/// nothing is there.
Result<Secret> ask_passphrase();

} // namespace tau::vaultd
