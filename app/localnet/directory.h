#pragma once

#include "app/localnet/file_server.h"
#include "core/vault/network.h"

namespace tau::localnet {

/// The local network's own directory of its vault nodes: signed, published and served as a real
/// one. Made anew at each start, with new keys that nobody keeps.
struct Directory {
    static Result<Directory> start(const std::filesystem::path& folder,
                                   const std::vector<vault::ListedNode>& nodes);
    std::unique_ptr<FileServer> server;
    vault::NamedDirectory named; ///< for the network file
};

} // namespace tau::localnet
