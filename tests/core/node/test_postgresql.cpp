// What only an engine of several connections can do wrong: transactions that meet, processes that
// start together, connections that go.
#include "core/base/file.h"
#include "core/node/store.h"
#include "engines.h"
#include "hooked.h"
#include "stored.h"

#include <fstream>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

constexpr std::int64_t start = 1790000000;

Result<void> add_one(node::Database& database) {
    return database.transaction([&]() -> Result<void> {
        const auto value = database.run("SELECT v FROM counter WHERE k = $1", {std::int64_t{1}});
        if (!value) {
            return fail(value.error());
        }
        return database
            .run("UPDATE counter SET v = $2 WHERE k = $1",
                 {std::int64_t{1}, value->front().integer(0) + 1})
            .map([](const node::Rows&) {});
    });
}

/// Ten threads at once, each `times` times; how many succeeded.
int at_once(int times, const std::function<bool()>& work) {
    std::atomic<int> good{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 10; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < times; ++n) {
                good += work() ? 1 : 0;
            }
        });
    }
    threads.clear();
    return good;
}

} // namespace

TEST_CASE("values come back as they were, on every engine") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto database = place.open();
        REQUIRE(database->run("CREATE TABLE t(n BIGINT PRIMARY KEY, i INTEGER, s TEXT, b " +
                              std::string(database->bytes_type()) + ")"));
        const Bytes all = [] {
            Bytes bytes(256);
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                bytes[i] = static_cast<std::uint8_t>(i);
            }
            return bytes;
        }();
        const std::vector<std::vector<node::Value>> rows{
            {std::int64_t{0}, std::int64_t{0}, std::string(), Bytes()},
            {std::int64_t{-1}, std::int64_t{-2147483648LL}, std::string("\xc3\xa9 'x' $1"), all},
            {std::numeric_limits<std::int64_t>::max(), std::int64_t{2147483647},
             std::string(5000, 'z'), Bytes(100'000, 7)},
            {std::numeric_limits<std::int64_t>::min(), node::Value(), node::Value(), node::Value()},
        };
        for (const auto& row : rows) {
            REQUIRE(database->run("INSERT INTO t(n, i, s, b) VALUES($1, $2, $3, $4)", row));
            const auto read = database->run("SELECT n, i, s, b FROM t WHERE n = $1", {row[0]});
            REQUIRE(read);
            REQUIRE(read->size() == 1);
            CHECK(node::Value(read->front().integer(0)) == row[0]);
            if (const auto* number = std::get_if<std::int64_t>(&row[1])) {
                CHECK(read->front().integer(1) == *number);
                CHECK(read->front().text(2) == std::get<std::string>(row[2]));
                CHECK(read->front().bytes(3) == std::get<Bytes>(row[3]));
            }
        }
        const auto again = database->run("INSERT INTO t(n) VALUES($1)", {std::int64_t{0}});
        REQUIRE_FALSE(again);
        CHECK(again.error().code == ErrorCode::already_exists);
        const auto nonsense = database->run("SELEKT 1");
        REQUIRE_FALSE(nonsense);
        CHECK(nonsense.error().code == ErrorCode::io);
    }
}

TEST_CASE("no update is lost among transactions that meet") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto one = place.open();
        const auto other = engine == "SQLite" ? nullptr : place.open(); // as another process
        REQUIRE(one->run("CREATE TABLE counter(k BIGINT PRIMARY KEY, v BIGINT)"));
        REQUIRE(one->run("INSERT INTO counter(k, v) VALUES(1, 0)"));
        std::atomic<int> turn{0};
        const int good = at_once(
            5, [&] { return add_one(++turn % 2 == 0 && other ? *other : *one).has_value(); });
        CHECK(good > 0);
        CHECK(one->run("SELECT v FROM counter")->front().integer(0) == good);
    }
}

