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

mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
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

namespace {

/// Puts what is secret in clear; the statements that take the MACs away, too.
std::vector<std::string> unprotect(const Place& place, node::Database& database) {
    const node::Barrier barrier(place.key());
    node::GuardedRows rows(database, barrier);
    std::vector<std::string> statements{"DELETE FROM meta WHERE k = 'barrier'"};
    for (const node::Table* table : node::all_tables()) {
        if (table->name == node::look_row::table.name) { // is younger than they are
            continue;
        }
        const std::string name(table->name);
        const auto plain = rows.select(*table, "true", {});
        REQUIRE(plain);
        for (std::size_t i = 0; i < table->columns.size(); ++i) {
            for (const node::Row& row : *plain) {
                if (table->columns[i].is_sealed) {
                    REQUIRE(database.run("UPDATE " + name + " SET " +
                                             std::string(table->columns[i].name) +
                                             " = $3 WHERE registration_id = $1 AND role = $2",
                                         {row.values()[0], row.values()[1], row.values()[i]}));
                }
            }
        }
        statements.push_back("ALTER TABLE " + name + " DROP COLUMN row_mac");
    }
    return statements;
}

/// Makes of a database what this older program would have left.
void age(const Place& place, int version) {
    const auto database = place.open();
    const std::vector<std::vector<std::string>> undo{
        {"DROP TABLE used_nonce", "CREATE INDEX sealed_nonce ON sealed(nonce)"},
        {"DROP TABLE rotation", "ALTER TABLE ref_state DROP COLUMN forced_at"},
        {"DROP TABLE withdrawn"},
        version < 5 ? unprotect(place, *database) : std::vector<std::string>(),
        {"DROP TABLE ref_look"},
    };
    for (std::size_t made = undo.size(); made >= static_cast<std::size_t>(version); --made) {
        for (const std::string& sql : undo[made - 1]) {
            REQUIRE(database->run(sql));
        }
    }
    REQUIRE(database->run("DELETE FROM migration WHERE version > $1", {std::int64_t{version}}));
    if (version < 5) { // which knew nothing of it
        std::filesystem::remove(place.folder() / "audit.head");
    }
}

/// What a copy says of the newest version and of the number of registrations; nothing when there is
/// no such copy.
std::optional<std::array<std::int64_t, 2>> copied(const Place& place, const std::string& name) {
    const bool is_file = !node::is_postgresql(place.where());
    std::unique_ptr<node::Database> database;
    std::string prefix;
    if (is_file) {
        const auto copy = place.folder() / (name + ".db");
        if (!std::filesystem::exists(copy)) {
            return std::nullopt;
        }
        CHECK(mode_of(copy) == 0600);
        database = std::move(*node::open_sqlite(copy));
    } else {
        database = place.open();
        prefix = "\"" + name + "\".";
    }
    const auto newest = database->run("SELECT max(version) FROM " + prefix + "migration");
    const auto kept = database->run("SELECT count(*) FROM " + prefix + "registration");
    if (!newest || !kept) {
        return std::nullopt;
    }
    return std::array{newest->front().integer(0), kept->front().integer(0)};
}

} // namespace

TEST_CASE("a database of each older program is brought up to date, after a copy of it") {
    for (const std::string& engine : engines) {
        for (const int version : {1, 2, 3, 4, 5}) {
            CAPTURE(engine);
            CAPTURE(version);
            const Place place(engine);
            SystemEntropy entropy;
            const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
            {
                const auto store = open_store(place);
                REQUIRE(add(*store, owner, 1));
                REQUIRE(
                    store->set_refs(id_of(1), Role::code, {{Role::code, "refs/heads/a", "c", 7}}));
            }
            age(place, version);
            const auto store = open_store(place);
            const auto found = store->find(id_of(1));
            REQUIRE(found);
            REQUIRE(*found);
            CHECK((*found)->owner_key == owner.public_key());
            CHECK((*found)->sealed_version == 1);
            CHECK((*found)->repositories[1].sealed == Bytes(8000, 1));
            const auto refs = store->refs(id_of(1));
            REQUIRE(refs);
            REQUIRE(refs->size() == 1);
            CHECK(refs->front().observed_at == 7);
            CHECK(refs->front().forced_at == 0);
            CHECK(store->verify_audit());

            const std::string copy = "backup-" + std::to_string(version);
            CHECK(copied(place, copy) == std::array<std::int64_t, 2>{version, 1});
            // Nothing to do the next time, and so no other copy either.
            const auto database = place.open();
            REQUIRE(database->forget_copies("backup-", std::numeric_limits<std::int64_t>::max()));
            CHECK(open_store(place)->find(id_of(1)));
            CHECK_FALSE(copied(place, copy));
        }
    }
}

