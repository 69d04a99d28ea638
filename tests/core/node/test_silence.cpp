// A database that has gone silent: no request waits for it longer than its deadline, and the node
// goes on when it is back. And a process that has: the others do not wait for it.
#include "engines.h"
#include "hooked.h"
#include "tests/support/cutting_proxy.h"

#include <csignal>
#include <sys/wait.h>

using namespace tau;
using namespace tau::test;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// A place at PostgreSQL behind a proxy that can fall silent.
struct Silenced {
    TemporaryDirectory folder;
    const std::string name = [] {
        const std::string address = postgres().new_place();
        return address.substr(address.rfind("%3D") + 3);
    }();
    CuttingProxy proxy{(folder.path() / ".s.PGSQL.5432").string(),
                       postgres().folder() + "/.s.PGSQL.5432"};
    std::string where() const { return PostgresServer::address(folder.path().string(), name); }
    std::unique_ptr<node::Database> open(const node::StoreTimes& times) const {
        auto database = node::open_postgresql(where(), times);
        REQUIRE(database);
        return std::move(*database);
    }
};

using Locked = Result<void> (node::Database::*)(const node::Database::Work&);

/// Another process: at a SIGUSR1 it wants the lock. 0 when it lost that once and then had it.
pid_t start_other(const std::string& where, Locked locked) {
    sigset_t go{};
    ::sigemptyset(&go);
    ::sigaddset(&go, SIGUSR1);
    REQUIRE(::pthread_sigmask(SIG_BLOCK, &go, nullptr) == 0); // the child waits for it
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) {
        return child;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto database = node::open_postgresql(where, {.silence = 1s});
    int signal = 0;
    ::sigwait(&go, &signal);
    const auto note = [&] {
        return ((**database).*locked)([&] {
            return (*database)->run("INSERT INTO t(v) VALUES(2)").map([](const node::Rows&) {});
        });
    };
    const bool lost = !note();
    ::_exit(lost && note() ? 0 : 1);
}

} // namespace

TEST_CASE("a statement that is not answered fails at its deadline, and so does a connection") {
    Silenced silenced;
    const auto database = silenced.open({1s, 1s});
    REQUIRE(database->run("CREATE TABLE t(v BIGINT)"));
    silenced.proxy.silence(true);
    for (int i = 0; i < 2; ++i) { // an old connection, a new one
        CAPTURE(i);
        const auto begin = steady_clock::now();
        const auto late = database->run("SELECT v FROM t");
        CHECK(steady_clock::now() - begin < 4s);
        REQUIRE_FALSE(late);
        CHECK(late.error().code == ErrorCode::unavailable);
        CHECK(late.error().detail == "It did not answer in time.");
    }
    silenced.proxy.silence(false);
    CHECK(database->run("INSERT INTO t(v) VALUES(1)"));
    // Within a transaction the first silence is waited for, and no more.
    const auto begin = steady_clock::now();
    const auto cut = database->transaction([&]() -> Result<void> {
        REQUIRE(database->run("INSERT INTO t(v) VALUES(2)"));
        silenced.proxy.silence(true);
        for (int i = 0; i < 5; ++i) {
            CHECK_FALSE(database->run("INSERT INTO t(v) VALUES(3)").has_value());
        }
        return {};
    });
    CHECK(steady_clock::now() - begin < 4s);
    REQUIRE_FALSE(cut);
    silenced.proxy.silence(false);
    CHECK(database->run("SELECT v FROM t")->size() == 1);
}

TEST_CASE("nobody knows what became of a commit that was not answered, and it is not said") {
    Silenced silenced;
    const auto database = silenced.open({1s, 1s});
    REQUIRE(database->run("CREATE TABLE t(v BIGINT)"));
    const auto done = database->transaction([&]() -> Result<void> {
        REQUIRE(database->run("INSERT INTO t(v) VALUES(1)"));
        silenced.proxy.silence(true); // so that COMMIT goes into the silence
        return {};
    });
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::timeout);
    silenced.proxy.silence(false);
    CHECK(database->run("SELECT v FROM t"));
}

TEST_CASE("the end of the program does not wait for a silent database") {
    Silenced silenced;
    const auto database = silenced.open({});
    silenced.proxy.silence(true);
    std::jthread ending([&] {
        std::this_thread::sleep_for(200ms);
        database->stop();
    });
    const auto begin = steady_clock::now();
    CHECK_FALSE(database->run("SELECT 1"));
    CHECK(steady_clock::now() - begin < 2s);
    CHECK_FALSE(database->run("SELECT 1"));
    CHECK(steady_clock::now() - begin < 2s);
}

