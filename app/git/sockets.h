#pragma once

#include "core/git/remote.h"
#include "core/git/url.h"

namespace tau::git {

/// libgit2 and libssh2 open connections and read from them as they like. From here on all sockets
/// of this process are narrowed to what the remote may be: its port, and when its address is given,
/// that address and no other, whatever a name server or a redirect says; and as many bytes as it
/// may send in all. To be called once, before anything connects.
void narrow_sockets(const Remote& remote, const Url& url);

/// Whether something was refused since: a connection to another place, or bytes over the limit.
bool went_elsewhere();
bool sent_too_much();

} // namespace tau::git
