#include "core/base/file.h"
#include "core/node/identity.h"
#include "core/node/store.h"
#include "stored.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <future>
#include <limits>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace tau::test;

namespace {

/// Writes registrations until it is killed, and tells each that was stored through the pipe.
[[noreturn]] void write_until_killed(const Place& place, int pipe, int from) {
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    auto store = node::Store::open(place.open(), place.key(), {}, now);
    for (int i = from;; ++i) {
        if (!add(**store, owner, i) || ::write(pipe, &i, sizeof i) != sizeof i) {
            ::_exit(1);
        }
    }
}

} // namespace

TEST_CASE("what was acknowledged survives SIGKILL, and nothing is there in part") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        open_store(place);
        int highest = 0;
        for (int round = 0; round < 10; ++round) {
            std::array<int, 2> ends{};
            REQUIRE(::pipe(ends.data()) == 0);
            const pid_t child = ::fork();
            if (child == 0) {
                ::close(ends[0]);
                write_until_killed(place, ends[1], 1000 * (round + 1));
            }
            REQUIRE(child > 0);
            ::close(ends[1]);
            int last = 0;
            for (int i = 0; i < 5 + round; ++i) {
                REQUIRE(::read(ends[0], &last, sizeof last) == sizeof last);
            }
            ::kill(child, SIGKILL);
            while (::read(ends[0], &last, sizeof last) == sizeof last) {
                // Told before it died.
            }
            ::close(ends[0]);
            REQUIRE(::waitpid(child, nullptr, 0) == child);
            highest = last;
            const auto store = open_store(place);
            for (int i = 1000 * (round + 1); i <= highest; ++i) {
                CAPTURE(i);
                const auto found = store->find(id_of(i));
                REQUIRE(found);
                REQUIRE(*found);
                CHECK((*found)->repositories[1].sealed.size() == 8000);
            }
            const auto ids = store->active_ids();
            REQUIRE(ids);
            for (const std::string& id : *ids) {
                CHECK(store->checks(id)->size() == 1);
                CHECK(store->deployments(id)->size() == 1);
                const auto found = store->find(id);
                CHECK((*found)->repositories[0].sealed.size() == 8000);
                CHECK((*found)->repositories[0].host_keys == std::vector<std::string>{"k1", "k2"});
            }
            const auto entries = store->verify_audit();
            REQUIRE(entries);
            CHECK(*entries == static_cast<std::int64_t>(ids->size()));
        }
    }
}

TEST_CASE("a conflict leaves nothing behind") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        REQUIRE(add(*store, owner, 1));
        const auto again = add(*store, owner, 1);
        REQUIRE_FALSE(again);
        CHECK(again.error().code == ErrorCode::conflict);
        const auto entries = store->verify_audit();
        REQUIRE(entries);
        CHECK(*entries == 1);
    }
}

TEST_CASE("a nonce stays with its content after the registration is gone") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        Hash32 nonce{};
        entropy.fill(nonce);
        REQUIRE(add(*store, owner, 1, nonce));
        REQUIRE(store->revoke(id_of(1), now));
        const auto refused = add(*store, owner, 2, nonce);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::conflict);
        CHECK_FALSE(*store->find(id_of(2)));
        CHECK(*store->nonce_is_taken(nonce, {}));
        CHECK_FALSE(*store->nonce_is_taken(nonce, node::bundle_hash(Bytes(8000, 1))));
    }
}

TEST_CASE("nothing is written for a registration that has just been revoked") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
        SystemEntropy entropy;
        REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
        REQUIRE(store->revoke(id_of(1), now));
        CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::ended);
        REQUIRE(
            store->set_refs(id_of(1), Role::code, {{Role::code, "refs/heads/a", "c", now}}, {}));
        CHECK(store->refs(id_of(1))->empty());
    }
}

