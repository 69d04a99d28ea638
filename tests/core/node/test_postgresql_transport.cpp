// Whoever says where PostgreSQL is, another computer is not spoken to in clear.
#include "core/base/file.h"
#include "engines.h"
#include "tests/support/listener.h"

#include <cstdlib>
#include <poll.h>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// Variables for libpq, as long as the object lives.
class Variables {
public:
    using List = std::vector<std::pair<std::string, std::string>>;
    explicit Variables(List variables) : variables_(std::move(variables)) {
        for (const auto& [name, value] : variables_) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }
    Variables(const Variables&) = delete;
    Variables& operator=(const Variables&) = delete;
    ~Variables() {
        for (const auto& variable : variables_) {
            ::unsetenv(variable.first.c_str());
        }
    }

private:
    const List variables_;
};

/// A server that has no TLS, and what it is told all the same.
class PlainServer {
public:
    PlainServer() : thread_([this](const std::stop_token& stop) { serve(stop); }) {}
    std::string port() const { return std::to_string(listener_.port()); }
    /// When nobody speaks to it any more.
    std::string heard() {
        thread_.request_stop();
        thread_.join();
        return heard_;
    }

private:
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd waiting{listener_.fd(), POLLIN, 0};
            if (::poll(&waiting, 1, 20) == 1) {
                talk(::accept(listener_.fd(), nullptr, nullptr));
            }
        }
    }
    void talk(int peer) {
        char bytes[4096];
        ssize_t got = ::recv(peer, bytes, sizeof bytes, 0);
        if (got == 8) { // a request for encryption
            ::send(peer, "N", 1, MSG_NOSIGNAL);
            got = ::recv(peer, bytes, sizeof bytes, 0);
        }
        heard_.append(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
        ::close(peer);
    }
    Listener listener_;
    std::string heard_;
    std::jthread thread_;
};

/// A way to name a host; HOST and PORT stand for its address and port.
struct Way {
    std::string url;
    std::string service; ///< a section of the service file
    std::vector<std::pair<std::string, std::string>> variables;
};

const std::vector<Way> ways{
    {"postgresql://me@HOST:PORT/db", "", {}},
    {"postgresql://me@/db?hostaddr=HOST&port=PORT", "", {}},
    {"postgresql://me@localhost:PORT/db?hostaddr=HOST", "", {}},
    {"postgresql:///db?user=me&host=/run/none,HOST&port=PORT,PORT", "", {}},
    {"postgresql:///?service=it", "host=HOST\nport=PORT\nuser=me\ndbname=db\n", {}},
    {"postgresql://localhost/?service=it", "hostaddr=HOST\nport=PORT\nuser=me\n", {}},
    {"postgresql:///", "host=HOST\nport=PORT\nuser=me\n", {{"PGSERVICE", "it"}}},
    {"postgresql://me@/db", "", {{"PGHOST", "HOST"}, {"PGPORT", "PORT"}}},
    {"postgresql://me@/db", "", {{"PGHOSTADDR", "HOST"}, {"PGPORT", "PORT"}}},
    {"postgresql://me@localhost:PORT/db", "", {{"PGHOSTADDR", "HOST"}}},
};

std::string filled(std::string text, const std::string& host, const std::string& port) {
    for (const auto& [word, value] : {std::pair("HOST", host), std::pair("PORT", port)}) {
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos;) {
            text.replace(at, 4, value);
            at += value.size();
        }
    }
    return text;
}

} // namespace

TEST_CASE("a server on another computer that has no TLS is told nothing, whoever names it") {
    for (const Way& way : ways) {
        for (const std::string word : {"", "require", "disable"}) {
            PlainServer server;
            const TemporaryDirectory folder;
            const auto file = folder.path() / "services";
            // Not loopback by its looks, and this computer all the same.
            const auto in_place = [&](const std::string& text) {
                return filled(text, "0.0.0.0", server.port());
            };
            std::vector<std::pair<std::string, std::string>> variables{
                {"PGSERVICEFILE", file.string()}, {"PGPASSWORD", "hunter2"}};
            for (const auto& [name, value] : way.variables) {
                variables.emplace_back(name, in_place(value));
            }
            if (!word.empty()) {
                variables.emplace_back("PGSSLMODE", word);
            }
            REQUIRE(write_file_atomic(file, "[it]\n" + in_place(way.service)));
            const Variables set(std::move(variables));
            const std::string url = in_place(way.url);
            CAPTURE(url);
            CAPTURE(way.service);
            CAPTURE(word);
            const auto refused = node::open_postgresql(url);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code ==
                  (word.empty() ? ErrorCode::unavailable : ErrorCode::invalid_argument));
            CHECK(node::check_postgresql_url(url).has_value() == word.empty());
            CHECK(server.heard().empty());
        }
    }
}

TEST_CASE("a service of this computer is used, until its file names another one") {
    const TemporaryDirectory folder;
    const auto file = folder.path() / "services";
    const Variables set(Variables::List{{"PGSERVICEFILE", file.string()}});
    const auto write = [&](const std::string& host, const std::string& port) {
        REQUIRE(write_file_atomic(file, "[it]\nhost=" + host + "\nport=" + port +
                                            "\nuser=tau\ndbname=postgres\n"));
    };
    write(postgres().folder(), "5432");
    const auto database = node::open_postgresql("postgresql:///?service=it");
    REQUIRE(database);
    PlainServer server;
    write("0.0.0.0", server.port());
    postgres().stop(SIGQUIT); // so that it connects anew
    static_cast<void>((*database)->run("SELECT 1"));
    const auto refused = (*database)->run("SELECT 1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(server.heard().empty());
    postgres().start();
    write(postgres().folder(), "5432");
    CHECK((*database)->run("SELECT 1"));
}

TEST_CASE("a service that nobody knows is named when the configuration is looked at") {
    const Variables set(Variables::List{{"PGSERVICEFILE", "/dev/null"}});
    const auto refused = node::check_postgresql_url("postgresql:///?service=gone");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(refused.error().detail.find("gone") != std::string::npos);
}
