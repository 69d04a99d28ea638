#pragma once

#include "core/base/encoding.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tau::vault {

/// A node whose record was fetched from the directory.
struct SeenNode {
    std::uint64_t key = 0; ///< Summary::key
    std::uint64_t seq = 0; ///< the highest seen
    std::uint32_t at = 0;  ///< unix seconds
    std::string name;      ///< as its record says, 1..64 bytes
};

/// What must never go back, kept on disk: the directory's epoch and each node's sequence. A damaged
/// file counts as none: it can only be damaged by whoever could erase it.
class SeenStore {
public:
    explicit SeenStore(const std::filesystem::path& folder) : file_(folder / "seen") {}

    struct Seen {
        std::uint64_t epoch = 0;
        std::vector<SeenNode> nodes; ///< keys ascending; at most 4096, the latest
    };
    Seen load() const;
    /// Both keep what is higher already; several programs may do so at once. `io` and the like when
    /// it could not be kept.
    Result<void> raise_epoch(std::uint64_t epoch) const;
    Result<void> raise_node(const SeenNode& node) const;

private:
    Result<void> store(const Seen& seen) const;
    std::filesystem::path file_;
};

} // namespace tau::vault
