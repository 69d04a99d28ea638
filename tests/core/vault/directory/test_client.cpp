#include "client_world.h"

#include "core/base/file.h"
#include "core/vault/directory/sample.h"

#include <atomic>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

std::size_t count_of(const std::vector<std::string>& asked, const char* part) {
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(), [part](const std::string& path) { return says(path, part); }));
}

void flip(const std::filesystem::path& path, bool shorten) {
    std::string bytes = read_file(path).value();
    if (shorten) {
        bytes.resize(bytes.size() / 2);
    } else {
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    }
    REQUIRE(write_file_atomic(path, bytes));
}

} // namespace

TEST_CASE("a directory's nodes become a table, shard by shard") {
    ClientWorld world;
    std::uint64_t done = 0, all = 0;
    const auto list = world.source->load({}, vault::Extent::all,
                                         [&](std::uint64_t now, std::uint64_t of) {
                                             CHECK(now >= done);
                                             done = now;
                                             all = of;
                                         },
                                         {});
    REQUIRE(list);
    check_rows(*list->table, world.nodes);
    CHECK(list->total == ClientWorld::count);
    CHECK(list->published == start);
    CHECK(list->notice == "");
    CHECK_FALSE(list->offline);
    CHECK(done == all);
    CHECK(all == ClientWorld::count * vault::summary_size);
    const vault::NodeTable& table = *list->table;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::string name(table.name(row));
        CHECK(name.size() == 13);
        CHECK(std::stoull(name.substr(0, 6) + name.substr(7), nullptr, 16) == table.key[row]);
        CHECK(std::isnan(table.claimed[row]));
    }
}

TEST_CASE("who hears of the progress late still hears of its end") {
    ClientWorld world;
    std::uint64_t done = 0;
    REQUIRE(world.source->load({}, vault::Extent::all,
                               [&](std::uint64_t now, std::uint64_t) {
                                   // Long enough that the shards are all there meanwhile.
                                   std::this_thread::sleep_for(std::chrono::milliseconds(200));
                                   done = now;
                               },
                               {}));
    CHECK(done == ClientWorld::count * vault::summary_size);
}

TEST_CASE("what the cache holds is not fetched again, and a changed list comes as deltas") {
    ClientWorld world;
    world.put_in_one_shard();
    REQUIRE(world.load());
    CHECK(world.http.asked() ==
          std::vector<std::string>{"/v1/head", world.directory.folder() + "shard/ff"});
    REQUIRE(world.load()); // the head is fresh for an hour
    CHECK(world.http.asked().empty());
    world.reopen();
    world.clock.time += 3601;
    REQUIRE(world.load()); // the server says that it is the same
    CHECK(world.http.asked() == std::vector<std::string>{"/v1/head"});
    CHECK(world.http.bytes() == 0);

    world.publish_next(2);
    const auto list = world.load();
    REQUIRE(list);
    check_rows(*list->table, world.nodes);
    const auto asked = world.http.asked();
    CHECK(asked == std::vector<std::string>{
                       "/v1/head", world.directory.folder() + "history/" + std::to_string(start),
                       world.directory.folder() + "delta/ff-from-" + std::to_string(start)});
    world.reopen();
    REQUIRE(world.load());
    CHECK(world.http.asked().empty());

    // A list that is the same under a new head: nothing but that, and the next delta starts there.
    world.publish_next(0);
    REQUIRE(world.load());
    CHECK(count_of(world.http.asked(), "/shard/") == 0);
    const std::uint64_t last = world.directory.head.head.epoch;
    world.publish_next(3);
    REQUIRE(world.load());
    CHECK(count_of(world.http.asked(), ("-from-" + std::to_string(last)).c_str()) == 1);
}

TEST_CASE("a delta that does not lead to the promised shard is replaced by the whole one") {
    ClientWorld world;
    world.put_in_one_shard();
    REQUIRE(world.load());
    world.http.asked();
    world.publish_next(2);
    for (auto& [path, bytes] : world.directory.files) {
        if (says(path, "/delta/")) {
            bytes.back() ^= 1U;
        }
    }
    const auto list = world.load();
    REQUIRE(list);
    check_rows(*list->table, world.nodes);
    CHECK(count_of(world.http.asked(), "/shard/ff") == 1);
}

TEST_CASE("without a network the cache is shown, and how old it is") {
    ClientWorld world;
    REQUIRE(world.load());
    world.reopen();
    world.clock.time += 5 * 3600;
    world.cut_off();
    const auto list = world.load();
    REQUIRE(list);
    check_rows(*list->table, world.nodes);
    CHECK(list->offline);
    CHECK(list->published == start);
    CHECK(says(list->notice, "There is no network."));
    CHECK(says(list->notice, "signed 5 hours ago"));

    world.clock.time += 4 * 86400;
    const auto outdated = world.load();
    REQUIRE(outdated);
    CHECK(says(outdated->notice, "signed 4 days ago"));
    CHECK(says(outdated->notice, "was valid until"));

    TemporaryDirectory empty;
    const auto nothing = vault::open_nodes(world.network(), world.http, world.clock, empty.path())
                             .value()
                             ->load({}, vault::Extent::all, {}, {});
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().code == ErrorCode::unavailable);
    CHECK_FALSE(nothing.error().hint.empty());
}

TEST_CASE("a list that nobody renews is shown as outdated") {
    ClientWorld world;
    REQUIRE(world.load());
    world.clock.time += 4 * 86400; // a frozen mirror: it answers, always the same
    const auto list = world.load();
    REQUIRE(list);
    CHECK_FALSE(list->offline);
    CHECK(says(list->notice, "was valid until"));
}