TEST_CASE("old copies go, and nothing else that lies beside the database") {
    const Place place("SQLite");
    const auto database = place.open();
    const std::vector<std::string> kept{
        "backup-2024.sql", "backup-nightly.db", "backup-3.db.gz", "backup-.db", "backup-3b.db",
        "backup-8.db", // young
        "backup-9.db", // a link to somebody's file
        "backup-10.db" // a folder
    };
    const std::string old = "backup-4.db";
    const auto path = [&place](const std::string& name) { return place.folder() / name; };
    for (const std::string& name : {kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], old}) {
        REQUIRE(write_file_atomic(path(name), name));
    }
    REQUIRE(write_file_atomic(path("theirs"), std::string_view("theirs")));
    std::filesystem::create_symlink("theirs", path(kept[6]));
    std::filesystem::create_directory(path(kept[7]));
    for (const auto& entry : std::filesystem::directory_iterator(place.folder())) {
        const timespec times[2] = {{1000, 0}, {1000, 0}};
        if (entry.path().filename() != kept[5]) {
            REQUIRE(::utimensat(AT_FDCWD, entry.path().c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
        }
    }
    REQUIRE(database->forget_copies("backup-", 2000));
    CHECK_FALSE(std::filesystem::exists(path(old)));
    for (const std::string& name : kept) {
        CAPTURE(name);
        CHECK(std::filesystem::exists(std::filesystem::symlink_status(path(name))));
    }
    CHECK(std::filesystem::exists(path("theirs")));
}

TEST_CASE("an older database learns the nonces it has used") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        Hash32 nonce{};
        entropy.fill(nonce);
        REQUIRE(add(*open_store(place), owner, 1, nonce));
        age(place, 1);
        CHECK(*open_store(place)->nonce_is_taken(nonce, {}));
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
        REQUIRE(store->set_refs(id_of(1), Role::code, {{Role::code, "refs/heads/a", "c", now}}));
        CHECK(store->refs(id_of(1))->empty());
    }
}

namespace {

/// A registration's first bundle as it stands in the database: in cipher.
Bytes stored_bundle(const Place& place, int number) {
    const auto rows =
        place.open()->run("SELECT bundle FROM sealed WHERE registration_id = $1", {id_of(number)});
    REQUIRE(rows);
    REQUIRE(rows->size() == 2);
    return rows->front().bytes(0);
}

bool is_on_disk(const Place& place, const Bytes& bundle) {
    for (const char* name : {"node.db", "node.db-wal"}) {
        const auto bytes = read_file(place.folder() / name, 64U << 20U);
        REQUIRE(bytes);
        for (std::size_t at = 0; at + 64 <= bundle.size(); at += 64) {
            if (bytes->find(as_text(ByteView(bundle).subspan(at, 64))) != std::string::npos) {
                return true;
            }
        }
    }
    return false;
}

bool goes_off_disk(const Place& place, const Bytes& bundle) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (is_on_disk(place, bundle) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return !is_on_disk(place, bundle);
}

} // namespace

TEST_CASE("what is erased is off the disk") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    REQUIRE(add(*store, owner, 0x51));
    const Bytes first = stored_bundle(place, 0x51);
    CHECK(is_on_disk(place, first));
    REQUIRE(store->revoke(id_of(0x51), now));
    CHECK_FALSE(is_on_disk(place, first));

    REQUIRE(add(*store, owner, 0x52));
    const Bytes second = stored_bundle(place, 0x52);
    vault::Registration next = registration(owner, 0x53);
    next.project_id = "project-" + std::to_string(0x52);
    std::array<seal::Bundle, 2> bundles;
    entropy.fill(bundles[0].deploy_key.context.nonce);
    entropy.fill(bundles[1].deploy_key.context.nonce);
    const auto replaced = store->add(
        {next, {id_of(0x53), "active", {}, {}}, bundles, id_of(0x53), {}, Bytes(16, 9), now, now});
    REQUIRE(replaced);
    CHECK(*replaced == std::vector<std::string>{id_of(0x52)});
    const Bytes third = stored_bundle(place, 0x53);
    CHECK(is_on_disk(place, third));
    CHECK(goes_off_disk(place, second));
    CHECK(is_on_disk(place, third));
}

