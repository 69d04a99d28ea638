#pragma once

#include <string_view>

namespace tau::vaultd {

/// Tells systemd how it goes (sd_notify(3)): "READY=1", "STOPPING=1", "RELOADING=1". Does nothing
/// where nobody asked for it by NOTIFY_SOCKET. Never waits.
void tell_manager(std::string_view state);

} // namespace tau::vaultd
