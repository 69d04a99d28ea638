// Hostile files of a directory: no crash, what is read is written as the same bytes again, and of
// all heads, roots and shards only the good one is believed.
#include "core/vault/directory/merkle.h"
#include "core/vault/directory/sample.h"
#include "core/vault/directory/shard.h"
#include "tests/fuzz/overlay.h"
#include "tests/support/entropy.h"

#include <cstdlib>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr std::int64_t now = 1790000000;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// The same in every run, so that a finding can be repeated.
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scene good;
    const ByteView input(data, size);
    const Bytes head = fuzz::overlay(good.head, input);
    require(read_head_file(head, good.root, now).has_value() == fuzz::same(head, good.head));
    const Bytes root = fuzz::overlay(good.next_root, input);
    require(read_root_file(root, good.root).has_value() == fuzz::same(root, good.next_root));
    if (const auto read = decode_root(root)) {
        require(fuzz::same(encode(*read), root));
    }
    const Bytes shard = fuzz::overlay(good.shard, input);
    require(read_shard_file(shard, good.entry).has_value() == fuzz::same(shard, good.shard));
    const ShardEntry as_named{
        static_cast<std::uint32_t>(shard.size() / summary_size), merkle::sha256(shard), {}};
    if (const auto read = read_shard_file(shard, as_named)) {
        require(fuzz::same(shard_file(*read), shard));
    }
    const Bytes delta = fuzz::overlay(delta_file({}, good.nodes), input);
    if (const auto file = apply_delta({}, delta, good.entry)) {
        require(fuzz::same(*file, good.shard));
    }
    const Bytes page = fuzz::overlay(good.pages[1], input);
    require(read_page_file(page, 1, good.entry).has_value() == fuzz::same(page, good.pages[1]));
    return 0;
}
