#include "core/vault/directory/builder.h"

#include "core/base/file.h"
#include "core/vault/directory/edition_files.h"
#include "core/vault/directory/history.h"
#include "core/vault/directory/merkle.h"
#include "core/vault/place.h"

#include <algorithm>

namespace tau::vault {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t proven_history = 7ULL * 24 * 3600; ///< seconds
constexpr std::size_t most_proofs = 1000;
constexpr std::uint32_t small_shard = 256; ///< nodes; below that no map is worth a new one

std::vector<Coordinates> places_of(const std::vector<PagedRecord>& nodes) {
    std::vector<Coordinates> places;
    places.reserve(nodes.size());
    for (const PagedRecord& node : nodes) {
        places.push_back({node.summary.latitude, node.summary.longitude});
    }
    return places;
}

using Shards = std::array<std::vector<PagedRecord>, shard_count>;

Shards split(const std::vector<PagedRecord>& nodes, const ShardMap& map) {
    Shards shards;
    for (const PagedRecord& node : nodes) {
        shards[map.shard_of(node.summary.latitude, node.summary.longitude)].push_back(node);
    }
    return shards;
}

bool outgrown(const std::vector<PagedRecord>& nodes, const ShardMap& map) {
    std::array<std::size_t, shard_count> counts{};
    for (const PagedRecord& node : nodes) {
        ++counts[map.shard_of(node.summary.latitude, node.summary.longitude)];
    }
    const std::size_t largest = *std::max_element(counts.begin(), counts.end());
    return largest > small_shard && largest > 2 * nodes.size() / shard_count;
}

/// One edition on its way into its folder.
class Writer {
public:
    Writer(const Edition& edition, fs::path folder)
        : edition_(edition), files_(std::move(folder)) {}

    Result<DirectoryHead> write(const std::optional<SignedHead>& previous, std::int64_t now) {
        head_.epoch = static_cast<std::uint64_t>(now);
        if (previous) {
            head_.epoch = std::max(head_.epoch, previous->head.epoch + 1);
        }
        head_.fresh_until = static_cast<std::uint32_t>(head_.epoch + edition_.fresh_for);
        head_.valid_until = static_cast<std::uint32_t>(head_.epoch + edition_.valid_for);
        head_.revoked = edition_.revoked;
        const bool keep_map = previous && !outgrown(edition_.nodes, previous->head.map);
        head_.map = keep_map ? previous->head.map : balanced_map(places_of(edition_.nodes));
        head_.deltas_from = files_.epochs_before(head_.epoch);
        if (auto begun = files_.begin(head_.epoch); !begun) {
            return fail(begun.error());
        }
        const auto written = write_shards()
                                 .and_then([this] { return write_reports(); })
                                 .and_then([&] { return write_history(previous); })
                                 .and_then([this] { return files_.finish(edition_.durable); });
        return written ? Result<DirectoryHead>(head_) : fail(written.error());
    }

private:
    Result<void> write_shards() {
        const Shards shards = split(edition_.nodes, head_.map);
        for (std::size_t number = 0; number < shard_count; ++number) {
            if (shards[number].size() > max_shard_nodes) {
                return fail(ErrorCode::limit_exceeded,
                            "More than 65,536 nodes stand so close together that no shard holds "
                            "them.");
            }
            if (auto written = write_shard(number, shards[number]); !written) {
                return written;
            }
        }
        return {};
    }

    Result<void> write_shard(std::size_t number, const std::vector<PagedRecord>& nodes) {
        const std::string name = shard_name(number);
        std::vector<Summary> summaries;
        summaries.reserve(nodes.size());
        for (const PagedRecord& node : nodes) {
            summaries.push_back(node.summary);
        }
        const Bytes file = shard_file(summaries);
        ShardEntry& entry = head_.shards[number];
        entry.count = static_cast<std::uint32_t>(nodes.size());
        entry.summaries = merkle::sha256(file);
        if (nodes.empty()) {
            entry.records = merkle::root({});
            return {};
        }
        files_.write("shard/" + name, file);
        for (const std::uint64_t epoch : head_.deltas_from) {
            write_delta(name, epoch, summaries, file);
        }
        if (edition_.with_records) {
            const RecordPages pages = record_pages(nodes);
            entry.records = pages.root;
            for (std::size_t page = 0; page < pages.files.size(); ++page) {
                files_.write("rec/" + name + "/" + std::to_string(page), pages.files[page]);
            }
        }
        return files_.state();
    }

    /// None for what is the same or no shorter: the reader then takes the shard itself.
    void write_delta(const std::string& name, std::uint64_t epoch,
                     const std::vector<Summary>& summaries, const Bytes& file) {
        const auto before = files_.shard_of(epoch, name);
        if (!before || *before == file) {
            return;
        }
        const auto earlier =
            read_shard_file(*before, {static_cast<std::uint32_t>(before->size() / summary_size),
                                      merkle::sha256(*before),
                                      {}});
        const Bytes delta = earlier ? delta_file(*earlier, summaries) : file;
        if (delta.size() < file.size()) {
            files_.write("delta/" + name + "-from-" + std::to_string(epoch), delta);
        }
    }