TEST_CASE("a damaged cache is fetched again, whichever file it is") {
    ClientWorld world;
    REQUIRE(world.load());
    REQUIRE(world.source->node(*world.load()->table, 0, {}));
    const std::size_t files = world.cached().size();
    CHECK(files > 3);
    for (std::size_t i = 0; i < files; ++i) {
        for (const bool shorten : {false, true}) {
            auto paths = world.cached();
            std::sort(paths.begin(), paths.end());
            REQUIRE(i < paths.size());
            CAPTURE(paths[i].string());
            if (std::filesystem::file_size(paths[i]) == 0) {
                continue;
            }
            flip(paths[i], shorten);
            world.reopen();
            const auto list = world.load();
            REQUIRE(list);
            check_rows(*list->table, world.nodes);
            CHECK(list->notice == "");
        }
    }
}

TEST_CASE("without a place to keep it a directory can be read all the same") {
    ClientWorld world;
    TemporaryDirectory folder;
    REQUIRE(write_file_atomic(folder.path() / "file", std::string_view("x")));
    world.source =
        vault::open_nodes(world.network(), world.http, world.clock, folder.path() / "file").value();
    const auto list = world.load();
    REQUIRE(list);
    check_rows(*list->table, world.nodes);
    CHECK(world.source->node(*list->table, 3, {}));
}

TEST_CASE("several programs use one cache at once") {
    ClientWorld world;
    for (int round = 0; round < 4; ++round) {
        std::vector<std::jthread> threads;
        std::atomic<int> good{0};
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                const auto source = vault::open_nodes(world.network(), world.http, world.clock,
                                                      world.cache.path() / "c");
                const auto list = (*source)->load({}, vault::Extent::all, {}, {});
                const bool whole = list && list->table->size() == ClientWorld::count;
                good += whole && (*source)->node(*list->table, 1, {}) ? 1 : 0;
            });
        }
        threads.clear();
        CHECK(good == 4);
        world.publish_next(5);
    }
}

TEST_CASE("loading ends when it is told to stop") {
    ClientWorld world;
    std::stop_source stop;
    world.http.change = [&](const std::string& path, Result<HttpResponse>&) {
        if (says(path, "/shard/")) {
            stop.request_stop();
        }
    };
    const auto list = world.source->load({}, vault::Extent::all, {}, stop.get_token());
    REQUIRE_FALSE(list);
    CHECK(list.error().code == ErrorCode::cancelled);
}

TEST_CASE("revoked nodes are not in the table, and their records are not asked for") {
    ClientWorld world;
    const auto before = world.load();
    REQUIRE(before);
    world.directory.revoked = {world.nodes[4].summary.key, world.nodes[9].summary.key};
    std::sort(world.directory.revoked.begin(), world.directory.revoked.end());
    world.publish_next(0);
    const auto list = world.load();
    REQUIRE(list);
    CHECK(list->table->size() == ClientWorld::count - 2);
    for (const std::uint64_t key : world.directory.revoked) {
        CHECK(std::count(list->table->key.begin(), list->table->key.end(), key) == 0);
        const auto row = std::find(before->table->key.begin(), before->table->key.end(), key) -
                         before->table->key.begin();
        const auto node = world.source->node(*before->table, static_cast<std::uint32_t>(row), {});
        REQUIRE_FALSE(node);
        CHECK(node.error().code == ErrorCode::not_found);
    }
}

TEST_CASE("a first start among a million nodes is under half a megabyte") {
    const vault::Place place{47.37, 8.54};
    std::vector<vault::PagedRecord> nodes;
    for (const vault::Summary& summary : vault::sample_summaries(1'000'000, 3)) {
        nodes.push_back({summary, {}});
    }
    std::vector<VaultKeys> keys(16);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        nodes.push_back(listed_node(keys[i], start, {static_cast<std::int16_t>(4730 + i), 854},
                                    "short-list-" + std::to_string(i)));
    }
    PublishedDirectory directory;
    // Around the place there are records of the usual size for all; elsewhere nobody asks.
    for (auto& node : nodes) {
        const bool near = std::abs(node.summary.latitude - 4737) < 500 &&
                          std::abs(node.summary.longitude - 854) < 800;
        node.record.resize(node.record.empty() && near ? 300 : node.record.size());
    }
    directory.publish(start, std::move(nodes));
    FileHttp http(directory.files);
    const SetClock clock(start);
    const TemporaryDirectory cache;
    vault::Network network{"n", {}, {}, {}};
    network.directory = vault::NamedDirectory{FileHttp::url, vault::encode(directory.root)};
    const auto source = vault::open_nodes(network, http, clock, cache.path()).value();
    const auto list = source->load(place, vault::Extent::nearby, {}, {});
    REQUIRE(list);
    CHECK(list->total == 1'000'016);
    CHECK(list->table->size() > 5'000);
    CHECK(list->notice == "");
    std::size_t fetched = 0;
    for (std::uint32_t row = 0; row < list->table->size(); ++row) {
        const int latitude = list->table->latitude[row];
        if (latitude >= 4730 && latitude < 4746 && list->table->longitude[row] == 854 &&
            list->table->network[row] == 77) {
            const auto node = source->node(*list->table, row, {});
            REQUIRE(node);
            CHECK(says(node->record.name, "short-list-"));
            ++fetched;
        }
    }
    CHECK(fetched == 16);
    const std::uint64_t bytes = http.bytes();
    MESSAGE("bytes of a first start: " << bytes);
    CHECK(bytes < 500'000);
}
