#include "fixture.h"

#include "core/base/file.h"
#include "core/vault/directory/builder.h"
#include "core/vault/directory/history.h"
#include "core/vault/directory/sample.h"
#include "tests/support/temporary_directory.h"

#include <fstream>
#include <sys/stat.h>

using namespace tau;
using namespace tau::test;
using vault::Edition;
using vault::PagedRecord;
using vault::SignedHead;
using vault::Summary;
namespace fs = std::filesystem;

namespace {

vault::Signers signers_of(const DirectoryKeys& keys, std::size_t count = 3) {
    vault::Signers signers;
    signers.root.root = keys.root;
    for (const auto& key : keys.keys) {
        signers.root.by_itself.push_back(vault::sign(keys.root, keys.root, key).value());
    }
    for (std::size_t i = 0; i < count; ++i) { // in any order
        signers.keys.push_back(keys::OwnerKey::from_seed(keys.keys[count - 1 - i].seed()).value());
    }
    return signers;
}

Edition edition_of(const std::vector<Summary>& nodes) {
    Edition edition;
    edition.durable = nodes.size() == 7; // it takes long while others write
    for (const Summary& node : nodes) {
        edition.nodes.push_back({node, Bytes(60, static_cast<std::uint8_t>(node.key))});
    }
    return edition;
}

Bytes file_in(const fs::path& folder, const SignedHead& head, const std::string& name) {
    const auto text = read_file(folder / "v1" / std::to_string(head.head.epoch) / name);
    CAPTURE(name);
    REQUIRE(text);
    return {text->begin(), text->end()};
}

std::string hex(std::size_t number) {
    const auto byte = static_cast<std::uint8_t>(number);
    return to_hex({&byte, 1});
}

/// Reads the whole folder as a client would, from nothing but the root.
std::size_t verify_all(const fs::path& folder, const vault::DirectoryRoot& root, std::int64_t at) {
    const auto head_bytes = read_file(folder / "v1" / "head");
    REQUIRE(head_bytes);
    const auto head = vault::read_head_file(as_bytes(*head_bytes), root, at);
    REQUIRE(head);
    std::size_t nodes = 0;
    for (std::size_t shard = 0; shard < vault::shard_count; ++shard) {
        const auto& entry = head->head.shards[shard];
        if (entry.count == 0) {
            CHECK(vault::read_shard_file({}, entry));
            continue;
        }
        const auto summaries =
            vault::read_shard_file(file_in(folder, *head, "shard/" + hex(shard)), entry);
        REQUIRE(summaries);
        for (std::size_t row = 0; row < summaries->size(); ++row) {
            const Summary& summary = (*summaries)[row];
            CHECK(head->head.map.shard_of(summary.latitude, summary.longitude) == shard);
            if (row % vault::page_records == 0) {
                const std::size_t page = row / vault::page_records;
                const auto records = vault::read_page_file(
                    file_in(folder, *head, "rec/" + hex(shard) + "/" + std::to_string(page)), page,
                    entry);
                REQUIRE(records);
                CHECK((*records)[0].summary == summary);
            }
        }
        nodes += summaries->size();
    }
    CHECK(nodes == head->head.node_count());
    return nodes;
}

} // namespace

TEST_CASE("a published folder verifies from the root alone") {
    const TemporaryDirectory place;
    const DirectoryKeys keys;
    for (const std::size_t count : {0U, 7U, 3000U}) {
        const fs::path folder = place.path() / std::to_string(count);
        const auto nodes = vault::sample_summaries(count, 1);
        const auto head = vault::publish(edition_of(nodes), signers_of(keys), folder, now);
        REQUIRE(head);
        CHECK(head->head.epoch == now);
        CHECK(head->head.history_size == 0);
        CHECK(verify_all(folder, keys.root, now) == count);
        const auto root = read_file(folder / "v1" / "root" / "1");
        REQUIRE(root);
        CHECK(vault::read_own_root(as_bytes(*root)).value().root == keys.root);
        CHECK(vault::newest_head(folder, now).value()->encoded == head->encoded);
    }
    CHECK_FALSE(vault::newest_head(place.path() / "none", now).value());
}

TEST_CASE("editions follow each other: history, deltas, the same map") {
    const TemporaryDirectory place;
    const fs::path& folder = place.path();
    const DirectoryKeys keys;
    const auto signers = signers_of(keys, 5);
    const auto all = vault::sample_summaries(3000, 1);
    std::vector<SignedHead> heads;
    std::vector<std::vector<Summary>> lists;
    for (std::int64_t hour = 0; hour < 7; ++hour) {
        std::vector<Summary> nodes(all.begin() + 10 * hour, all.end() - 70 + 10 * hour);
        nodes[5].age = static_cast<std::uint8_t>(10 + hour);
        auto head = vault::publish(edition_of(nodes), signers, folder, now + 3600 * hour);
        REQUIRE(head);
        for (const SignedHead& old : heads) {
            CHECK(old.head.map == head->head.map);
            const Bytes proof = file_in(folder, *head, "history/" + std::to_string(old.head.epoch));
            CHECK(vault::verify_history(old, *head, proof));
        }
        heads.push_back(std::move(*head));
        lists.push_back(std::move(nodes));
    }
    const SignedHead& last = heads.back();
    CHECK(verify_all(folder, keys.root, now + 7 * 3600) == lists.back().size());
    CHECK(last.head.deltas_from == std::vector{heads[2].head.epoch, heads[3].head.epoch,
                                               heads[4].head.epoch, heads[5].head.epoch});
    CHECK_FALSE(fs::exists(folder / "v1" / std::to_string(heads[2].head.epoch)));
    CHECK(fs::exists(folder / "v1" / std::to_string(heads[3].head.epoch)));

    std::size_t deltas = 0;
    for (std::size_t shard = 0; shard < vault::shard_count; ++shard) {
        std::vector<Summary> before;
        for (const Summary& node : lists[2]) {
            if (last.head.map.shard_of(node.latitude, node.longitude) == shard) {
                before.push_back(node);
            }
        }
        const auto path = folder / "v1" / std::to_string(last.head.epoch) / "delta" /
                          (hex(shard) + "-from-" + std::to_string(heads[2].head.epoch));
        if (const auto delta = read_file(path)) {
            ++deltas;
            CHECK(vault::apply_delta(vault::shard_file(before), as_bytes(*delta),
                                     last.head.shards[shard]));
        }
    }
    CHECK(deltas > 20);
}

