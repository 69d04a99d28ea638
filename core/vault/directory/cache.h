#pragma once

#include "core/base/encoding.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tau::vault {

/// What was fetched of one directory, in a folder of our own, for the next start and for when there
/// is no network. It is a help and no authority: who reads verifies again, what cannot be written
/// is fetched again, and several programs may use it at once. At most two files for each shard, so
/// its size is bounded.
class DirectoryCache {
public:
    /// Makes the folder; where that fails, nothing is kept.
    explicit DirectoryCache(std::filesystem::path folder);

    std::optional<std::string> read(const std::string& name, std::size_t limit) const;
    /// Whole or not at all. Not synced: a file that a power cut damaged does not verify.
    void write(const std::string& name, ByteView bytes) const;
    void erase(const std::string& name) const;

    struct Shard {
        std::size_t number = 0;
        std::uint64_t epoch = 0; ///< of a head that named this file
    };
    /// Those that are there, by number, newest first; removes all but the two newest of each.
    std::vector<Shard> shards() const;
    std::optional<std::string> read_shard(const Shard& shard) const;
    void write_shard(const Shard& shard, ByteView bytes) const;
    /// The head of this epoch names the same file too.
    void renew(const Shard& shard, std::uint64_t epoch) const;

    const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
};

} // namespace tau::vault
