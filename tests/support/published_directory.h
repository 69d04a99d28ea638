#pragma once

#include "core/vault/directory/history.h"
#include "core/vault/directory/merkle.h"
#include "core/vault/directory/shard.h"
#include "core/vault/network.h"
#include "tests/support/entropy.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sodium.h>
#include <stdexcept>

namespace tau::test {

/// A vault node's two keys, made anew.
struct VaultKeys {
    Secret sign{crypto_sign_SECRETKEYBYTES};
    Secret seal{crypto_sign_SECRETKEYBYTES};
    VaultKeys() {
        seal::Point ignored{};
        crypto_sign_keypair(ignored.data(), sign.data());
        crypto_sign_keypair(ignored.data(), seal.data());
    }
};

/// What a directory lists of a node: its record, signed, and a summary that fits it.
inline vault::PagedRecord listed_node(const VaultKeys& keys, std::int64_t at,
                                      vault::Coordinates place, const std::string& name,
                                      std::uint64_t seq = 7) {
    vault::NodeRecord record;
    record.seq = seq;
    record.not_before = static_cast<std::uint32_t>(at - 10);
    record.expires = static_cast<std::uint32_t>(at + 6 * 86400);
    record.latitude = place.latitude;
    record.longitude = place.longitude;
    record.slots_per_hour = 120;
    record.name = name;
    record.endpoint = "https://" + name + ".vaults.example.org:8443";
    if (!vault::sign_record(record, keys.sign, keys.seal)) {
        throw std::runtime_error("cannot sign a record");
    }
    vault::PagedRecord out;
    out.summary.key = vault::summary_key(tagged_hash32("", record.sign_key));
    out.summary.latitude = place.latitude;
    out.summary.longitude = place.longitude;
    out.summary.reputation = vault::quantise_reputation(0.97F);
    out.summary.slots = vault::quantise_slots(90);
    out.summary.age = vault::quantise_age(100);
    out.summary.network = 77;
    out.record = vault::encode(record);
    return out;
}

/// A directory as its files, and the keys to make more of them: what a web server would hold.
class PublishedDirectory {
public:
    explicit PublishedDirectory(std::uint8_t seed = 1) { root = new_root(1, seed); }

    vault::DirectoryRoot root; ///< the newest
    std::map<std::string, Bytes> files;
    vault::SignedHead head; ///< the last published
    std::vector<std::uint64_t> revoked;
    std::optional<vault::ShardMap> map; ///< by default balanced over the first list

    /// `pages`: whether there is a page for each record, or only summaries.
    void publish(std::uint64_t epoch, std::vector<vault::PagedRecord> nodes, bool pages = true) {
        vault::DirectoryHead next;
        next.root_version = root.version;
        next.epoch = epoch;
        next.fresh_until = static_cast<std::uint32_t>(epoch + 3600);
        next.valid_until = static_cast<std::uint32_t>(epoch + 3 * 86400);
        next.history_size = leaves_.size();
        next.history_root = vault::merkle::root(leaves_);
        next.revoked = revoked;
        for (const auto& [old, ignored] : shards_) {
            next.deltas_from.push_back(old);
        }
        map = map ? map : std::optional(vault::balanced_map(coordinates(nodes)));
        next.map = *map;
        auto& shards = shards_[epoch];
        shards = split(std::move(nodes), *map);
        const std::string folder = "/v1/" + std::to_string(epoch) + "/";
        for (std::size_t i = 0; i < vault::shard_count; ++i) {
            next.shards[i] = add_shard(folder, i, shards[i], pages, next.deltas_from);
        }
        add_history(folder);
        sign(std::move(next));
        leaves_.push_back(vault::merkle::leaf_hash(head.encoded));
        epochs_.push_back(epoch);
    }

    /// Signs a head by the keys of the root and puts it in place.
    void sign(vault::DirectoryHead next, std::vector<std::size_t> by = {0, 1, 2}) {
        head = vault::SignedHead{std::move(next), {}, {}};
        head.encoded = vault::encode(head.head);
        for (const std::size_t key : by) {
            head.signatures.push_back(vault::sign(head.head, root, (*signers_)[key]).value());
        }
        files["/v1/head"] = vault::head_file(head);
    }

    /// New keys, vouched for by the old ones.
    void change_keys(std::uint8_t seed) {
        const auto old_signers = signers_;
        const vault::DirectoryRoot old = root;
        root = new_root(old.version + 1, seed);
        vault::SignedRoot next{root, {}, {}};
        for (std::size_t i = 0; i < root.threshold; ++i) {
            next.by_previous.push_back(vault::sign(root, old, (*old_signers)[i]).value());
            next.by_itself.push_back(vault::sign(root, root, (*signers_)[i]).value());
        }
        files["/v1/root/" + std::to_string(root.version)] = vault::root_file(next);
    }

    /// Of the last list: a node's place in its shard, and the shard's records.
    const std::vector<vault::PagedRecord>& shard(std::size_t number) const {
        return shards_.at(head.head.epoch)[number];
    }
    std::string folder() const { return "/v1/" + std::to_string(head.head.epoch) + "/"; }

private:
    using Shards = std::vector<std::vector<vault::PagedRecord>>;

