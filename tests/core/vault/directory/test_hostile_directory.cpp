#include "client_world.h"

using namespace tau;
using namespace tau::test;

namespace {

/// Nothing new is believed: the list from before stays, and is told about.
void check_kept(ClientWorld& world, const std::vector<vault::PagedRecord>& before,
                const char* why) {
    const auto list = world.load();
    REQUIRE(list);
    check_rows(*list->table, before);
    CHECK(list->offline);
    CAPTURE(list->notice);
    CHECK(says(list->notice, why));
    CHECK(says(list->notice, "What you see was signed"));
}

std::uint32_t row_of_node(const vault::NodeTable& table, const vault::PagedRecord& node) {
    const auto at = std::find(table.key.begin(), table.key.end(), node.summary.key);
    REQUIRE(at != table.key.end());
    return static_cast<std::uint32_t>(at - table.key.begin());
}

void change_file(FileHttp& http, const char* part, std::function<void(std::string&)> change) {
    http.change = [=](const std::string& path, Result<HttpResponse>& answer) {
        if (answer && says(path, part)) {
            change(answer->body);
        }
    };
}

} // namespace

TEST_CASE("a head is not believed when it is old, too new, of others or without its history") {
    ClientWorld world;
    const auto first = world.directory.files.at("/v1/head");
    REQUIRE(world.load());
    world.publish_next(3);
    REQUIRE(world.load());
    const auto good = world.nodes;
    const auto second = world.directory.head;
    const auto true_files = world.directory.files;
    world.clock.time += 3601;
    const auto later = [&](std::int64_t seconds) {
        vault::DirectoryHead head = second.head;
        head.epoch = static_cast<std::uint64_t>(world.clock.time + seconds);
        head.fresh_until = static_cast<std::uint32_t>(head.epoch + 3600);
        head.valid_until = static_cast<std::uint32_t>(head.epoch + 86400);
        return head;
    };
    SUBCASE("replayed") {
        world.directory.files["/v1/head"] = first;
        check_kept(world, good, "though a newer one was seen before");
        world.reopen();
        check_kept(world, good, "though a newer one was seen before");
    }
    SUBCASE("fast-forward") {
        world.directory.sign(later(1'000'000));
        check_kept(world, good, "dated in the future");
    }
    SUBCASE("too few keys") {
        world.directory.sign(later(0), {0, 1});
        check_kept(world, good, "not believed");
    }
    SUBCASE("others' keys") {
        PublishedDirectory others(9);
        others.publish(static_cast<std::uint64_t>(world.clock.time), world.nodes);
        world.directory.files = others.files;
        check_kept(world, good, "not believed");
    }
    SUBCASE("one moment, two lists") {
        vault::DirectoryHead head = second.head;
        head.shards[7].count += 1;
        world.directory.sign(head);
        check_kept(world, good, "two different lists of the same moment");
    }
    SUBCASE("no proof that it follows") {
        world.directory.sign(later(0));
        check_kept(world, good, "does not have this file");
    }
    SUBCASE("another history") {
        PublishedDirectory fork;
        fork.publish(static_cast<std::uint64_t>(second.head.epoch - 1800), world.nodes);
        fork.publish(static_cast<std::uint64_t>(second.head.epoch), world.nodes);
        fork.publish(static_cast<std::uint64_t>(world.clock.time), world.nodes);
        world.directory.files = fork.files;
        check_kept(world, good, "does not show how its list follows");
    }
    SUBCASE("something else") {
        for (const std::string body : {"", "<html>Sign in to the hotel's network</html>", "TVD1"}) {
            world.directory.files["/v1/head"] = Bytes(body.begin(), body.end());
            check_kept(world, good, "something else than its head");
        }
    }
    SUBCASE("cut short") {
        auto& head = world.directory.files["/v1/head"];
        head.resize(head.size() - 40);
        check_kept(world, good, "not believed");
    }
    SUBCASE("too large") {
        world.directory.files["/v1/head"].resize(vault::max_head_file + 1);
        check_kept(world, good, "cannot be read");
    }
    SUBCASE("a redirect") {
        world.http.change = [](const std::string&, Result<HttpResponse>& answer) {
            answer = HttpResponse{302, {{"Location", "https://evil.example.org/"}}, ""};
        };
        check_kept(world, good, "redirect");
    }
    // Nothing of it stays: the true directory is believed as before.
    world.http.change = nullptr;
    world.directory.files = true_files;
    const auto after = world.load();
    REQUIRE(after);
    CHECK(after->notice == "");
    check_rows(*after->table, good);
}

