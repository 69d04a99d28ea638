#pragma once

#include "core/ports.h"
#include "core/vault/directory/cache.h"
#include "core/vault/directory/head.h"
#include "core/vault/directory/seen.h"

#include <memory>

namespace tau::vault {

/// The newest head that could be had, verified.
struct KnownHead {
    std::shared_ptr<const SignedHead> head;
    std::optional<Error> trouble; ///< why none newer than the one from before could be had
    bool fetched = false;         ///< came now; else it is that of the last time
};

/// Asks a directory for its head and believes it only when the keys that the network's file names,
/// or those that followed them, signed it; when it is not older than one seen before; and when its
/// history begins with that of the last one kept.
class HeadKeeper {
public:
    HeadKeeper(std::string url, DirectoryRoot pinned, Http& http, const DirectoryCache& cache,
               const SeenStore& seen);

    /// An error only when there is no head at all, or `cancelled`.
    Result<KnownHead> newest(std::int64_t now, std::stop_token stop) const;
    /// The head that the cache holds; nullptr when there is none that verifies.
    std::shared_ptr<const SignedHead> kept(std::int64_t now) const;
    /// Makes a fetched head the one of the next time. Its shards should be in the cache.
    void keep(const SignedHead& head) const;

private:
    std::vector<DirectoryRoot> known_roots() const;
    Result<DirectoryRoot> follow_roots(DirectoryRoot trusted, std::uint32_t version,
                                       const std::stop_token& stop) const;
    Result<std::shared_ptr<const SignedHead>> ask(const std::shared_ptr<const SignedHead>& before,
                                                  std::int64_t now,
                                                  const std::stop_token& stop) const;
    Result<void> check_order(const SignedHead* before, const SignedHead& fresh,
                             const std::stop_token& stop) const;
    Result<void> check_history(const SignedHead& before, const SignedHead& fresh,
                               const std::stop_token& stop) const;
    Result<HttpResponse> get(const std::string& path, std::size_t limit, const std::string& etag,
                             const std::stop_token& stop) const;
    std::string etag_of(const SignedHead& head) const;
    void keep_etag(const SignedHead& head, const HttpResponse& response) const;

    std::string url_;
    std::string whose_;
    DirectoryRoot pinned_;
    Http& http_;
    const DirectoryCache& cache_;
    const SeenStore& seen_;
};

} // namespace tau::vault