    vault::DirectoryRoot new_root(std::uint32_t version, std::uint8_t seed) {
        vault::DirectoryRoot made;
        made.version = version;
        made.threshold = 3;
        std::vector<keys::OwnerKey> signers;
        for (std::uint8_t i = 0; i < 5; ++i) {
            CountingEntropy entropy(static_cast<std::uint8_t>(seed + 40 * i));
            signers.push_back(keys::OwnerKey::generate(entropy));
            made.keys.push_back(signers.back().public_key());
        }
        signers_ = std::make_shared<const std::vector<keys::OwnerKey>>(std::move(signers));
        return made;
    }

    static std::vector<vault::Coordinates>
    coordinates(const std::vector<vault::PagedRecord>& nodes) {
        std::vector<vault::Coordinates> out;
        for (const auto& node : nodes) {
            out.push_back({node.summary.latitude, node.summary.longitude});
        }
        return out;
    }

    static Shards split(std::vector<vault::PagedRecord> nodes, const vault::ShardMap& map) {
        std::sort(nodes.begin(), nodes.end(),
                  [](const auto& a, const auto& b) { return a.summary.key < b.summary.key; });
        Shards out(vault::shard_count);
        for (auto& node : nodes) {
            out[map.shard_of(node.summary.latitude, node.summary.longitude)].push_back(
                std::move(node));
        }
        return out;
    }

    static std::vector<vault::Summary> summaries(const std::vector<vault::PagedRecord>& nodes) {
        std::vector<vault::Summary> out;
        for (const auto& node : nodes) {
            out.push_back(node.summary);
        }
        return out;
    }

    vault::ShardEntry add_shard(const std::string& folder, std::size_t number,
                                const std::vector<vault::PagedRecord>& nodes, bool pages,
                                const std::vector<std::uint64_t>& deltas_from) {
        const auto byte = static_cast<std::uint8_t>(number);
        const std::string name = to_hex(ByteView(&byte, 1));
        const auto list = summaries(nodes);
        vault::ShardEntry entry{static_cast<std::uint32_t>(nodes.size()), {}, {}};
        const Bytes file = vault::shard_file(list);
        entry.summaries = vault::merkle::sha256(file);
        for (const std::uint64_t old : deltas_from) {
            const Bytes delta = vault::delta_file(summaries(shards_[old][number]), list);
            if (summaries(shards_[old][number]) != list && delta.size() < file.size()) {
                files[folder + "delta/" + name + "-from-" + std::to_string(old)] = delta;
            }
        }
        files[folder + "shard/" + name] = file;
        if (pages) {
            vault::RecordPages made = vault::record_pages(nodes);
            entry.records = made.root;
            for (std::size_t page = 0; page < made.files.size(); ++page) {
                files[folder + "rec/" + name + "/" + std::to_string(page)] =
                    std::move(made.files[page]);
            }
        }
        return entry;
    }

    void add_history(const std::string& folder) {
        ByteWriter all;
        for (std::size_t i = 0; i < leaves_.size(); ++i) {
            files[folder + "history/" + std::to_string(epochs_[i])] =
                vault::history_file(leaves_, i);
            all.u64(epochs_[i]).raw(leaves_[i]);
        }
        files[folder + "history/all"] = all.take();
    }

    std::shared_ptr<const std::vector<keys::OwnerKey>> signers_;
    std::map<std::uint64_t, Shards> shards_;
    std::vector<std::uint64_t> epochs_;
    std::vector<Hash32> leaves_;
};

/// Files as a web server gives them, in this process: counts what is asked for and how much comes.
/// `change` may put something else in an answer's place.
class FileHttp final : public Http {
public:
    explicit FileHttp(const std::map<std::string, Bytes>& files) : files_(files) {}

    static inline const std::string url = "https://directory.example.org";
    std::function<void(const std::string& path, Result<HttpResponse>& answer)> change;

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
        const std::string path = request.url.substr(url.size());
        Result<HttpResponse> answer = HttpResponse{404, {}, "gone"};
        if (const auto file = files_.find(path); file != files_.end()) {
            const std::string etag = "\"" + to_hex(vault::merkle::sha256(file->second)) + "\"";
            const bool same = std::any_of(
                request.headers.begin(), request.headers.end(), [&](const HttpHeader& header) {
                    return header.name == "If-None-Match" && header.value == etag;
                });
            answer = HttpResponse{
                same ? 304 : 200, {{"ETag", etag}}, same ? "" : std::string(as_text(file->second))};
        }
        if (change) {
            change(path, answer);
        }
        const std::lock_guard lock(mutex_);
        asked_.push_back(path);
        if (stop.stop_requested()) {
            return fail(ErrorCode::cancelled, "It was cancelled.");
        }
        if (answer && answer->body.size() > request.max_response) {
            return fail(ErrorCode::limit_exceeded, "The answer is too long.");
        }
        bytes_ += answer ? answer->body.size() : 0;
        return answer;
    }

    /// What was asked since the last call of this.
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return std::exchange(asked_, {});
    }
    std::uint64_t bytes() {
        const std::lock_guard lock(mutex_);
        return std::exchange(bytes_, 0);
    }

private:
    const std::map<std::string, Bytes>& files_;
    std::mutex mutex_;
    std::vector<std::string> asked_;
    std::uint64_t bytes_ = 0;
};

/// A clock that stands where it is put.
struct SetClock final : Clock {
    std::int64_t time;
    explicit SetClock(std::int64_t at) : time(at) {}
    std::int64_t now() const override { return time; }
};

} // namespace tau::test