TEST_CASE("a list older than its proofs of history is checked against all of the history") {
    ClientWorld world;
    REQUIRE(world.load());
    world.publish_next(1);
    world.publish_next(1);
    world.directory.files.erase(world.directory.folder() + "history/" + std::to_string(start));
    const auto list = world.load();
    REQUIRE(list);
    CHECK(list->notice == "");
    check_rows(*list->table, world.nodes);

    world.publish_next(1);
    for (auto& [path, bytes] : world.directory.files) {
        if (path == world.directory.folder() + "history/all") {
            bytes[50] ^= 1U;
        }
    }
    std::erase_if(world.directory.files, [&](const auto& file) {
        return says(file.first, (world.directory.folder() + "history/1").c_str());
    });
    CHECK(says(world.load()->notice, "does not show how its list follows"));
}

TEST_CASE("new keys are believed when the old ones vouch for them, each step of the way") {
    ClientWorld world;
    REQUIRE(world.load());
    const auto before = world.nodes;
    SUBCASE("two changes at once") {
        world.directory.change_keys(2);
        world.directory.change_keys(3);
        world.publish_next(1);
        const auto list = world.load();
        REQUIRE(list);
        CHECK(list->notice == "");
        check_rows(*list->table, world.nodes);
        // Known from now on.
        world.reopen();
        world.publish_next(1);
        REQUIRE(world.load());
        for (const std::string& path : world.http.asked()) {
            CHECK_FALSE(says(path, "/root/"));
        }
    }
    SUBCASE("nobody vouches") {
        PublishedDirectory others(7);
        others.change_keys(8);
        world.directory.root = others.root;
        others.publish(static_cast<std::uint64_t>(start + 3600), world.nodes);
        world.directory.files = others.files;
        world.clock.time += 3601;
        check_kept(world, before, "old ones do not vouch for");
    }
    SUBCASE("back to the old ones") {
        const PublishedDirectory old = world.directory;
        world.directory.change_keys(2);
        world.publish_next(1);
        REQUIRE(world.load());
        const auto good = world.nodes;
        PublishedDirectory stolen = old;
        world.clock.time += 3601;
        stolen.publish(static_cast<std::uint64_t>(world.clock.time), world.nodes);
        world.directory.files = stolen.files;
        check_kept(world, good, "version 1");
    }
    SUBCASE("a promise of very many") {
        world.directory.root.version = 4'000'000'000;
        world.publish_next(1);
        check_kept(world, before, "claims to have changed its keys");
    }
}

TEST_CASE("a shard that is not the head's is not shown") {
    ClientWorld world;
    REQUIRE(world.load());
    const auto before = world.nodes;
    world.publish_next(ClientWorld::count);
    const auto swap = [&](std::string& body) { body = std::string(body.size(), 'x'); };
    SUBCASE("other bytes") {
        change_file(world.http, "/shard/", swap);
    }
    SUBCASE("cut short") {
        change_file(world.http, "/shard/", [](std::string& body) { body.pop_back(); });
    }
    SUBCASE("longer") {
        change_file(world.http, "/shard/", [](std::string& body) { body += "0123456789abcdef"; });
    }
    SUBCASE("another shard") {
        std::string first;
        change_file(world.http, "/shard/", [first](std::string& body) mutable {
            first = first.empty() ? body : first;
            body = first == body ? std::string(16, 'y') : first;
        });
    }
    const auto list = world.load();
    REQUIRE(list);
    check_rows(*list->table, before); // all of the old list, nothing of the new one
    CHECK(list->offline);
    CHECK_FALSE(list->notice.empty());

    TemporaryDirectory empty;
    const auto fresh = vault::open_nodes(world.network(), world.http, world.clock, empty.path());
    const auto nothing = (*fresh)->load({}, vault::Extent::all, {}, {});
    REQUIRE_FALSE(nothing);
    CHECK_FALSE(nothing.error().message.empty());

    world.http.change = nullptr;
    world.clock.time += 3601;
    const auto good = world.load();
    REQUIRE(good);
    CHECK(good->notice == "");
    check_rows(*good->table, world.nodes);
}

TEST_CASE("of a new list that is only partly there the rest is shown, and said to be missing") {
    ClientWorld world;
    world.http.change = [&](const std::string& path, Result<HttpResponse>& answer) {
        if (says(path, "/shard/0")) {
            answer = fail(ErrorCode::not_found, "It is gone.");
        }
    };
    const auto list = world.load();
    REQUIRE(list);
    CHECK(list->table->size() < ClientWorld::count);
    CHECK(list->table->size() > 0);
    CHECK(list->total == ClientWorld::count);
    CHECK(says(list->notice, "parts of the list are missing"));
    CHECK(list->offline);
}

