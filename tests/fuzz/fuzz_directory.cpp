// Hostile files of a directory: no crash, what is read is written as the same bytes again, and of
// all heads, roots and shards only the good one is believed.
#include "core/vault/directory/merkle.h"
#include "core/vault/directory/sample.h"
#include "core/vault/directory/shard.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

#include <memory>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr std::int64_t now = 1790000000;

struct Scene {
    tau::test::CountingEntropy entropy{1};
    keys::OwnerKey key = keys::OwnerKey::generate(entropy);
    DirectoryRoot root{1, 1, {key.public_key()}};
    std::vector<Summary> nodes = sample_summaries(20, 1);
    Bytes shard = shard_file(nodes);
    ShardEntry entry{20, merkle::sha256(shard), {}};
    std::vector<Bytes> pages;
    Bytes head, next_root;

    Scene() {
        std::vector<PagedRecord> records;
        for (const Summary& node : nodes) {
            records.push_back({node, Bytes(40, 7)});
        }
        auto made = record_pages(records);
        pages = std::move(made.files);
        entry.records = made.root;
        DirectoryHead plain;
        plain.epoch = now;
        plain.fresh_until = plain.valid_until = static_cast<std::uint32_t>(now + 60);
        plain.shards[0] = entry;
        plain.revoked = {1, 2};
        plain.deltas_from = {now - 60};
        head = head_file({plain, encode(plain), {sign(plain, root, key).value()}});
        DirectoryRoot next = root;
        next.version = 2;
        const KeySignature signature = sign(next, root, key).value();
        next_root = root_file({next, {signature}, {signature}});
    }
};

void read_root(ByteView bytes, const DirectoryRoot& trusted, ByteView good) {
    fuzz::require(read_root_file(bytes, trusted).has_value() == fuzz::same(bytes, good));
    if (const auto root = decode_root(bytes)) {
        fuzz::require(fuzz::same(encode(*root), bytes));
    }
}

void read_shard(ByteView bytes, const ShardEntry& entry, ByteView good) {
    fuzz::require(read_shard_file(bytes, entry).has_value() == fuzz::same(bytes, good));
    const ShardEntry as_named{
        static_cast<std::uint32_t>(bytes.size() / summary_size), merkle::sha256(bytes), {}};
    if (const auto nodes = read_shard_file(bytes, as_named)) {
        fuzz::require(fuzz::same(shard_file(*nodes), bytes));
    }
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const auto good = std::make_unique<const Scene>();
    static const std::vector<Decoder> all{
        {"head", good->head,
         [](ByteView bytes) {
             require(read_head_file(bytes, good->root, now).has_value() == same(bytes, good->head));
         }},
        {"next-root", good->next_root,
         [](ByteView bytes) { read_root(bytes, good->root, good->next_root); }},
        {"root", encode(good->root),
         [](ByteView bytes) { read_root(bytes, good->root, good->next_root); }},
        {"shard", good->shard, [](ByteView bytes) { read_shard(bytes, good->entry, good->shard); }},
        {"delta", delta_file({}, good->nodes),
         [](ByteView bytes) {
             if (const auto file = apply_delta({}, bytes, good->entry)) {
                 require(same(*file, good->shard));
             }
         }},
        {"page", good->pages[1], [](ByteView bytes) {
             require(read_page_file(bytes, 1, good->entry).has_value() ==
                     same(bytes, good->pages[1]));
         }}};
    return all;
}

} // namespace tau::fuzz