TEST_CASE("one commit in ten that the engine takes back costs nothing but time") {
    const Place place("PostgreSQL");
    const auto database = place.open();
    REQUIRE(database->run("CREATE TABLE counter(k BIGINT PRIMARY KEY, v BIGINT)"));
    REQUIRE(database->run("INSERT INTO counter(k, v) VALUES(1, 0)"));
    // Fires when the transaction is committed.
    REQUIRE(database->run("CREATE SEQUENCE refused"));
    REQUIRE(database->run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                          "IF random() < 0.1 THEN PERFORM nextval('refused'); "
                          "RAISE SQLSTATE '40001'; END IF; RETURN NULL; END $$"));
    REQUIRE(database->run("CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON counter DEFERRABLE "
                          "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"));
    for (int i = 0; i < 200; ++i) {
        REQUIRE(add_one(*database));
    }
    CHECK(database->run("SELECT v FROM counter")->front().integer(0) == 200);
    CHECK(database->run("SELECT last_value FROM refused")->front().integer(0) > 5);
    // What is refused for good ends, and says so.
    REQUIRE(database->run("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                          "$$ BEGIN RAISE SQLSTATE '40001'; END $$"));
    const auto refused = add_one(*database);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(database->run("SELECT v FROM counter")->front().integer(0) == 200);
}

TEST_CASE("processes that start together bring the schema up to date once") {
    const Place place("PostgreSQL");
    const Secret key = Secret::random(node::barrier_key_size);
    const int good = at_once(1, [&] {
        auto database = node::open_postgresql(place.where());
        return database && node::Store::open(std::move(*database), key, {}, start).has_value();
    });
    CHECK(good == 10);
    CHECK(place.open()->run("SELECT count(*) FROM migration")->front().integer(0) ==
          place.open()->run("SELECT max(version) FROM migration")->front().integer(0));
}

TEST_CASE("an engine that was started anew is found again") {
    const Place place("PostgreSQL");
    const auto database = place.open();
    REQUIRE(database->run("CREATE TABLE t(v BIGINT)"));
    postgres().stop(SIGQUIT);
    const auto gone = database->run("SELECT v FROM t");
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::unavailable);
    postgres().start();
    CHECK(database->run("INSERT INTO t(v) VALUES(1)"));
    CHECK(database->transaction([&]() -> Result<void> {
        return database->run("INSERT INTO t(v) VALUES(2)").map([](const node::Rows&) {});
    }));
    CHECK(database->run("SELECT count(*) FROM t")->front().integer(0) == 2);
}

TEST_CASE("a full disk of the engine's is told from memory that it lacks") {
    const Place place("PostgreSQL");
    const auto database = place.open();
    for (const auto& [state, code] : {std::pair("53100", ErrorCode::limit_exceeded),
                                      {"53200", ErrorCode::unavailable},
                                      {"53300", ErrorCode::unavailable}}) {
        const std::string word(state);
        CAPTURE(word);
        REQUIRE(database->run("CREATE OR REPLACE FUNCTION lacks() RETURNS BIGINT LANGUAGE plpgsql "
                              "AS $$ BEGIN RAISE SQLSTATE '" +
                              word + "'; END $$"));
        const auto refused = database->run("SELECT lacks()");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == code);
    }
}

TEST_CASE("a passfile that its group may read is used, as systemd gives it; everybody's is not") {
    auto& server = postgres();
    const TemporaryDirectory folder;
    const std::string rules = server.folder() + "/data/pg_hba.conf";
    server.sql("CREATE ROLE sealed LOGIN PASSWORD 'right'");
    server.sql("GRANT CREATE ON DATABASE postgres TO sealed");
    {
        std::ofstream out(rules, std::ios::trunc);
        out << "local all sealed scram-sha-256\nlocal all all trust\n";
    }
    server.sql("SELECT pg_reload_conf()");
    const auto file = folder.path() / "pass";
    REQUIRE(write_file_atomic(file, std::string_view("*:*:*:sealed:right\n")));
    const std::string url =
        "postgresql:///postgres?host=" + server.folder() + "&user=sealed&passfile=" + file.string();
    // The new rule counts a moment later.
    CHECK(soon([&] {
        return !node::open_postgresql("postgresql:///postgres?host=" + server.folder() +
                                      "&user=sealed&passfile=/dev/null");
    }));
    for (const mode_t mode : {0600U, 0440U, 0640U}) {
        CAPTURE(mode);
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        CHECK(node::open_postgresql(url).has_value());
    }
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    const auto refused = node::open_postgresql(url);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::permission_denied);
    CHECK_FALSE(node::open_postgresql(url + "gone"));
}

TEST_CASE("addresses that would give a secret or the connection away are refused") {
    for (const auto& [url, word] : std::vector<std::pair<std::string, std::string>>{
             {"postgresql://me:hunter2@127.0.0.1/db", "password"},
             {"postgresql:///db?password=hunter2", "password"},
             {"postgresql://me@db.example.org/db?sslmode=prefer", "verify-full"},
             {"postgresql://me@127.0.0.1,db.example.org/db?sslmode=disable", "verify-full"},
             {"postgresql://%zz", "cannot be read"}}) {
        CAPTURE(url);
        const auto refused = node::open_postgresql(url);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid_argument);
        const Error& error = refused.error();
        CHECK((error.message + error.hint).find(word) != std::string::npos);
        CHECK((error.message + error.hint + error.detail).find("hunter2") == std::string::npos);
    }
}
