#pragma once

#include "core/git/helper_protocol.h"

namespace tau::git {

/// Does what the request asks, in this process. To be called once.
HelperResult perform(const HelperRequest& request);

} // namespace tau::git
