#pragma once

#include "app/vaultd/server.h"

#include <string>
#include <vector>

namespace tau::vaultd {

struct Options {
    bool help = false;
    bool version = false;
    bool print_record = false;
    Listener listener;
    Limits limits;
    node::Settings settings; ///< but for the endpoint, which needs the port
};

Result<Options> parse_options(const std::vector<std::string>& arguments);
std::string help_text();

} // namespace tau::vaultd
