// Records that were looked at: kept for when there is no network, and believed no more for that.
#include "client_world.h"

#include "core/base/file.h"
#include "core/vault/directory/cache.h"

using namespace tau;
using namespace tau::test;

namespace {

std::vector<std::filesystem::path> pages_in(const ClientWorld& world) {
    std::vector<std::filesystem::path> pages = world.cached();
    std::erase_if(pages, [](const std::filesystem::path& path) {
        return !path.filename().string().starts_with("page-");
    });
    return pages;
}

std::size_t records_asked(ClientWorld& world) {
    const auto asked = world.http.asked();
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(), [](const std::string& path) { return says(path, "/rec/"); }));
}

} // namespace

TEST_CASE("a record that was looked at is there without a network") {
    ClientWorld world;
    const auto list = world.load();
    REQUIRE(list);
    const auto first = world.source->node(*list->table, 7, {});
    REQUIRE(first);
    CHECK(records_asked(world) == 1);
    CHECK(pages_in(world).size() == 1);

    world.reopen();
    world.cut_off();
    const auto later = world.load();
    REQUIRE(later);
    const auto again = world.source->node(*later->table, 7, {});
    REQUIRE(again);
    CHECK(again->encoded == first->encoded);
    CHECK(records_asked(world) == 0);
    const auto other = world.source->node(*later->table, 33, {});
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::unavailable);
}

TEST_CASE("a kept record is held against the head, the clock and what was seen") {
    ClientWorld world;
    const auto list = world.load();
    REQUIRE(list);
    REQUIRE(world.source->node(*list->table, 7, {}));
    const std::filesystem::path page = pages_in(world).at(0);
    const std::string good = read_file(page).value();
    SUBCASE("every byte of it") {
        world.cut_off();
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 1);
            REQUIRE(write_file_atomic(page, bad));
            CHECK_FALSE(world.source->node(*list->table, 7, {}));
        }
        REQUIRE(write_file_atomic(page, good + "more"));
        CHECK_FALSE(world.source->node(*list->table, 7, {}));
        REQUIRE(write_file_atomic(page, good));
        CHECK(world.source->node(*list->table, 7, {}));
    }
    SUBCASE("a damaged one is fetched again") {
        REQUIRE(write_file_atomic(page, std::string_view("nothing")));
        CHECK(world.source->node(*list->table, 7, {}));
        CHECK(read_file(page).value() == good);
    }
    SUBCASE("it expires") {
        world.clock.time += 7 * 86400;
        world.cut_off();
        CHECK_FALSE(world.source->node(*list->table, 7, {}));
    }
    SUBCASE("a newer list does not take it") {
        for (std::size_t i = 0; i < ClientWorld::count; ++i) {
            const auto place = ClientWorld::place_of(i);
            world.nodes[i].record =
                listed_node(world.keys[i], start, place, "node-" + std::to_string(i), 8).record;
        }
        world.publish_next(0);
        const auto next = world.load();
        REQUIRE(next);
        const auto node = world.source->node(*next->table, 7, {});
        REQUIRE(node);
        CHECK(node->record.seq == 8);
    }
}

TEST_CASE("an answer that does not verify is not kept") {
    ClientWorld world;
    const auto list = world.load();
    REQUIRE(list);
    world.http.change = [](const std::string& path, Result<HttpResponse>& answer) {
        if (says(path, "/rec/")) {
            answer->body[100] = static_cast<char>(answer->body[100] ^ 1);
        }
    };
    CHECK_FALSE(world.source->node(*list->table, 7, {}));
    CHECK(pages_in(world).empty());
}

TEST_CASE("pages make room: 4 MB, the oldest go first") {
    const TemporaryDirectory folder;
    const vault::DirectoryCache cache(folder.path());
    const Bytes page(10'000, 7);
    const Hash32 root{1, 2, 3};
    constexpr std::size_t written = 450;
    for (std::size_t i = 0; i < written; ++i) {
        cache.write_page(root, i, page);
        if (i == 0) { // clocks of file systems tick slowly
            for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
                std::filesystem::last_write_time(entry.path(),
                                                 entry.last_write_time() - std::chrono::hours(1));
            }
        }
    }
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        bytes += entry.file_size();
    }
    CHECK(bytes <= vault::max_kept_pages);
    CHECK(bytes > vault::max_kept_pages - 2 * page.size());
    CHECK_FALSE(cache.read_page(root, 0));
    CHECK(cache.read_page(root, written - 1) == as_text(page));
}
