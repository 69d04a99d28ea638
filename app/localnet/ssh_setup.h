#pragma once

#include "core/base/process.h"
#include "core/forge/local_state.h"

namespace tau::localnet {

/// Makes the git host's folder, or brings an old one up to date: keys (kept when they are there),
/// sshd's settings, the hook.
Result<forge::LocalState> prepare_folder(const forge::LocalFolder& folder);

/// `sshd -i` for one connection, logging to `log`.
Command sshd_session(const forge::LocalFolder& folder, int connection, int log);

} // namespace tau::localnet
