#pragma once

#include "core/vault/directory/head_keeper.h"
#include "core/vault/directory/shard_loader.h"

#include <map>
#include <mutex>

namespace tau::vault {

/// Who reads a directory: fetches what is wanted of it and believes nothing that the keys of its
/// root did not sign. For several threads at once.
class DirectoryClient {
public:
    /// `cache`: a folder for this directory alone.
    DirectoryClient(std::string url, DirectoryRoot pinned, Http& http, const Clock& clock,
                    std::filesystem::path cache);

    struct Loaded {
        std::uint64_t total = 0;    ///< nodes in the directory
        std::int64_t published = 0; ///< unix seconds
        std::string notice;         ///< see NodeList
        bool offline = false;
    };
    /// Appends the nodes that `wanted` is about: all, or those of the shards around the place, at
    /// most 250 KB of them (without a place: of some from all over the world). Shard by shard, in
    /// each by key; revoked ones are left out. An error when there is nothing to show. `names`: of
    /// nodes whose signed record is known from elsewhere, by key; the directory's rows have none.
    using Names = std::map<std::uint64_t, std::string>;
    Result<Loaded> load(NodeTable& table, const std::optional<Place>& place, bool all,
                        const Names& names, const ShardLoader::Progress& progress,
                        std::stop_token stop);

    /// The record of a node of the head that was loaded last; `not_found` when that has no such
    /// node there.
    Result<ListedNode> node(std::uint64_t key, Coordinates place, std::stop_token stop);

private:
    struct Part {
        std::shared_ptr<const SignedHead> head;
        std::vector<std::size_t> wanted;
        LoadedShards loaded;
    };
    struct Wish {
        const std::optional<Place>& place;
        bool all;
        const ShardLoader::Progress& progress;
        const std::stop_token& stop;
    };
    Result<Part> part_of(std::shared_ptr<const SignedHead> head, bool network,
                         const Wish& wish) const;
    Result<Part> best_part(KnownHead& known, const Wish& wish) const;
    void append_rows(NodeTable& table, const Part& part, Names names) const;
    Result<std::vector<PagedRecord>> page(const SignedHead& head, std::size_t shard,
                                          std::size_t number, const std::stop_token& stop) const;
    Result<ListedNode> checked_record(const PagedRecord& paged) const;

    std::string url_;
    Http& http_;
    const Clock& clock_;
    DirectoryCache cache_;
    SeenStore seen_;
    HeadKeeper keeper_;
    ShardLoader loader_;
    std::mutex mutex_;
    std::shared_ptr<const SignedHead> current_; ///< what was loaded last
};

} // namespace tau::vault
