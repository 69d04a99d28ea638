#pragma once

#include "core/ports.h"
#include "core/vault/directory/cache.h"
#include "core/vault/directory/shard.h"

#include <functional>

namespace tau::vault {

/// The shards of a head that were asked for, each held against the head before anything else.
struct LoadedShards {
    std::vector<std::optional<std::vector<Summary>>> shards; ///< in the order asked for
    std::size_t missing = 0;
    std::optional<Error> trouble; ///< why the first of them is missing
};

/// Gets shards out of the cache, as deltas to what the cache holds, or whole.
class ShardLoader {
public:
    ShardLoader(std::string url, Http& http, const DirectoryCache& cache)
        : url_(std::move(url)), http_(http), cache_(cache) {}

    using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;
    /// Several at once; `progress` (in bytes) is called from the calling thread. Without `network`
    /// only what the cache holds. `cancelled`, or a value however much is missing; ends within
    /// three minutes whatever the other side does.
    Result<LoadedShards> load(const DirectoryHead& head, std::span<const std::size_t> wanted,
                              bool network, const Progress& progress, std::stop_token stop) const;

private:
    struct Run;
    Result<std::vector<Summary>> one(Run& run, std::size_t shard) const;
    std::optional<std::vector<Summary>> from_cache(Run& run, std::size_t shard) const;
    std::optional<Bytes> from_delta(Run& run, std::size_t shard) const;
    Result<HttpResponse> get(Run& run, const std::string& path, std::size_t limit) const;

    std::string url_;
    Http& http_;
    const DirectoryCache& cache_;
};

} // namespace tau::vault