TEST_CASE("a server that stops answering is not asked for every shard") {
    ClientWorld world;
    world.http.change = [&](const std::string& path, Result<HttpResponse>& answer) {
        if (says(path, "/shard/")) {
            answer = fail(ErrorCode::timeout, "It did not answer.");
        }
    };
    REQUIRE_FALSE(world.load());
    CHECK(world.http.asked().size() < 10);
}

TEST_CASE("a record is only believed when all of it fits") {
    ClientWorld world;
    const auto list = world.load();
    REQUIRE(list);
    const vault::PagedRecord& wanted = world.nodes[11];
    const std::uint32_t row = row_of_node(*list->table, wanted);
    const auto ask = [&] { return world.source->node(*list->table, row, {}); };
    const auto refused = [&](ErrorCode code, const char* why) {
        const auto node = ask();
        REQUIRE_FALSE(node);
        CAPTURE(node.error().message);
        CHECK(node.error().code == code);
        CHECK(says(node.error().message, why));
    };
    SUBCASE("good") {
        const auto node = ask();
        REQUIRE(node);
        CHECK(node->record.name == "node-11");
        CHECK(node->encoded == wanted.record);
        CHECK(node->measured_slots == std::lround(vault::slots_of(wanted.summary.slots)));
        CHECK(node->first_seen < start - 90 * 86400);
        CHECK(node->audits_passed == 0);
        // From now on the list calls it by its name.
        world.reopen();
        const auto again = world.load();
        CHECK(again->table->name(row_of_node(*again->table, wanted)) == "node-11");
    }
    SUBCASE("another page") {
        world.http.change = [&](const std::string& path, Result<HttpResponse>& answer) {
            if (says(path, "/rec/")) {
                for (const auto& [name, bytes] : world.directory.files) {
                    if (says(name, "/rec/") && name != path) {
                        answer->body = as_text(bytes);
                    }
                }
            }
        };
        refused(ErrorCode::untrusted, "not the one that the directory's head names");
    }
    SUBCASE("a changed byte") {
        change_file(world.http, "/rec/", [](std::string& body) { body[100] ^= 1; });
        refused(ErrorCode::untrusted, "not the one that the directory's head names");
    }
    SUBCASE("no page") {
        world.http.change = [](const std::string&, Result<HttpResponse>& answer) {
            answer = HttpResponse{404, {}, ""};
        };
        refused(ErrorCode::not_found, "has no record of this node");
    }
    // Here the directory itself is the liar: its keys sign for records that nodes did not make.
    const auto relist = [&](std::size_t index, const Bytes& record) {
        world.nodes[index].record = record;
        world.publish_next(0);
        REQUIRE(world.load());
    };
    SUBCASE("another node's record") {
        relist(11, world.nodes[12].record);
        refused(ErrorCode::untrusted, "does not fit");
    }
    SUBCASE("a record of another place") {
        relist(11, listed_node(world.keys[11], start, {10, 10}, "node-11").record);
        refused(ErrorCode::untrusted, "does not fit");
    }
    SUBCASE("a forged record") {
        Bytes forged = wanted.record;
        forged[40] ^= 1U; // its seal key
        relist(11, forged);
        refused(ErrorCode::untrusted, "signature");
    }
    SUBCASE("an older record than the one seen") {
        const vault::Coordinates place = ClientWorld::place_of(11);
        relist(11, listed_node(world.keys[11], start, place, "node-11", 9).record);
        REQUIRE(ask());
        world.reopen();
        relist(11, listed_node(world.keys[11], start, place, "node-11", 8).record);
        refused(ErrorCode::untrusted, "older than one seen before");
    }
    SUBCASE("a dead key") {
        const vault::Coordinates place = ClientWorld::place_of(11);
        relist(11, listed_node(world.keys[11], start, place, "n", vault::tombstone_seq).record);
        refused(ErrorCode::untrusted, "dead for ever");
    }
    SUBCASE("an expired record") {
        world.clock.time += 7 * 86400;
        refused(ErrorCode::untrusted, "expired");
    }
    SUBCASE("a node of another table") {
        vault::NodeTable strange = *list->table;
        strange.latitude[row] = static_cast<std::int16_t>(strange.latitude[row] + 1);
        const auto node = world.source->node(strange, row, {});
        REQUIRE_FALSE(node);
        CHECK(node.error().code == ErrorCode::not_found);
        CHECK_FALSE(world.source->node(strange, 100'000, {}));
    }
}
