#pragma once

#include "core/base/process.h"
#include "core/vault/network.h"

#include <vector>

namespace tau::localnet {

/// The vault nodes of the local network: real tau-vaultd processes, in different places, of
/// different size and reputation, so that choosing one means something.
class Vaults {
public:
    /// Starts `count` of them at once and waits until all listen. Each keeps its keys in a folder
    /// of its own below `folder`, and its port when that is still free. `chaos`: given to each as
    /// --chaos.
    static Result<Vaults> start(const std::filesystem::path& folder, std::size_t count,
                                const std::string& chaos = "");

    const std::vector<vault::ListedNode>& nodes() const { return nodes_; }
    /// The name of the node whose process has just ended; empty when it is none of them.
    std::string ended(pid_t pid);
    /// Asks all to end, and waits until they have.
    void stop();

private:
    struct Running {
        std::string name;
        Process process;
    };
    std::vector<Running> running_;
    std::vector<vault::ListedNode> nodes_;
};

} // namespace tau::localnet