TEST_CASE("of a repository's refs only what changed is written") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
        SystemEntropy entropy;
        REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
        const auto seen = [](std::int64_t at, const std::string& commit) {
            std::vector<vault::RefState> refs;
            for (int i = 1000; i < 2200; ++i) {
                refs.push_back({Role::code, "refs/heads/b" + std::to_string(i), commit, at});
            }
            return refs;
        };
        auto refs = seen(now, "c");
        refs[3].forced_at = 5;
        REQUIRE(store->set_refs(id_of(1), Role::code, refs, {}));
        CHECK(store->refs(id_of(1))->size() == 1200);

        const auto other = place.open();
        const auto writes = [&] { // changes when another connection has written
            return engine == "SQLite" ? (*other->run("PRAGMA data_version")).front().integer(0) : 0;
        };
        const auto before = writes();
        refs = seen(now + 900, "c");
        REQUIRE(store->set_refs(id_of(1), Role::code, refs, {}));
        CHECK(writes() == before);

        refs[3].commit = refs[7].commit = "d";
        refs.pop_back();
        refs.push_back({Role::code, "refs/tags/v1", "e", now + 900});
        REQUIRE(store->set_refs(id_of(1), Role::code, refs, {}));
        CHECK((writes() != before || engine != "SQLite"));
        const auto known = store->refs(id_of(1));
        REQUIRE(known);
        REQUIRE(known->size() == 1200);
        CHECK(known->at(3).commit == "d");
        CHECK(known->at(3).observed_at == now + 900);
        CHECK(known->at(3).forced_at == 5);
        CHECK(known->at(4).commit == "c");
        CHECK(known->at(4).observed_at == now);
        CHECK(known->back().ref == "refs/tags/v1");
        CHECK_FALSE(*store->ref(id_of(1), Role::code, "refs/heads/b2199"));
        CHECK((*store->ref(id_of(1), Role::code, "refs/heads/b1007"))->commit == "d");
        CHECK_FALSE(*store->ref(id_of(1), Role::configuration, "refs/heads/b1007"));

        REQUIRE(store->set_refs(id_of(1), Role::code, seen(now + 3600, "c"), {}));
        CHECK(store->refs(id_of(1))->at(4).observed_at == now + 3600);
        REQUIRE(store->set_refs(id_of(1), Role::code, {}, {}));
        CHECK(store->refs(id_of(1))->empty());
    }
}

TEST_CASE("an exception in a transaction leaves none open") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto database = place.open();
        REQUIRE(database->run("CREATE TABLE t(v BIGINT)"));
        const auto half = [&]() -> Result<void> {
            REQUIRE(database->run("INSERT INTO t(v) VALUES(1)"));
            throw std::bad_alloc();
        };
        CHECK_THROWS_AS((void)database->transaction(half), std::bad_alloc);
        CHECK_THROWS_AS((void)database->in_turn(half), std::bad_alloc);
        const auto whole = [&]() -> Result<void> {
            return database->run("INSERT INTO t(v) VALUES(2)").map([](const node::Rows&) {});
        };
        CHECK(database->transaction(whole));
        CHECK(database->in_turn(whole));
        CHECK(database->run("SELECT count(*) FROM t")->front().integer(0) == 2);
    }
}

TEST_CASE("an audit log that was changed is found out") {
    for (const std::string& engine : engines) {
        for (const char* sql :
             {"UPDATE audit SET subject = 'x' WHERE seq = 3", "DELETE FROM audit WHERE seq = 2",
              "UPDATE audit SET at = at + 1"}) {
            CAPTURE(engine);
            CAPTURE(sql);
            const Place place(engine);
            SystemEntropy entropy;
            const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
            const auto store = open_store(place);
            for (int i = 0; i < 5; ++i) {
                REQUIRE(add(*store, owner, i));
            }
            CHECK(*store->verify_audit() == 5);
            REQUIRE(place.open()->run(sql));
            CHECK_FALSE(store->verify_audit());
            CHECK_FALSE(store->verify({}));
        }
    }
}

TEST_CASE("keys and database are for this user only, whatever the umask") {
    const Place place("SQLite");
    const mode_t old = ::umask(0);
    const auto identity = node::load_or_create_identity(place.folder() / "keys");
    open_store(place);
    ::umask(old);
    REQUIRE(identity);
    CHECK(mode_of(place.folder() / "keys") == 0700);
    for (const char* name : {"keys/sign.key", "keys/seal.key", "node.db"}) {
        CAPTURE(name);
        CHECK(mode_of(place.folder() / name) == 0600);
    }
    const auto again = node::load_or_create_identity(place.folder() / "keys");
    REQUIRE(again);
    CHECK(again->node_id() == identity->node_id());
    CHECK(again->seal_public() == identity->seal_public());
    CHECK(again->sign_public() != again->seal_public());
}