TEST_CASE("the map is made anew when a shard has outgrown twice the mean") {
    const TemporaryDirectory place;
    const DirectoryKeys keys;
    auto nodes = vault::sample_summaries(20000, 1);
    const auto first =
        vault::publish(edition_of(nodes), signers_of(keys), place.path(), now).value();
    for (std::size_t i = 0; i < 4000; ++i) { // a rush to one town
        nodes[i].latitude = static_cast<std::int16_t>(4700 + i % 60);
        nodes[i].longitude = static_cast<std::int16_t>(800 + i / 60);
    }
    const auto second =
        vault::publish(edition_of(nodes), signers_of(keys), place.path(), now + 3600).value();
    CHECK_FALSE(first.head.map == second.head.map);
    for (const auto& shard : second.head.shards) {
        CHECK(shard.count < 2 * 20000 / 256);
    }
    CHECK(verify_all(place.path(), keys.root, now + 3600) == 20000);
}

TEST_CASE("reports are published and committed to") {
    const TemporaryDirectory place;
    const DirectoryKeys keys;
    Edition edition = edition_of({});
    edition.reports = {Bytes{1}, Bytes{2, 2}, Bytes{}};
    const auto head = vault::publish(edition, signers_of(keys), place.path(), now).value();
    CHECK(head.head.report_count == 3);
    std::vector<Hash32> leaves;
    for (int i = 0; i < 3; ++i) {
        leaves.push_back(
            vault::merkle::leaf_hash(file_in(place.path(), head, "report/" + std::to_string(i))));
    }
    CHECK(vault::merkle::root(leaves) == head.head.reports_root);
}

TEST_CASE("what nobody would believe is not published") {
    const TemporaryDirectory place;
    const DirectoryKeys keys;
    const DirectoryKeys strangers(9);
    const Edition edition = edition_of(vault::sample_summaries(50, 1));
    REQUIRE(vault::publish(edition, signers_of(keys), place.path(), now));
    const auto before = read_file(place.path() / "v1" / "head").value();

    auto wrong = signers_of(keys, 2); // too few
    CHECK_FALSE(vault::publish(edition, wrong, place.path(), now + 60));
    wrong = signers_of(keys);
    wrong.keys = signers_of(strangers).keys;
    CHECK_FALSE(vault::publish(edition, wrong, place.path(), now + 60));
    CHECK_FALSE(vault::publish(edition, signers_of(strangers), place.path(), now + 60));
    Edition bad = edition;
    bad.valid_for = 8 * 86400;
    CHECK_FALSE(vault::publish(bad, signers_of(keys), place.path(), now + 60));
    bad = edition;
    bad.revoked.assign(5000, 1);
    CHECK_FALSE(vault::publish(bad, signers_of(keys), place.path(), now + 60));
    CHECK_FALSE(vault::publish(edition, signers_of(keys), place.path(), now - 3600));

    CHECK(read_file(place.path() / "v1" / "head").value() == before);
    CHECK(verify_all(place.path(), keys.root, now + 60) == 50);
    // What was left behind by the failures disturbs nobody.
    REQUIRE(vault::publish(edition, signers_of(keys), place.path(), now + 60));
    CHECK(verify_all(place.path(), keys.root, now + 60) == 50);
}

TEST_CASE("two editions within a second are two, and everybody may read them") {
    const TemporaryDirectory place;
    const DirectoryKeys keys;
    const mode_t umask = ::umask(077);
    const auto first = vault::publish(edition_of({}), signers_of(keys), place.path(), now).value();
    const auto second = vault::publish(edition_of({}), signers_of(keys), place.path(), now).value();
    ::umask(umask);
    CHECK(second.head.epoch == first.head.epoch + 1);
    CHECK(second.head.history_size == 1);
    for (const auto& entry : fs::recursive_directory_iterator(place.path() / "v1")) {
        const auto mode = entry.status().permissions();
        CHECK((mode & fs::perms::others_read) != fs::perms::none);
    }
}

TEST_CASE("what a publisher left that was ended in the middle is cleared away") {
    const TemporaryDirectory place;
    const DirectoryKeys keys;
    const fs::path draft = place.path() / "v1" / (std::to_string(now) + ".new");
    const fs::path unnamed = place.path() / "v1" / std::to_string(now);
    for (const fs::path& folder : {draft, unnamed}) {
        fs::create_directories(folder / "shard");
        std::ofstream(folder / "shard" / "00") << "half";
    }
    REQUIRE(vault::publish(edition_of({}), signers_of(keys), place.path(), now));
    CHECK_FALSE(fs::exists(draft));
    CHECK(verify_all(place.path(), keys.root, now) == 0);
}