TEST_CASE("what a reader keeps on the disk is not called erased, and goes when it ends") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
    const Bytes bundle = stored_bundle(place, 1);
    CHECK(store->erased());
    const auto reader = place.open();
    REQUIRE(reader->run("BEGIN"));
    REQUIRE(reader->run("SELECT count(*) FROM sealed"));
    for (int i = 0; i < 2; ++i) {
        const auto revoked = store->revoke(id_of(1), now);
        REQUIRE_FALSE(revoked);
        CHECK(revoked.error().code == ErrorCode::unavailable);
        CHECK((*store->find(id_of(1)))->state == "revoked");
        CHECK(is_on_disk(place, bundle));
        CHECK_FALSE(store->erased());
    }
    const auto while_read = node::Store::open(place.open(), place.key(), {}, now);
    CHECK(while_read); // who reads does not keep a node from starting
    REQUIRE(reader->run("COMMIT"));
    CHECK(goes_off_disk(place, bundle)); // by itself
    CHECK(store->revoke(id_of(1), now));
    CHECK(store->erased());
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
        REQUIRE(store->set_refs(id_of(1), Role::code, refs));
        CHECK(store->refs(id_of(1))->size() == 1200);

        const auto other = place.open();
        const auto writes = [&] { // changes when another connection has written
            return engine == "SQLite" ? (*other->run("PRAGMA data_version")).front().integer(0) : 0;
        };
        const auto before = writes();
        refs = seen(now + 900, "c");
        REQUIRE(store->set_refs(id_of(1), Role::code, refs));
        CHECK(writes() == before);

        refs[3].commit = refs[7].commit = "d";
        refs.pop_back();
        refs.push_back({Role::code, "refs/tags/v1", "e", now + 900});
        REQUIRE(store->set_refs(id_of(1), Role::code, refs));
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

        REQUIRE(store->set_refs(id_of(1), Role::code, seen(now + 3600, "c")));
        CHECK(store->refs(id_of(1))->at(4).observed_at == now + 3600);
        REQUIRE(store->set_refs(id_of(1), Role::code, {}));
        CHECK(store->refs(id_of(1))->empty());
    }
}

TEST_CASE("what looks through the whole database makes nobody wait, and waits for nobody") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
    const auto database = place.open();
    const auto whole = database->transaction([&]() -> Result<void> {
        REQUIRE(database->run("DELETE FROM used_nonce"));
        auto looking = std::async(std::launch::async, [&] {
            const auto counted = database->run_aside("SELECT count(*) FROM used_nonce");
            return database->check_structure() && counted && counted->front().integer(0) == 2;
        });
        REQUIRE(looking.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
        CHECK(looking.get()); // and sees only what is committed
        return {};
    });
    CHECK(whole);
    CHECK_FALSE(database->run_aside("DELETE FROM registration"));
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

TEST_CASE("a database of a newer program is left alone") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        open_store(place);
        auto database = place.open();
        REQUIRE(database->run("INSERT INTO migration(version, applied_at) VALUES(99, 0)"));
        const auto store = node::Store::open(std::move(database), place.key(), {}, now);
        REQUIRE_FALSE(store);
        CHECK(store.error().code == ErrorCode::corrupt);
    }
}

TEST_CASE("what is past is forgotten") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        REQUIRE(add(*store, owner, 1));
        ByteWriter nonce;
        nonce.u64(1).u64(1);
        REQUIRE(*store->is_redeemed(nonce.bytes()));
        REQUIRE(store->expire(now + 299));
        CHECK(*store->is_redeemed(nonce.bytes()));
        REQUIRE(store->expire(now + 301));
        CHECK_FALSE(*store->is_redeemed(nonce.bytes()));
        REQUIRE(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::fresh);
        REQUIRE(*store->add_delivery(id_of(1), Role::code, "d", {}, now) ==
                node::Delivery::repeated);
        REQUIRE(store->expire(now + 31 * 86400));
        CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::fresh);
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
