#pragma once

#include "core/ports.h"

namespace tau::vault {

/// One GET of something that everybody may read. Any status but 200 (and 304, when the request asks
/// If-None-Match) is an error. Errors begin with `whose` ("The directory https://…") and end with
/// the cause; hints say the way out.
Result<HttpResponse> get_public(Http& http, const HttpRequest& request, std::string_view whose,
                                std::stop_token stop);

} // namespace tau::vault
