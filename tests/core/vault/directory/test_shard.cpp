#include "fixture.h"

#include "core/vault/directory/sample.h"
#include "core/vault/directory/shard.h"

using namespace tau;
using namespace tau::test;
using vault::PagedRecord;
using vault::ShardEntry;
using vault::Summary;

namespace {

ShardEntry entry_of(const std::vector<Summary>& nodes) {
    const Bytes file = vault::shard_file(nodes);
    return {static_cast<std::uint32_t>(nodes.size()), vault::merkle::sha256(file), {}};
}

std::vector<PagedRecord> records_of(const std::vector<Summary>& nodes) {
    std::vector<PagedRecord> out;
    for (const Summary& node : nodes) {
        out.push_back({node, Bytes(100 + node.key % 50, static_cast<std::uint8_t>(node.key))});
    }
    return out;
}

} // namespace

TEST_CASE("a shard comes back, and nothing else passes for it") {
    const auto nodes = vault::sample_summaries(100, 1);
    const Bytes file = vault::shard_file(nodes);
    const ShardEntry entry = entry_of(nodes);
    CHECK(vault::read_shard_file(file, entry).value() == nodes);
    for (std::size_t i = 0; i < file.size(); ++i) {
        Bytes bad = file;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::read_shard_file(bad, entry));
        CHECK_FALSE(vault::read_shard_file(ByteView(file).first(i), entry));
    }
    CHECK(vault::read_shard_file({}, entry_of({})).value().empty());
}

TEST_CASE("a shard that was signed malformed is refused as well") {
    auto twice = vault::sample_summaries(3, 1);
    twice[1] = twice[0];
    CHECK(vault::read_shard_file(vault::shard_file(twice), entry_of(twice)).error().code ==
          ErrorCode::corrupt);
    auto unordered = vault::sample_summaries(3, 1);
    std::swap(unordered[0], unordered[2]);
    CHECK_FALSE(vault::read_shard_file(vault::shard_file(unordered), entry_of(unordered)));
    auto nowhere = vault::sample_summaries(3, 1);
    nowhere[1].latitude = 9001;
    CHECK_FALSE(vault::read_shard_file(vault::shard_file(nowhere), entry_of(nowhere)));
}

TEST_CASE("a delta leads from one shard to the next") {
    const auto all = vault::sample_summaries(300, 2);
    const std::vector<Summary> before(all.begin(), all.begin() + 200);
    std::vector<Summary> after(all.begin() + 50, all.end());
    after[3].reputation ^= 1;
    const std::vector<std::pair<std::vector<Summary>, std::vector<Summary>>> cases{
        {before, after}, {after, before}, {before, before}, {{}, after}, {before, {}}, {{}, {}}};
    for (const auto& [from, to] : cases) {
        const Bytes delta = vault::delta_file(from, to);
        const auto file = vault::apply_delta(vault::shard_file(from), delta, entry_of(to));
        REQUIRE(file);
        CHECK(*file == vault::shard_file(to));
    }
    CHECK(vault::delta_file(before, before).size() == 8);
}

TEST_CASE("a delta that does not lead to the signed shard is refused") {
    const auto all = vault::sample_summaries(60, 2);
    const std::vector<Summary> before(all.begin(), all.begin() + 50);
    const std::vector<Summary> after(all.begin() + 5, all.end());
    const Bytes from = vault::shard_file(before);
    const Bytes delta = vault::delta_file(before, after);
    const ShardEntry entry = entry_of(after);
    REQUIRE(vault::apply_delta(from, delta, entry));
    for (std::size_t i = 0; i < delta.size(); ++i) {
        CAPTURE(i);
        Bytes bad = delta;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::apply_delta(from, bad, entry));
        CHECK_FALSE(vault::apply_delta(from, ByteView(delta).first(i), entry));
    }
    CHECK_FALSE(vault::apply_delta(ByteView(from).first(160), delta, entry));
}

TEST_CASE("every page of records is proved on its own") {
    for (const std::size_t count : {1U, 7U, 8U, 9U, 16U, 63U, 64U, 65U, 100U}) {
        CAPTURE(count);
        const auto nodes = vault::sample_summaries(count, 3);
        const auto records = records_of(nodes);
        const auto pages = vault::record_pages(records);
        ShardEntry entry = entry_of(nodes);
        entry.records = pages.root;
        CHECK(pages.files.size() == (count + 7) / 8);

        std::vector<Hash32> leaves; // the root is that of RFC 6962 over the records
        std::size_t row = 0;
        for (std::size_t page = 0; page < pages.files.size(); ++page) {
            const auto read = vault::read_page_file(pages.files[page], page, entry);
            REQUIRE(read);
            for (const PagedRecord& record : *read) {
                CHECK(record.summary == nodes[row]);
                CHECK(record.record == records[row].record);
                Bytes leaf;
                vault::append(leaf, record.summary);
                leaf.insert(leaf.end(), record.record.begin(), record.record.end());
                leaves.push_back(vault::merkle::leaf_hash(leaf));
                ++row;
            }
            CHECK_FALSE(vault::read_page_file(pages.files[page], page + 1, entry));
        }
        CHECK(row == count);
        CHECK(vault::merkle::root(leaves) == pages.root);
    }
    CHECK(vault::record_pages({}).root == vault::merkle::root({}));
}

TEST_CASE("no byte of a page can be changed, left out or added") {
    const auto nodes = vault::sample_summaries(20, 3);
    const auto pages = vault::record_pages(records_of(nodes));
    ShardEntry entry = entry_of(nodes);
    entry.records = pages.root;
    for (const std::size_t page : {0U, 2U}) {
        const Bytes& good = pages.files[page];
        for (std::size_t i = 0; i < good.size(); ++i) {
            Bytes bad = good;
            bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
            CHECK_FALSE(vault::read_page_file(bad, page, entry));
            CHECK_FALSE(vault::read_page_file(ByteView(good).first(i), page, entry));
        }
        Bytes longer = good;
        longer.push_back(0);
        CHECK_FALSE(vault::read_page_file(longer, page, entry));
    }
    CHECK_FALSE(vault::read_page_file(pages.files[0], 0, ShardEntry{}));
}