TEST_CASE("a node whose database is silent says so, lives on, and recovers") {
    Silenced silenced;
    World world(silenced.where(), {1s, 1s});
    const Project project(world);
    project.publish(world);
    const auto answer = project.submit(world, project.registration(world), key('1'));
    REQUIRE(answer.status == 201);
    const std::string id = json::parse(answer.body)["registration_id"].get<std::string>();
    const auto proofs = [&] { return world.send("GET", "/v1/registrations/" + id + "/proofs"); };
    const auto health = [&] { return world.send("GET", "/healthz"); };
    CHECK(proofs().status == 200);
    CHECK(health().status == 200);

    silenced.proxy.silence(true);
    const auto begin = steady_clock::now();
    const auto refused = proofs();
    CHECK(steady_clock::now() - begin < 5s);
    CHECK(refused.status == 503);
    CHECK(std::any_of(refused.headers.begin(), refused.headers.end(),
                      [](const HttpHeader& header) { return header.name == "Retry-After"; }));
    CHECK(json::parse(refused.body)["sentence"] == "The node's database cannot be reached.");
    CHECK(world.send("GET", "/v1/record").status == 200);
    CHECK(soon([&] { return health().status == 503; }));
    CHECK(json::parse(health().body)["reason"] == "store_unreachable");
    CHECK(world.send("GET", "/metrics").body.find("\ntau_store_reachable 0\n") !=
          std::string::npos);

    silenced.proxy.silence(false);
    CHECK(proofs().status == 200);
    CHECK(soon([&] { return health().status == 200; }));
    CHECK(world.log.count("The node's database answers again.") == 1);
    // Nothing was done twice, and nothing was lost.
    CHECK(project.submit(world, project.registration(world), key('2')).status == 201);

    // That the end cuts a look at the database is no answer of it.
    silenced.proxy.silence(true);
    REQUIRE(soon([&] { return health().status == 503; }));
    std::this_thread::sleep_for(2500ms); // the next look has begun, and waits
    world.service.reset();
    CHECK(world.log.count("The node's database answers again.") == 1);
}

TEST_CASE("a process that was stopped while it waited for its turn does not keep it") {
    for (const Locked locked : {&node::Database::in_turn, &node::Database::alone}) {
        const Place place("PostgreSQL");
        const auto database = place.open();
        const auto watcher = place.open();
        REQUIRE(database->run("CREATE TABLE t(v BIGINT)"));
        const auto insert = [&] {
            return database->run("INSERT INTO t(v) VALUES(1)").map([](const node::Rows&) {});
        };
        const auto waiting = [&] {
            return watcher
                       ->run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
                             "NOT granted")
                       ->front()
                       .integer(0) == 1;
        };
        const pid_t other = start_other(place.where(), locked);
        REQUIRE(((*database).*locked)([&]() -> Result<void> {
            ::kill(other, SIGUSR1);
            CHECK(soon(waiting));
            ::kill(other, SIGSTOP);
            return insert();
        }));
        const auto begin = steady_clock::now();
        CHECK(((*database).*locked)(insert));
        CHECK(steady_clock::now() - begin < 5s);
        // It goes on: the lost connection costs it one try.
        ::kill(other, SIGCONT);
        int status = -1;
        CHECK(::waitpid(other, &status, 0) == other);
        CHECK(status == 0);
        CHECK(database->run("SELECT v FROM t")->size() == 3);
    }
}

TEST_CASE("a process that was stopped within a transaction does not keep its rows") {
    const Place place("PostgreSQL");
    const auto database = place.open();
    REQUIRE(database->run("CREATE TABLE t(v BIGINT)"));
    REQUIRE(database->run("INSERT INTO t(v) VALUES(1)"));
    const auto add_one = [](node::Database& to) {
        return to.run("UPDATE t SET v = v + 1").map([](const node::Rows&) {});
    };
    const pid_t other = ::fork();
    REQUIRE(other >= 0);
    if (other == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const auto mine = node::open_postgresql(place.where(), {.silence = 1s});
        static_cast<void>((*mine)->transaction([&] {
            const auto done = add_one(**mine);
            ::raise(SIGSTOP);
            return done;
        }));
        ::_exit(1);
    }
    int status = 0;
    REQUIRE(::waitpid(other, &status, WUNTRACED) == other);
    REQUIRE(WIFSTOPPED(status));
    CHECK(database->transaction([&] { return add_one(*database); }));
    CHECK(database->run("SELECT v FROM t")->front().integer(0) == 2);
    ::kill(other, SIGKILL);
    CHECK(::waitpid(other, &status, 0) == other);
}
