#include "core/vault/directory/shard_loader.h"

#include "core/vault/public_file.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace tau::vault {

namespace {

using Time = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t most_threads = 4;
constexpr int most_failures = 4;
constexpr milliseconds shard_deadline{15000};
constexpr std::chrono::minutes whole_deadline{3};

Error cancelled() {
    return {ErrorCode::cancelled, "Loading the list of nodes was cancelled.", {}, {}};
}

} // namespace

/// One call of load; its threads share it.
struct ShardLoader::Run {
    Run(const DirectoryHead& head_, std::stop_token stop_, std::vector<DirectoryCache::Shard> have,
        bool network_)
        : head(head_), stop(std::move(stop_)), cached(std::move(have)), network(network_) {}

    const DirectoryHead& head;
    std::stop_token stop;
    std::vector<DirectoryCache::Shard> cached;
    Time::time_point end = Time::now() + whole_deadline;
    std::atomic<bool> network;
    std::atomic<int> failures{0}; ///< of the network; after a few nothing more is asked for

    std::mutex mutex;
    std::condition_variable changed;
    std::size_t next = 0;
    std::size_t finished = 0;
    std::uint64_t done_bytes = 0;

    /// The cached versions of a shard, newest first.
    std::vector<DirectoryCache::Shard> versions(std::size_t shard) const {
        std::vector<DirectoryCache::Shard> found;
        std::copy_if(cached.begin(), cached.end(), std::back_inserter(found),
                     [shard](const DirectoryCache::Shard& one) { return one.number == shard; });
        return found;
    }
};

Result<HttpResponse> ShardLoader::get(Run& run, const std::string& path, std::size_t limit) const {
    const auto left = std::chrono::duration_cast<milliseconds>(run.end - Time::now());
    if (!run.network || left.count() <= 0) {
        return fail(ErrorCode::unavailable, "The directory " + url_ + " cannot be read now.",
                    "Check the network connection, then load the list again.");
    }
    HttpRequest request;
    request.url = url_ + "/v1/" + std::to_string(run.head.epoch) + path;
    request.max_response = limit;
    request.deadline = std::min(left, shard_deadline);
    auto response = get_public(http_, request, "The directory " + url_, run.stop);
    const bool lost = !response && (response.error().code == ErrorCode::unavailable ||
                                    response.error().code == ErrorCode::timeout);
    if (lost && ++run.failures >= most_failures) {
        run.network = false;
    }
    return response;
}

std::optional<std::vector<Summary>> ShardLoader::from_cache(Run& run, std::size_t shard) const {
    const ShardEntry& entry = run.head.shards[shard];
    for (const DirectoryCache::Shard& version : run.versions(shard)) {
        const auto file = cache_.read_shard(version);
        auto summaries = file ? read_shard_file(as_bytes(*file), entry)
                              : fail(ErrorCode::not_found, "It is gone.");
        if (summaries) {
            cache_.renew(version, run.head.epoch);
            return std::move(*summaries);
        }
    }
    return std::nullopt;
}

std::optional<Bytes> ShardLoader::from_delta(Run& run, std::size_t shard) const {
    const ShardEntry& entry = run.head.shards[shard];
    for (const DirectoryCache::Shard& version : run.versions(shard)) {
        const auto& from = run.head.deltas_from;
        if (!std::binary_search(from.begin(), from.end(), version.epoch)) {
            continue;
        }
        const auto base = cache_.read_shard(version);
        if (!base) {
            continue;
        }
        const auto delta =
            get(run, "/delta/" + shard_name(shard) + "-from-" + std::to_string(version.epoch),
                entry.count * summary_size);
        if (!delta) {
            return std::nullopt;
        }
        auto file = apply_delta(as_bytes(*base), as_bytes(delta->body), entry);
        return file ? std::optional(std::move(*file)) : std::nullopt;
    }
    return std::nullopt;
}

Result<std::vector<Summary>> ShardLoader::one(Run& run, std::size_t shard) const {
    const ShardEntry& entry = run.head.shards[shard];
    if (entry.count == 0) {
        return std::vector<Summary>();
    }
    if (auto cached = from_cache(run, shard)) {
        return std::move(*cached);
    }
    std::optional<Bytes> file = from_delta(run, shard);
    if (!file) {
        const auto whole = get(run, "/shard/" + shard_name(shard), entry.count * summary_size);
        if (!whole) {
            return fail(whole.error());
        }
        const ByteView body = as_bytes(whole->body);
        file.emplace(body.begin(), body.end());
    }
    auto summaries = read_shard_file(*file, entry);
    if (!summaries) {
        return summaries;
    }
    const bool at_home =
        std::all_of(summaries->begin(), summaries->end(), [&](const Summary& summary) {
            return run.head.map.shard_of(summary.latitude, summary.longitude) == shard;
        });
    if (!at_home) {
        return fail(ErrorCode::corrupt, "A part of the list has nodes that belong into another.",
                    "Tell whoever runs the directory.");
    }
    cache_.write_shard({shard, run.head.epoch}, *file);
    return summaries;
}

Result<LoadedShards> ShardLoader::load(const DirectoryHead& head,
                                       std::span<const std::size_t> wanted, bool network,
                                       const Progress& progress, std::stop_token stop) const {
    Run run(head, stop, cache_.shards(), network);
    LoadedShards out;
    out.shards.resize(wanted.size());
    std::uint64_t all_bytes = 0;
    for (const std::size_t shard : wanted) {
        all_bytes += std::uint64_t{head.shards[shard].count} * summary_size;
    }
    const auto work = [&] {
        std::unique_lock lock(run.mutex);
        while (run.next < wanted.size() && !stop.stop_requested()) {
            const std::size_t index = run.next++;
            lock.unlock();
            auto summaries = one(run, wanted[index]);
            lock.lock();
            if (summaries) {
                out.shards[index] = std::move(*summaries);
            } else {
                ++out.missing;
                out.trouble = out.trouble ? out.trouble : std::optional(summaries.error());
            }
            run.done_bytes += std::uint64_t{head.shards[wanted[index]].count} * summary_size;
            run.changed.notify_one();
        }
        ++run.finished;
        run.changed.notify_one();
    };
    const std::size_t count = std::min(most_threads, wanted.size());
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back(work);
    }
    std::unique_lock lock(run.mutex);
    std::uint64_t told = 0;
    const auto news = [&] { return run.done_bytes != told; };
    while (news() || run.finished < count) {
        run.changed.wait(lock, [&] { return news() || run.finished == count; });
        if (news()) {
            told = run.done_bytes;
            lock.unlock();
            if (progress) {
                progress(told, all_bytes);
            }
            lock.lock();
        }
    }
    lock.unlock();
    threads.clear();
    if (stop.stop_requested()) {
        return fail(cancelled());
    }
    return out;
}

} // namespace tau::vault
