// Databases of other programs, older and newer, and the copies that are made of them.
#include "core/base/file.h"
#include "stored.h"

#include <atomic>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// Puts what is secret in clear; the statements that take the MACs away, too.
std::vector<std::string> unprotect(const Place& place, node::Database& database) {
    const node::Barrier barrier(place.key());
    node::GuardedRows rows(database, barrier);
    std::vector<std::string> statements{"DELETE FROM meta WHERE k = 'barrier'"};
    for (const node::Table* table : node::all_tables()) {
        if (table->name == node::look_row::table.name ||
            table->name == node::deployed_row::table.name ||
            table->name == node::gone_row::table.name) { // younger than they are
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
        {"DROP TABLE deployed", "DROP INDEX registration_owner", "DROP INDEX registration_ended"},
        {"DROP TABLE gone_ref"},
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
        for (const int version : {1, 2, 3, 4, 5, 6, 7}) {
            CAPTURE(engine);
            CAPTURE(version);
            const Place place(engine);
            SystemEntropy entropy;
            const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
            {
                const auto store = open_store(place);
                REQUIRE(add(*store, owner, 1));
                REQUIRE(store->set_refs(id_of(1), Role::code,
                                        {{Role::code, "refs/heads/a", "c", 7}}, {}));
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
            CHECK(store->verify({}));

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

TEST_CASE("a database that is named without its folder has its copies beside it, too") {
    const Place place("SQLite");
    SystemEntropy entropy;
    REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 1));
    age(place, 6);
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(place.folder());
    auto database = node::open_sqlite("node.db");
    std::filesystem::current_path(before);
    REQUIRE(database);
    const auto store = node::Store::open(std::move(*database), place.key(), {}, now);
    INFO((store ? "" : store.error().message + " " + store.error().detail));
    REQUIRE(store);
    const std::string copy = "backup-6";
    CHECK(copied(place, copy) == std::array<std::int64_t, 2>{6, 1});
    REQUIRE((*store)->expire(SystemClock().now() + 8LL * 86400));
    CHECK_FALSE(copied(place, copy));
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

TEST_CASE("a copy made while the node writes opens with the head that was copied before it") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    REQUIRE(add(*store, owner, 0));
    const TemporaryDirectory backup;
    std::atomic<bool> ending = false;
    std::atomic<int> stored = 1;
    std::jthread writing([&] {
        while (!ending && add(*store, owner, stored)) {
            ++stored;
        }
    });
    while (stored < 5) {
        std::this_thread::yield();
    }
    std::filesystem::copy(place.folder() / "audit.head", backup.path() / "audit.head");
    const int before = stored;
    const std::string copy = (backup.path() / "node.db").string();
    REQUIRE(place.open()->run("VACUUM INTO $1", {copy})); // as the manual page says
    const int after = stored;
    ending = true;
    writing.join();
    const auto copied =
        node::Store::open(*node::open_sqlite(copy), place.key(), backup.path() / "audit.head", now);
    REQUIRE(copied);
    CHECK((*copied)->verify({}));
    const auto ids = (*copied)->active_ids();
    REQUIRE(ids);
    CHECK(ids->size() >= static_cast<std::size_t>(before));
    CHECK(ids->size() <= static_cast<std::size_t>(after + 1));
}
