// What the node's HTTP server takes, and from whom.
#include "tests/app/server_talk.h"
#include "tests/support/hostile_http.h"

#include <deque>

using namespace tau;
using namespace tau::test;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long kept_kb = 256L << 10; // sanitizers keep so much of what was freed
#else
constexpr long kept_kb = 0;
#endif
constexpr long most_growth_kb = kept_kb + (1L << 10);

TEST_CASE("requests that are not quite HTTP are refused by name") {
    const ServerProcess server(short_limits());
    const std::string big(9000, 'a');
    const std::string zero = "Content-Length: 0\r\n";
    const std::vector<std::tuple<const char*, std::string, int>> table{
        {"good", get("/healthz"), 200},
        {"no Host", get("/healthz", ""), 400},
        {"two Hosts", get("/healthz", "Host: a\r\nHost: b\r\n"), 400},
        {"another's Host", get("/healthz", "Host: evil.example.org\r\n"), 421},
        {"Host of another port", get("/healthz", "Host: 127.0.0.1:1\r\n"), 421},
        {"Host without the port", get("/healthz", "Host: 127.0.0.1\r\n"), 421},
        {"folded header", get("/healthz", "Host: x\r\nA: b\r\n c\r\n"), 400},
        {"folded with a tab", get("/healthz", "Host: x\r\nA: b\r\n\tc\r\n"), 400},
        {"bare line feeds", "GET /healthz HTTP/1.1\nHost: x\n\n", 400},
        {"space before the colon", get("/healthz", "Host : x\r\n"), 400},
        {"NUL in a header", get("/healthz", std::string("Host: x\r\nA: b\0c\r\n", 17)), 400},
        {"target beyond ASCII", get("/h\xc3\xa4"), 400},
        {"DEL in the target", get("/h\x7f"), 400},
        {"absolute target of another", get("http://evil.example.org/healthz"), 421},
        {"absolute target without a path", get("http://x?y"), 421},
        {"target of another kind", get("ftp://x/healthz"), 400},
        {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"long target", get("/" + std::string(3000, 'a')), 400},
        {"old version", "GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n", 505},
        {"future version", "GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n", 400},
        {"other method", "TRACE /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"unknown method", "BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"length and chunks",
         post("/v1/challenges", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         400},
        {"two lengths", post("/v1/challenges", "Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
         400},
        {"negative length", post("/v1/challenges", "Content-Length: -1\r\n"), 400},
        {"length that is no number", post("/v1/challenges", "Content-Length: 1e3\r\n"), 400},
        {"length beyond all", post("/v1/challenges", "Content-Length: 99999999999999999999999\r\n"),
         400},
        {"other encoding", post("/v1/challenges", "Transfer-Encoding: gzip, chunked\r\n"), 400},
        {"bad chunk size",
         post("/v1/challenges", "Transfer-Encoding: chunked\r\n", "zz\r\nab\r\n0\r\n\r\n"), 400},
        {"large challenge", post("/v1/challenges", "Content-Length: 4097\r\n"), 413},
        {"large registration", post("/v1/registrations", "Content-Length: 131073\r\n"), 413},
        {"large webhook", post("/v1/hooks/a/code", "Content-Length: 1048577\r\n"), 413},
        {"200 MB", post("/v1/registrations", "Content-Length: 209715200\r\n"), 413},
        {"exabytes", post("/v1/registrations", "Content-Length: 9223372036854775807\r\n"), 413},
        {"large header value", get("/healthz", "Host: x\r\nA: " + big + "\r\n"), 431},
        {"many headers",
         get("/healthz",
             [] {
                 std::string many = "Host: x\r\n";
                 for (int i = 0; i < 2000; ++i) {
                     many += "A: b\r\n";
                 }
                 return many;
             }()),
         431},
        {"unknown expectation", post("/v1/challenges", zero + "Expect: tea\r\n"), 417},
        {"expectation", post("/v1/challenges", "Content-Length: 2\r\nExpect: 100-continue\r\n"),
         100},
        {"good again", get("/healthz"), 200},
    };
    for (const auto& [name, bytes, status] : table) {
        CAPTURE(std::string(name));
        CHECK(ask(server, bytes) == status);
    }
}

TEST_CASE("an absolute target says which host is asked, whatever Host says") {
    const ServerProcess server(short_limits());
    const std::string port = ":" + std::to_string(server.port());
    const std::string other = "Host: evil.example.org\r\n";
    CHECK(ask(server, get("http://127.0.0.1" + port + "/healthz", other)) == 200);
    CHECK(ask(server, get("HTTPS://LocalHost" + port + "/healthz", other)) == 200);
    CHECK(ask(server, get("http://127.0.0.1" + port + "/nothing", other)) == 404);
    CHECK(ask(server, get("http://127.0.0.1" + port, other)) == 404);
    CHECK(ask(server, get("http://127.0.0.1/healthz")) == 421);
    CHECK(ask(server, get("http://evil@127.0.0.1" + port + "/healthz")) == 421);
    CHECK(ask(server, get("http://127.0.0.1" + port + "/healthz", "")) == 400);
}

TEST_CASE("a node that listens on all addresses answers under both of this computer's") {
    const ServerProcess server(short_limits(), "::");
    const std::string port = ":" + std::to_string(server.port());
    for (const std::string host : {"[::1]", "127.0.0.1", "localhost"}) {
        CAPTURE(host);
        CHECK(ask(server, get("/healthz", "Host: " + host + port + "\r\n")) == 200);
    }
    CHECK(ask(server, get("/healthz", "Host: [::]" + port + "\r\n")) == 421);
}

TEST_CASE("large answers have their place among the bodies, and give it back") {
    World world;
    Project project(world);
    project.publish(world);
    for (int i = 0; i < 300; ++i) {
        (*world.repositories)[urls[1]].tips["a" + std::to_string(i)] = std::string(40, 'c');
    }
    const auto response = project.submit(world, project.registration(world), key('1'));
    REQUIRE(response.status == 201);
    const std::string target =
        "/v1/registrations/" + json::parse(response.body)["registration_id"].get<std::string>();
    std::size_t size = 0;
    REQUIRE(soon([&] {
        size = project.signed_request(world, "GET", target).body.size();
        return size > 20000;
    }));
    world.service.reset();
    vaultd::Limits limits = short_limits();
    limits.body_bytes = size + 1000;
    limits.idle = limits.body = 10s; // nobody is slow here, but the machine may be
    const ServerProcess server(limits, "127.0.0.1", world.folder.path());
    const std::string asking =
        to(server, get(target, "Host: x\r\nAuthorization: " +
                                   vault::owner_authorization(project.owner, "GET", target, "",
                                                              SystemClock().now()) +
                                   "\r\n"));
    const auto status = [&asking](Connection& connection) {
        connection.send(asking);
        return status_of(
            connection.read(5s, [](const std::string& got) { return got.ends_with("}"); }));
    };
    Connection idle(server.port()); // what it has taken is not held for it
    CHECK(status(idle) == 200);
    Connection connection(server.port());
    for (int i = 0; i < 200; ++i) { // what each worker allocates once, is
        CHECK(status(connection) == 200);
    }
    const long before = server.resident_kb();
    std::deque<Connection> many; // nor for many
    for (int i = 0; i < 50; ++i) {
        CHECK(status(many.emplace_back(server.port())) == 200);
    }
    CHECK(server.resident_kb() - before < kept_kb + static_cast<long>(size) * 50 / 1024 / 2);
    many.clear();
    {
        Connection body(server.port());
        body.send(to(server, post("/v1/challenges", "Content-Length: 2000\r\n")));
        CHECK(soon([&] {
            Connection another(server.port());
            return status(another) == 503;
        }));
        CHECK(ask(server, get("/healthz")) == 200);
    }
    CHECK(soon([&] {
        Connection another(server.port());
        return status(another) == 200;
    }));
}

TEST_CASE("what comes behind a body in chunks is no header") {
    const ServerProcess server(short_limits());
    const auto answer = [&](const std::string& headers) {
        Connection connection(server.port());
        connection.send(
            to(server, post("/v1/registrations",
                            "Connection: close\r\nTransfer-Encoding: chunked\r\n" + headers,
                            "2\r\n{}\r\n0\r\nIdempotency-Key: " + key('1') + "\r\n\r\n")));
        return connection.read_all(5s);
    };
    CHECK(answer("").find("idempotency_key_missing") != std::string::npos);
    CHECK(answer("Idempotency-Key: " + key('2') + "\r\n").find("HTTP/1.1 422") == 0);
}

TEST_CASE("hostile requests are answered 4xx, and nothing of them is kept") {
    vaultd::Limits limits;
    limits.header = limits.body = limits.write = 5s; // nobody is slow here, but the machine may be
    const ServerProcess server(limits);
    const auto inputs = hostile_http();
    for (const HostileHttp& input : inputs) {
        answer_to(input, server.port()); // what is allocated once, is
    }
    for (const HostileHttp& input : inputs) {
        CAPTURE(std::string(input.name));
        const long before = server.resident_kb();
        const int status = answer_to(input, server.port());
        CHECK(status >= 400);
        CHECK(status < 500);
        CHECK(server.resident_kb() - before < most_growth_kb);
    }
    CHECK(ask(server, get("/healthz")) == 200);
}

TEST_CASE("endless input is cut without growing") {
    const ServerProcess server(short_limits());
    const std::vector<std::tuple<const char*, std::string, std::string, int>> floods{
        {"line without an end", "GET /", std::string(65536, 'a'), 431},
        {"header value", "GET / HTTP/1.1\r\nHost: x\r\nA: ", std::string(65536, 'a'), 431},
        {"chunk extension", post("/v1/registrations", "Transfer-Encoding: chunked\r\n") + "1;",
         std::string(65536, 'a'), 400},
        {"chunked body", post("/v1/registrations", "Transfer-Encoding: chunked\r\n"),
         "10000\r\n" + std::string(65536, 'a') + "\r\n", 413},
    };
    CHECK(ask(server, get("/healthz")) == 200);
    const long before = server.resident_kb();
    for (const auto& [name, start, more, status] : floods) {
        CAPTURE(std::string(name));
        Connection connection(server.port());
        bool taken = connection.send(to(server, start));
        std::size_t sent = 0;
        for (; taken && sent < (50U << 20U); sent += more.size()) {
            taken = connection.send(more);
        }
        CHECK(sent < (50U << 20U));
        // The answer may be lost to a reset; when it is there, it is the right one.
        const int got = status_of(connection.read_all(1s));
        CHECK((got == status || got == 0));
    }
    CHECK(ask(server, get("/healthz")) == 200);
    CHECK(server.resident_kb() - before < 8192);
}

TEST_CASE("silence and drips are cut at an absolute deadline") {
    const ServerProcess server(short_limits());
    struct Slow {
        const char* name;
        std::string start;
        milliseconds limit;
    };
    const std::vector<Slow> kinds{
        {"nothing", "", 700ms},
        {"dripping header", "GET /healthz HTTP/1.1\r\n", 700ms},
        {"dripping body", post("/v1/challenges", "Content-Length: 4000\r\n"), 700ms},
        {"idle after an answer", get("/healthz"), 1400ms},
    };
    for (const Slow& kind : kinds) {
        CAPTURE(std::string(kind.name));
        Connection connection(server.port());
        const auto begin = steady_clock::now();
        connection.send(to(server, kind.start));
        const bool drips = std::string(kind.name).starts_with("dripping");
        do {
            if (drips) {
                connection.send("a");
            }
            connection.read(100ms, [](const std::string&) { return false; });
        } while (!connection.closed() && steady_clock::now() - begin < 10s);
        const auto took = steady_clock::now() - begin;
        CHECK(connection.closed());
        CHECK(took >= kind.limit - 50ms);
        CHECK(took < kind.limit + 1500ms);
    }
}

TEST_CASE("many slow peers are all cut in time, and others are served meanwhile") {
    const vaultd::Limits limits = short_limits();
    const ServerProcess server(limits);
    CHECK(ask(server, get("/healthz")) == 200);
    const long before = server.resident_kb();
    struct Slow {
        Connection connection;
        bool drips;
        std::optional<steady_clock::duration> cut{};
    };
    const auto begin = steady_clock::now();
    std::vector<Slow> slow;
    for (int i = 0; i < 120; ++i) {
        const std::string from = "127.0.1." + std::to_string(1 + i / 40);
        slow.push_back({Connection(server.port(), from.c_str()), i % 3 != 0});
        slow.back().connection.send(
            i % 3 == 0   ? ""
            : i % 3 == 1 ? to(server, "GET /healthz HTTP/1.1\r\nHost: x\r\nA: ")
                         : to(server, post("/v1/challenges", "Content-Length: 4000\r\n")));
    }
    CHECK(soon([&] {
        CHECK(ask(server, get("/healthz")) == 200);
        for (Slow& one : slow) {
            if (one.drips && !one.cut) {
                one.connection.send("a");
            }
            pollfd peer{one.connection.fd(), POLLRDHUP, 0};
            if (!one.cut && ::poll(&peer, 1, 0) > 0) {
                one.cut = steady_clock::now() - begin;
            }
        }
        return std::all_of(slow.begin(), slow.end(), [](const Slow& one) { return one.cut; });
    }));
    for (const Slow& one : slow) {
        CHECK(one.cut.value_or(1h) >= limits.header - 50ms);
        CHECK(one.cut.value_or(1h) < limits.header + 1s);
    }
    CHECK(server.resident_kb() - before < 32 * most_growth_kb);
}

TEST_CASE("one address gets its share of connections, and no more") {
    vaultd::Limits limits = short_limits();
    limits.per_address = 8;
    limits.idle = 30s;
    const ServerProcess server(limits);
    const auto answers = [&server](Connection& connection) {
        connection.send(to(server, get("/healthz")));
        return status_of(connection.read(
                   2s, [](const std::string& got) { return got.ends_with("}"); })) == 200;
    };
    std::vector<Connection> open;
    for (int i = 0; i < 8; ++i) {
        open.emplace_back(server.port());
        CHECK(answers(open.back()));
    }
    {
        Connection ninth(server.port());
        CHECK_FALSE(answers(ninth));
    }
    open.pop_back();
    CHECK(soon([&] {
        Connection again(server.port());
        return answers(again);
    }));
}

TEST_CASE("a connection carries many requests, also several at once, in order") {
    const ServerProcess server(short_limits());
    Connection connection(server.port());
    const std::string challenge = "{\"owner_key\":\"" + std::string(43, 'A') + "=\"}";
    connection.send(
        to(server,
           get("/healthz") +
               post("/v1/challenges",
                    "Content-Length: " + std::to_string(challenge.size()) + "\r\n", challenge) +
               get("/nothing") + get("/healthz", "Host: x\r\nConnection: close\r\n")));
    const std::string answer = connection.read_all(5s);
    CHECK(connection.closed());
    std::vector<int> statuses;
    for (std::size_t at = 0; (at = answer.find("HTTP/1.1 ", at)) != std::string::npos; ++at) {
        statuses.push_back(status_of(answer.substr(at)));
    }
    CHECK(statuses == std::vector<int>{200, 200, 404, 200});
    CHECK(answer.find("\r\nDate: ") != std::string::npos);
}

TEST_CASE("the node answers as localhost, too") {
    const ServerProcess server(short_limits());
    CHECK(ask(server,
              get("/healthz", "Host: LocalHost:" + std::to_string(server.port()) + "\r\n")) == 200);
}
