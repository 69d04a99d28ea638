#pragma once

#include "core/base/encoding.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tau::vault {

/// Bytes of all pages that are kept: those of some 2,000 nodes that somebody looked at.
inline constexpr std::uint64_t max_kept_pages = 4U << 20U;

/// What was fetched of one directory, in a folder of our own, for the next start and for when there
/// is no network. It is a help and no authority: who reads verifies again, what cannot be written
/// is fetched again, and several programs may use it at once. Its size is bounded: at most two
/// files for each shard, and 4 MB of pages of records.
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

    /// A page of the records that a head commits to by this root: whatever its epoch, the same.
    std::optional<std::string> read_page(const Hash32& root, std::size_t page) const;
    /// The oldest pages make room.
    void write_page(const Hash32& root, std::size_t page, ByteView bytes) const;

    const std::filesystem::path& folder() const { return folder_; }

private:
    void make_room() const;

    std::filesystem::path folder_;
};

} // namespace tau::vault
