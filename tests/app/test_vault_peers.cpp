// Who counts as one, and how much one may ask.
#include "app/vaultd/peers.h"
#include "tests/app/server_talk.h"

using namespace tau;
using namespace tau::test;

TEST_CASE("limits are for an IPv4 address or for 64 bits of an IPv6 one") {
    const std::vector<std::pair<std::string, std::string>> table{
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"2001:DB8:1:2::9", "2001:db8:1:2::/64"},
        {"2001:db8:1:3::9", "2001:db8:1:3::/64"},
        {"::1", "::/64"},
        {"fe80::1%eth0", "fe80::/64"},
        {"", ""},
        {"vault.example.org", ""},
        {"1.2.3", ""},
    };
    for (const auto& [address, network] : table) {
        CAPTURE(address);
        CHECK(vaultd::network_of(address) == network);
    }
}

TEST_CASE("a proxy is one address, however it is written, and not its neighbours") {
    const std::vector<std::pair<std::string, std::vector<std::string>>> table{
        {"192.0.2.1", {"192.0.2.1", "::ffff:192.0.2.1"}},
        {"2001:DB8:1:2:0::9", {"2001:db8:1:2::9", "2001:db8:1:2:0:0:0:9"}},
        {"fe80::1%eth0", {"fe80::1%eth0"}},
    };
    for (const auto& [proxy, same] : table) {
        CAPTURE(proxy);
        const vaultd::Peers peers(vaultd::Limits{}, proxy);
        for (const std::string& address : same) {
            CHECK(peers.is_proxy(peers.name_of(address)));
        }
        for (const std::string address : {"192.0.2.2", "2001:db8:1:2::8", "2001:db8:1:2::",
                                          "fe80::1", "fe80::1%eth1", "fe80::2%eth0"}) {
            CAPTURE(address);
            CHECK_FALSE(peers.is_proxy(peers.name_of(address)));
            CHECK(peers.name_of(address) == vaultd::network_of(address));
        }
    }
    const vaultd::Peers none(vaultd::Limits{}, "");
    CHECK_FALSE(none.is_proxy(none.name_of("")));
}

TEST_CASE("a share is used at once or little by little, and comes back") {
    node::RateLimit limit(6);
    node::RateLimit::Time now{};
    now += 1h;
    for (int i = 0; i < 6; ++i) {
        CHECK_FALSE(limit.take("a", now));
    }
    CHECK(limit.take("a", now) == 10s);
    CHECK_FALSE(limit.take("b", now));
    CHECK(limit.take("a", now + 9999ms) == 1s);
    CHECK_FALSE(limit.take("a", now + 10s));
    CHECK(limit.take("a", now + 10s) == 10s);
    for (int i = 0; i < 6; ++i) {
        CHECK_FALSE(limit.take("a", now + 10min));
    }
    CHECK(limit.take("a", now + 10min));
    limit.set(0);
    CHECK_FALSE(limit.take("a", now + 10min));
}

TEST_CASE("a flood of new names does not make the limits grow") {
    node::RateLimit limit(1);
    node::RateLimit::Time now{};
    now += 1h;
    for (std::size_t i = 0; i < node::RateLimit::most_known + 1000; ++i) {
        limit.take(std::to_string(i), now);
    }
    CHECK(limit.known() == node::RateLimit::most_known);
    limit.take("one more", now + 2min);
    CHECK(limit.known() == 1);
}

TEST_CASE("who asks too much hears when to come back, and others are served") {
    vaultd::Limits limits = short_limits();
    limits.requests_per_minute = 20;
    limits.registrations_per_minute = 2;
    const ServerProcess server(limits);
    const std::string costly = post("/v1/registrations", "Content-Length: 2\r\n", "{}");
    CHECK(ask(server, costly) == 400);
    CHECK(ask(server, costly) == 400);
    Connection third(server.port());
    const auto begin = steady_clock::now();
    third.send(to(server, costly));
    const std::string answer = third.read_all(5s);
    CHECK(status_of(answer) == 429);
    CHECK(answer.find("\r\nRetry-After: 30\r\n") != std::string::npos);
    CHECK(answer.find("too_many_requests") != std::string::npos);
    CHECK(steady_clock::now() - begin >= limits.refusal - 10ms);
    CHECK(ask(server, "DELETE" + get("/v1/registrations/x").substr(3)) == 429);
    CHECK(ask(server, get("/healthz")) == 200); // of another kind
    for (int i = 0; i < 15; ++i) {
        CHECK(ask(server, get("/healthz")) == 200);
    }
    CHECK(ask(server, get("/healthz")) == 429);
    Connection other(server.port(), "127.0.0.2");
    other.send(to(server, get("/healthz")));
    CHECK(status_of(other.read(5s, [](const std::string& got) { return got.ends_with("}"); })) ==
          200);
}

TEST_CASE("what cannot be read counts, too") {
    vaultd::Limits limits = short_limits();
    limits.requests_per_minute = 4;
    const std::vector<std::pair<std::string, int>> bad{
        {"GET /healthz HTTP/1.1\r\nHost: elsewhere\r\n\r\n", 421},
        {"GET /healthz HTTP/1.1\nHost: x\n\n", 400},
        {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"GET / HTTP/1.1\r\nA: " + std::string(40000, 'a'), 431},
    };
    for (const auto& [bytes, status] : bad) {
        CAPTURE(status);
        const ServerProcess server(limits);
        for (int i = 0; i < 4; ++i) {
            CHECK(ask(server, bytes) == status);
        }
        CHECK(ask(server, bytes) == 429);
        CHECK(ask(server, get("/healthz")) == 429);
    }
}

TEST_CASE("an address opens no more connections in a minute than its requests need") {
    vaultd::Limits limits = short_limits();
    limits.requests_per_minute = 3;
    const ServerProcess server(limits);
    for (int i = 0; i < 6; ++i) {
        Connection connection(server.port());
        CHECK(connection.connected());
        CHECK(connection.read_all(2s).empty()); // cut when the header is due
    }
    Connection seventh(server.port());
    const auto begin = steady_clock::now();
    CHECK(seventh.read_all(2s).empty());
    CHECK(seventh.closed());
    CHECK(steady_clock::now() - begin < limits.header / 2);
}

TEST_CASE("an address that does not take a method says which it takes") {
    const ServerProcess server(short_limits());
    const std::vector<std::pair<std::string, std::string>> table{
        {"DELETE /healthz", "\r\nAllow: GET\r\n"},
        {"POST /v1/registrations/" + std::string(32, 'a'), "\r\nAllow: GET, DELETE\r\n"},
        {"PATCH /healthz", "\r\nAllow: GET, POST, PUT, DELETE\r\n"},
    };
    for (const auto& [line, allowed] : table) {
        CAPTURE(line);
        Connection connection(server.port());
        connection.send(to(server, line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                                          "Connection: close\r\n\r\n"));
        const std::string answer = connection.read_all(5s);
        CAPTURE(answer);
        CHECK(status_of(answer) == 405);
        CHECK(answer.find(allowed) != std::string::npos);
    }
    Connection connection(server.port());
    connection.send(to(server, get("/v1/registrations/" + std::string(32, 'a'),
                                   "Host: x\r\nConnection: close\r\n")));
    const std::string answer = connection.read_all(5s);
    CHECK(status_of(answer) == 401);
    CHECK(answer.find("\r\nWWW-Authenticate: TauOwner\r\n") != std::string::npos);
}