    Result<void> write_reports() {
        if (edition_.reports.size() > max_reports || edition_.revoked.size() > max_revoked) {
            return fail(ErrorCode::limit_exceeded,
                        "A directory names at most 64 reports and 4,096 revoked nodes.");
        }
        std::vector<Hash32> leaves;
        for (const Bytes& report : edition_.reports) {
            files_.write("report/" + std::to_string(leaves.size()), report);
            leaves.push_back(merkle::leaf_hash(report));
        }
        head_.report_count = static_cast<std::uint16_t>(leaves.size());
        head_.reports_root = merkle::root(leaves);
        return files_.state();
    }

    Result<void> write_history(const std::optional<SignedHead>& previous) {
        std::vector<PastHead> past;
        if (previous) {
            auto earlier = files_.past_heads(previous->head.epoch);
            if (!earlier) {
                return fail(earlier.error());
            }
            past = std::move(*earlier);
            past.push_back({previous->head.epoch, merkle::leaf_hash(previous->encoded)});
        }
        std::vector<Hash32> leaves;
        leaves.reserve(past.size());
        for (const PastHead& head : past) {
            leaves.push_back(head.leaf);
        }
        head_.history_size = leaves.size();
        head_.history_root = merkle::root(leaves);
        for (std::size_t old = past.size() - std::min(past.size(), most_proofs); old < past.size();
             ++old) {
            if (past[old].epoch + proven_history >= head_.epoch) {
                files_.write("history/" + std::to_string(past[old].epoch),
                             history_file(leaves, old));
            }
        }
        files_.write_past_heads(past);
        return files_.state();
    }

    const Edition& edition_;
    EditionFiles files_;
    DirectoryHead head_;
};

Result<SignedHead> sign_all(DirectoryHead head, const Signers& signers) {
    SignedHead out;
    out.encoded = encode(head);
    for (const keys::OwnerKey& key : signers.keys) {
        auto signature = sign(head, signers.root.root, key);
        if (!signature) {
            return fail(signature.error());
        }
        out.signatures.push_back(*signature);
    }
    const auto by_key = [](const KeySignature& a, const KeySignature& b) { return a.key < b.key; };
    std::sort(out.signatures.begin(), out.signatures.end(), by_key);
    out.head = std::move(head);
    return out;
}

} // namespace

Result<std::optional<SignedHead>> newest_head(const fs::path& folder, std::int64_t now) {
    const auto file = read_file(folder / "v1" / "head", max_head_file);
    if (!file && file.error().code == ErrorCode::not_found) {
        return std::nullopt;
    }
    if (!file) {
        return fail(file.error());
    }
    const auto version = claimed_root_version(as_bytes(*file));
    if (!version) {
        return fail(version.error());
    }
    const auto root_bytes =
        read_file(folder / "v1" / "root" / std::to_string(*version), max_root_file);
    if (!root_bytes) {
        return fail(root_bytes.error());
    }
    const auto root = read_own_root(as_bytes(*root_bytes));
    if (!root) {
        return fail(root.error());
    }
    auto head = read_head_file(as_bytes(*file), root->root, now);
    if (!head) {
        return fail(head.error());
    }
    return std::optional(std::move(*head));
}

Result<SignedHead> publish(const Edition& edition, const Signers& signers, const fs::path& folder,
                           std::int64_t now) {
    const auto previous = newest_head(folder, now);
    if (!previous) {
        return fail(previous.error());
    }
    if (*previous && (*previous)->head.epoch >= static_cast<std::uint64_t>(now + clock_tolerance)) {
        return fail(ErrorCode::conflict, "The folder holds an edition from the future.",
                    "Check this computer's clock.");
    }
    if (*previous && (*previous)->head.root_version > signers.root.root.version) {
        return fail(
            ErrorCode::conflict,
            "The last edition was signed under a newer root, so nobody would take this one.",
            "Publish with the keys of root version " +
                std::to_string((*previous)->head.root_version) + ".");
    }
    Writer writer(edition, folder);
    auto head = writer.write(*previous, now);
    if (!head) {
        return fail(head.error());
    }
    head->root_version = signers.root.root.version;
    auto signed_head = sign_all(std::move(*head), signers);
    if (!signed_head) {
        return signed_head;
    }
    const Bytes file = head_file(*signed_head);
    // What we would not believe we do not publish: too few keys, wrong dates, lists too long.
    if (auto believed = read_head_file(file, signers.root.root, now); !believed) {
        return fail(believed.error());
    }
    if (auto placed = place_head(folder, signers.root, file); !placed) {
        return fail(placed.error());
    }
    remove_old_editions(folder);
    return signed_head;
}

} // namespace tau::vault
