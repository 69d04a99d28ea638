// A directory of a million nodes: from the cache to the table that is ranked, beside hashing the
// same bytes and beside parsing the same list as JSON; and what a first start downloads.
#include "core/vault/directory/sample.h"
#include "core/vault/node_source.h"
#include "tests/bench/report.h"
#include "tests/support/published_directory.h"
#include "tests/support/temporary_directory.h"

#include <cstdio>
#include <nlohmann/json.hpp>

using namespace tau;
using namespace tau::test;

namespace {

constexpr std::int64_t now = 1790000000;
constexpr std::size_t count = 1'000'000;
constexpr std::size_t tenth = 10; ///< of the list is enough to see how long JSON takes
constexpr vault::Place zurich{47.37, 8.54};

void require(bool condition, const char* what) {
    if (!condition) {
        std::fprintf(stderr, "bench_directory: %s\n", what);
        std::exit(2);
    }
}

/// The list as an ordinary service would give it.
std::string as_json(const std::vector<vault::Summary>& summaries) {
    std::string out = "[";
    for (const vault::Summary& one : summaries) {
        char text[200];
        std::snprintf(text, sizeof text,
                      "%s{\"id\":\"%012llx\",\"lat\":%.2f,\"lon\":%.2f,\"reputation\":%.4f,"
                      "\"slots\":%.0f,\"age\":%.1f,\"network\":%u,\"flags\":%u}",
                      out.size() > 1 ? "," : "", static_cast<unsigned long long>(one.key),
                      one.latitude / 100.0, one.longitude / 100.0, 0.001 * one.reputation,
                      10.0 * one.slots, 1.0 * one.age, one.network, one.flags);
        out += text;
    }
    return out + "]";
}

/// A directory of a million, and who has it in the cache already.
struct Setting {
    PublishedDirectory directory;
    FileHttp http{directory.files};
    SetClock clock{now};
    TemporaryDirectory cache;
    vault::Network network{"bench", {}, {}, {}};

    explicit Setting(const std::vector<vault::Summary>& summaries) {
        std::vector<vault::PagedRecord> nodes;
        nodes.reserve(summaries.size());
        for (const vault::Summary& summary : summaries) {
            nodes.push_back({summary, {}});
        }
        directory.publish(now, std::move(nodes), false);
        network.directory = vault::NamedDirectory{FileHttp::url, vault::encode(directory.root)};
    }

    vault::NodeList load(const std::filesystem::path& folder, vault::Extent extent) {
        const auto source = vault::open_nodes(network, http, clock, folder);
        require(source.has_value(), "the directory cannot be opened");
        auto list = (*source)->load(zurich, extent, {}, {});
        require(list.has_value(), "the directory cannot be loaded");
        require(list->notice.empty(), list->notice.c_str());
        return std::move(*list);
    }
};

} // namespace

int main(int argc, char** argv) {
    require(sodium_init() >= 0, "libsodium does not start");
    const std::vector<vault::Summary> summaries = vault::sample_summaries(count, 1);
    Setting setting(summaries);
    const Bytes bytes = vault::shard_file(summaries);
    const std::string json = as_json({summaries.begin(), summaries.begin() + count / tenth});

    const TemporaryDirectory fresh;
    setting.load(fresh.path(), vault::Extent::nearby);
    const auto first_bytes = static_cast<double>(setting.http.bytes());
    require(setting.load(setting.cache.path(), vault::Extent::all).table->size() == count,
            "nodes are missing");

    Hash32 hash{};
    std::size_t parsed = 0;
    const auto times =
        bench::medians(5, {[&] { setting.load(setting.cache.path(), vault::Extent::all); },
                           [&] { setting.load(fresh.path(), vault::Extent::nearby); },
                           [&] { crypto_hash_sha256(hash.data(), bytes.data(), bytes.size()); },
                           [&] { parsed = nlohmann::json::parse(json).size(); }});
    require(parsed == count / tenth, "the JSON is not the list");

    const std::string all = "1,000,000 nodes verified and loaded from the cache";
    return bench::report(
        {
            {all, times[0], "ms", "libsodium's SHA-256 of the same bytes", times[2], {}, 1000},
            {all,
             times[0],
             "ms",
             "nlohmann's parse of a tenth of it as JSON, times ten",
             times[3] * tenth,
             0.2,
             {}},
            {"nodes around a place, from the cache", times[1], "ms", "", 0, {}, 50},
            {"first start: head and shards nearby", first_bytes, "bytes", "", 0, {}, 400'000},
            {"the whole list",
             static_cast<double>(bytes.size()),
             "bytes",
             "the list as JSON",
             static_cast<double>(json.size() * tenth),
             {},
             {}},
        },
        argc, argv);
}
