#pragma once

#include "core/vault/node_source.h"
#include "tests/support/published_directory.h"
#include "tests/support/temporary_directory.h"

#include <cmath>
#include <doctest/doctest.h>

namespace tau::test {

inline constexpr std::int64_t start = 1790000000;

/// A directory of a few nodes with real records, spread over the world, and who reads it.
struct ClientWorld {
    static constexpr std::size_t count = 40;

    std::vector<VaultKeys> keys{count};
    std::vector<vault::PagedRecord> nodes;
    PublishedDirectory directory;
    FileHttp http{directory.files};
    SetClock clock{start};
    TemporaryDirectory cache;
    std::unique_ptr<vault::NodeSource> source;

    ClientWorld() {
        for (std::size_t i = 0; i < count; ++i) {
            nodes.push_back(listed_node(keys[i], start, place_of(i), "node-" + std::to_string(i)));
        }
        directory.publish(start, nodes);
        reopen();
    }

    static vault::Coordinates place_of(std::size_t i) {
        return {static_cast<std::int16_t>(-6000 + static_cast<int>(i) * 300),
                static_cast<std::int16_t>(-17000 + static_cast<int>(i * 7 % count) * 850)};
    }

    vault::Network network() const {
        vault::Network out{"n", {}, {}, {}};
        out.directory = vault::NamedDirectory{FileHttp::url, vault::encode(first_root)};
        return out;
    }

    /// As a program that starts anew with the same cache.
    void reopen() {
        source = vault::open_nodes(network(), http, clock, cache.path() / "c").value();
        http.asked();
        http.bytes();
    }

    Result<vault::NodeList> load(vault::Extent extent = vault::Extent::all) {
        return source->load(vault::Place{47.37, 8.54}, extent, {}, {});
    }

    /// A new list, an hour later, with the first `changed` nodes' figures changed.
    void publish_next(std::size_t changed) {
        clock.time += 3600;
        for (std::size_t i = 0; i < changed; ++i) {
            nodes[i].summary.slots ^= 1U;
        }
        directory.publish(static_cast<std::uint64_t>(clock.time), nodes);
    }

    /// All in the one shard of a map that splits at 0: enough for a delta to be shorter than it.
    void put_in_one_shard() {
        for (vault::PagedRecord& node : nodes) {
            node.summary.latitude = std::max<std::int16_t>(node.summary.latitude, 0);
            node.summary.longitude = std::max<std::int16_t>(node.summary.longitude, 0);
        }
        directory = PublishedDirectory();
        directory.map = vault::ShardMap{};
        directory.publish(start, nodes);
    }

    /// Whoever asks from now on is told that nobody is there.
    void cut_off() {
        http.change = [](const std::string&, Result<HttpResponse>& answer) {
            answer = fail(ErrorCode::unavailable, "There is no network.");
        };
    }

    /// All files of the cache, of this one directory.
    std::vector<std::filesystem::path> cached() const {
        std::vector<std::filesystem::path> out;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(cache.path())) {
            if (entry.is_regular_file()) {
                out.push_back(entry.path());
            }
        }
        return out;
    }

    vault::DirectoryRoot first_root = directory.root;
};

/// That the table holds just these nodes, with their figures.
inline void check_rows(const vault::NodeTable& table,
                       const std::vector<vault::PagedRecord>& nodes) {
    REQUIRE(table.size() == nodes.size());
    for (const vault::PagedRecord& node : nodes) {
        const auto at = std::find(table.key.begin(), table.key.end(), node.summary.key);
        REQUIRE(at != table.key.end());
        const auto row = static_cast<std::size_t>(at - table.key.begin());
        CHECK(table.latitude[row] == node.summary.latitude);
        CHECK(table.longitude[row] == node.summary.longitude);
        CHECK(table.slots[row] == vault::slots_of(node.summary.slots));
        CHECK(table.reputation[row] == vault::reputation_of(node.summary.reputation));
        CHECK(table.network[row] == node.summary.network);
    }
}

inline bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

} // namespace tau::test
