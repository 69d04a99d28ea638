#include "core/vault/directory/shard.h"

#include "core/vault/directory/merkle.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::size_t max_proof = 32;

tl::unexpected<Error> malformed_shard(const std::string& what) {
    return fail(ErrorCode::corrupt, "A file of the directory is malformed: " + what + ".");
}

tl::unexpected<Error> other_file(const std::string& what) {
    return fail(ErrorCode::untrusted, what + " is not the one that the directory's head names.",
                "Try again later, or name another mirror of the directory.");
}

/// Summaries with ascending keys, as many as `bytes` holds.
Result<std::vector<Summary>> read_summaries(ByteView bytes) {
    std::vector<Summary> out;
    out.reserve(bytes.size() / summary_size);
    for (std::size_t at = 0; at < bytes.size(); at += summary_size) {
        auto summary = decode_summary(bytes.subspan(at, std::min(summary_size, bytes.size() - at)));
        if (!summary) {
            return fail(summary.error());
        }
        if (!out.empty() && summary->key <= out.back().key) {
            return malformed_shard("its nodes are not in order");
        }
        out.push_back(*summary);
    }
    return out;
}

struct Delta {
    std::vector<std::uint64_t> removed;
    std::vector<Summary> changed;
};

Result<Delta> read_delta(ByteView bytes) {
    ByteReader in(bytes);
    const std::uint32_t removals = in.u32();
    if (removals > in.remaining() / summary_key_size) {
        return malformed_shard("a delta is cut short");
    }
    Delta delta;
    delta.removed.resize(removals);
    std::generate(delta.removed.begin(), delta.removed.end(), [&] { return read_key(in); });
    const std::uint32_t changes = in.u32();
    if (!in.ok() || in.remaining() != std::size_t{changes} * summary_size) {
        return malformed_shard("a delta's length does not fit");
    }
    auto changed = read_summaries(in.raw(in.remaining()));
    if (!changed) {
        return fail(changed.error());
    }
    delta.changed = std::move(*changed);
    return delta;
}

bool summary_order(const Summary& a, const Summary& b) {
    return a.key < b.key;
}

std::vector<Hash32> leaves_of(std::span<const PagedRecord> records) {
    std::vector<Hash32> leaves;
    leaves.reserve(records.size());
    for (const PagedRecord& entry : records) {
        Bytes leaf;
        append(leaf, entry.summary);
        leaf.insert(leaf.end(), entry.record.begin(), entry.record.end());
        leaves.push_back(merkle::leaf_hash(leaf));
    }
    return leaves;
}

Bytes page_file(std::span<const PagedRecord> page, std::span<const Hash32> proof) {
    ByteWriter out;
    out.u8(static_cast<std::uint8_t>(page.size()));
    for (const PagedRecord& entry : page) {
        Bytes summary;
        append(summary, entry.summary);
        out.raw(summary).lp16(entry.record);
    }
    out.u8(static_cast<std::uint8_t>(proof.size()));
    for (const Hash32& hash : proof) {
        out.raw(hash);
    }
    return out.take();
}

} // namespace

std::string shard_name(std::size_t shard) {
    const auto byte = static_cast<std::uint8_t>(shard);
    return to_hex({&byte, 1});
}

Bytes shard_file(std::span<const Summary> summaries) {
    Bytes out;
    out.reserve(summaries.size() * summary_size);
    for (const Summary& summary : summaries) {
        append(out, summary);
    }
    return out;
}

Result<std::vector<Summary>> read_shard_file(ByteView file, const ShardEntry& entry) {
    if (file.size() != entry.count * summary_size || merkle::sha256(file) != entry.summaries) {
        return other_file("A part of the list of nodes");
    }
    return read_summaries(file);
}

Bytes delta_file(std::span<const Summary> from, std::span<const Summary> to) {
    std::vector<Summary> removed;
    std::set_difference(from.begin(), from.end(), to.begin(), to.end(), std::back_inserter(removed),
                        summary_order);
    std::vector<Summary> changed;
    for (auto before = from.begin(); const Summary& summary : to) {
        before = std::lower_bound(before, from.end(), summary, summary_order);
        if (before == from.end() || *before != summary) {
            changed.push_back(summary);
        }
    }
    ByteWriter out;
    out.u32(static_cast<std::uint32_t>(removed.size()));
    for (const Summary& summary : removed) {
        write_key(out, summary.key);
    }
    out.u32(static_cast<std::uint32_t>(changed.size())).raw(shard_file(changed));
    return out.take();
}

Result<Bytes> apply_delta(ByteView from, ByteView delta, const ShardEntry& entry) {
    const auto before = read_summaries(from);
    if (!before) {
        return fail(before.error());
    }
    const auto changes = read_delta(delta);
    if (!changes) {
        return fail(changes.error());
    }
    std::vector<Summary> after;
    after.reserve(before->size() + changes->changed.size());
    // Of equal keys this takes the first range's.
    std::set_union(changes->changed.begin(), changes->changed.end(), before->begin(), before->end(),
                   std::back_inserter(after), summary_order);
    std::erase_if(after, [&](const Summary& summary) {
        return std::binary_search(changes->removed.begin(), changes->removed.end(), summary.key);
    });
    Bytes file = shard_file(after);
    if (const auto checked = read_shard_file(file, entry); !checked) {
        return fail(checked.error());
    }
    return file;
}

RecordPages record_pages(std::span<const PagedRecord> shard) {
    const std::vector<Hash32> leaves = leaves_of(shard);
    std::vector<Hash32> page_roots;
    for (std::size_t at = 0; at < leaves.size(); at += page_records) {
        const std::size_t count = std::min(page_records, leaves.size() - at);
        page_roots.push_back(merkle::root(std::span(leaves).subspan(at, count)));
    }
    const std::size_t pages = page_roots.size();
    const merkle::Tree tree(std::move(page_roots));
    RecordPages out;
    out.root = tree.root();
    for (std::size_t page = 0; page < pages; ++page) {
        const std::size_t at = page * page_records;
        const std::size_t count = std::min(page_records, shard.size() - at);
        out.files.push_back(page_file(shard.subspan(at, count), tree.inclusion_proof(page)));
    }
    return out;
}

Result<std::vector<PagedRecord>> read_page_file(ByteView file, std::size_t page,
                                                const ShardEntry& entry) {
    const std::size_t pages = (entry.count + page_records - 1) / page_records;
    if (page >= pages || file.size() > max_page_file) {
        return other_file("A page of node records");
    }
    ByteReader in(file);
    std::vector<PagedRecord> records(in.u8());
    if (records.size() != std::min<std::size_t>(page_records, entry.count - page * page_records)) {
        return other_file("A page of node records");
    }
    for (PagedRecord& record : records) {
        const auto summary = decode_summary(in.raw(summary_size));
        if (!summary) {
            return fail(summary.error());
        }
        record.summary = *summary;
        const ByteView bytes = in.lp16();
        record.record.assign(bytes.begin(), bytes.end());
    }
    std::vector<Hash32> proof(in.u8());
    if (proof.size() > max_proof) {
        return malformed_shard("its proof is too long");
    }
    for (Hash32& hash : proof) {
        hash = in.array<32>();
    }
    if (!in.at_end()) {
        return malformed_shard("a page's length does not fit");
    }
    const Hash32 root = merkle::root(leaves_of(records));
    if (!merkle::verify_inclusion(root, page, pages, proof, entry.records)) {
        return other_file("A page of node records");
    }
    return records;
}

} // namespace tau::vault
