// The node's HTTP server when there is much to do, and when it is told to end.
#include "tests/app/server_talk.h"

#include <map>
#include <sstream>

using namespace tau;
using namespace tau::test;

namespace {

/// A registration that passes everything up to the logins, which then find no claim.
std::string registration_request(const ServerProcess& server) {
    PlainHttp http;
    HttpRequest request;
    const std::string base = "http://127.0.0.1:" + std::to_string(server.port());
    request.url = base + "/v1/record";
    const auto record_bytes =
        from_base64(json::parse(http.send(request, {})->body)["record"].get<std::string>());
    const auto record = vault::decode_record(*record_bytes, SystemClock().now());
    REQUIRE(record);
    SystemEntropy entropy;
    const auto owner = keys::OwnerKey::generate(entropy);
    request.url = base + "/v1/challenges";
    request.method = "POST";
    request.body = json{{"owner_key", to_base64(owner.public_key())}}.dump();
    vault::Registration registration;
    registration.challenge =
        *from_base64(json::parse(http.send(request, {})->body)["challenge"].get<std::string>());
    registration.project_id = project_id;
    registration.project_name = "shop";
    for (std::size_t i = 0; i < 2; ++i) {
        const auto bundle = seal::seal_bundle(
            keys::DeployKey::generate(entropy), keys::WebhookSecret::generate(entropy), owner,
            {project_id, urls[i], record->node_id(), owner.public_key(), record->seal_key,
             SystemClock().now()},
            entropy);
        REQUIRE(bundle);
        registration.repositories[i] = {i == 0 ? Role::configuration : Role::code,
                                        urls[i],
                                        {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"},
                                        "main",
                                        seal::encode(*bundle)};
    }
    vault::sign(registration, owner);
    const std::string body = vault::to_json(registration);
    return to(server, post("/v1/registrations",
                           "Idempotency-Key: " + key('1') +
                               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n",
                           body));
}

/// What /metrics shows, asked for from an address that nothing else comes from.
std::map<std::string, int> metrics_of(const ServerProcess& server) {
    Connection connection(server.port(), "127.0.0.9");
    connection.send(to(server, get("/metrics", "Host: x\r\nConnection: close\r\n")));
    std::istringstream lines(connection.read_all(5s));
    std::map<std::string, int> found;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("tau_connections") || line.starts_with("tau_server")) {
            found[line.substr(0, line.rfind(' '))] = std::stoi(line.substr(line.rfind(' ')));
        }
    }
    return found;
}

std::string cut_by(const std::string& limit) {
    return "tau_connections_cut_total{limit=\"" + limit + "\"}";
}

std::string refused_with(int status) {
    return "tau_server_refusals_total{status=\"" + std::to_string(status) + "\"}";
}

} // namespace

TEST_CASE("what the server refuses and cuts by itself is counted, by status and by limit") {
    vaultd::Limits limits = short_limits();
    limits.workers = limits.queue = 1;
    limits.per_address = 3;
    limits.requests_per_minute = 3000;
    limits.refusal = 100ms;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    std::map<std::string, int> expected = metrics_of(server);
    CHECK(expected.at("tau_connections") == 1); // its own
    const auto settled = [&] {
        const bool same = soon([&] {
            auto shown = metrics_of(server);
            shown["tau_connections_opened_total"] = expected["tau_connections_opened_total"];
            return shown == expected;
        });
        CHECK(same);
        return same;
    };
    const std::vector<std::pair<int, std::string>> refused{
        {400, get("/healthz", "")},
        {405, "TRACE /healthz HTTP/1.1\r\nHost: x\r\n\r\n"},
        {413, post("/v1/challenges", "Content-Length: 4097\r\n")},
        {417, post("/v1/challenges", "Content-Length: 0\r\nExpect: tea\r\n")},
        {421, get("/healthz", "Host: evil.example.org\r\n")},
        {431, get("/healthz", "Host: x\r\nA: " + std::string(9000, 'a') + "\r\n")},
        {505, "GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n"}};
    for (const auto& [status, bytes] : refused) {
        CAPTURE(status);
        CHECK(ask(server, bytes) == status);
        ++expected[refused_with(status)];
    }
    REQUIRE(settled());

    { // three connections, each cut by another limit, and a fourth that is one too many
        Connection header(server.port(), "127.0.0.2");
        header.send("GET /");
        Connection body(server.port(), "127.0.0.2");
        body.send(to(server, post("/v1/challenges", "Content-Length: 9\r\n")));
        Connection idle(server.port(), "127.0.0.2");
        idle.send(to(server, get("/healthz")));
        CHECK(metrics_of(server).at("tau_connections") == 4);
        const Connection fourth(server.port(), "127.0.0.2");
        for (const auto* const limit : {"header", "body", "idle", "per_address"}) {
            ++expected[cut_by(limit)];
        }
        REQUIRE(settled());
    }
    { // takes no answer
        Connection deaf(server.port(), "127.0.0.3");
        std::string many;
        for (int i = 0; i < 1400; ++i) {
            many += to(server, get("/metrics"));
        }
        deaf.send(many);
        ++expected[cut_by("write")];
        REQUIRE(settled());
    }
    server.counters().hold = true;
    Connection working(server.port());
    working.send(request);
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    CHECK(ask(server, request) == 503);
    ++expected[refused_with(503)];
    ++expected["tau_connections"];
    REQUIRE(settled());
    server.counters().hold = false;
    CHECK(working.read_all(2 * limits.idle).find("422") != std::string::npos);
    --expected["tau_connections"];
    ++expected[cut_by("idle")];
    REQUIRE(settled());

    Connection busy(server.port(), "127.0.0.4");
    bool more = true;
    for (int i = 0; more && i < 6000; ++i) {
        more = busy.send(to(server, get("/healthz"))) &&
               !busy.read(5s, [](const std::string& got) { return got.ends_with("}"); })
                    .starts_with("HTTP/1.1 429");
    }
    CHECK_FALSE(more);
    ++expected[refused_with(429)];
    REQUIRE(settled());
}

TEST_CASE("too many requests wait for a moment, then hear when to come back") {
    vaultd::Limits limits = short_limits();
    limits.workers = 1;
    limits.queue = 2;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    server.counters().hold = true;
    std::vector<Connection> waiting;
    for (int i = 0; i < 2; ++i) {
        waiting.emplace_back(server.port());
        waiting.back().send(request);
    }
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    Connection third(server.port());
    const auto begin = steady_clock::now();
    third.send(request);
    CHECK(ask(server, get("/healthz")) == 200); // meanwhile
    const std::string busy = third.read(
        5s, [](const std::string& got) { return got.find("\r\n\r\n") != std::string::npos; });
    CHECK(status_of(busy) == 503);
    CHECK(busy.find("Retry-After: 5") != std::string::npos);
    CHECK(steady_clock::now() - begin >= 290ms);
    server.counters().hold = false;
    for (Connection& connection : waiting) {
        CHECK(status_of(connection.read(5s, [](const std::string& got) {
                  return got.find("\r\n\r\n") != std::string::npos;
              })) == 422);
    }
}

TEST_CASE("one peer's registrations that take long leave threads for the others'") {
    vaultd::Limits limits = short_limits();
    limits.workers = 8; // four for registrations, of which one peer has three
    ServerProcess server(limits);
    std::vector<std::string> requests;
    for (int i = 0; i < 6; ++i) {
        requests.push_back(registration_request(server));
    }
    server.counters().hold = true;
    std::vector<Connection> waiting;
    const auto send = [&](std::size_t i, const char* from) {
        Connection connection(server.port(), from);
        connection.send(requests[i]);
        return connection;
    };
    for (std::size_t i = 0; i < 3; ++i) {
        waiting.push_back(send(i, "127.0.0.1"));
    }
    REQUIRE(soon([&] { return server.counters().reads == 6; }));
    waiting.push_back(send(3, "127.0.0.1"));
    std::optional<Connection> leaving(send(4, "127.0.0.1"));
    waiting.push_back(send(5, "127.0.0.2"));
    CHECK(soon([&] { return server.counters().reads == 8; }));
    leaving.reset();
    REQUIRE(soon([&] { return metrics_of(server).at(cut_by("gone")) == 1; }));
    CHECK(server.counters().reads == 8);
    server.counters().hold = false;
    for (Connection& connection : waiting) {
        CHECK(status_of(connection.read(10s, [](const std::string& got) {
                  return got.find("\r\n\r\n") != std::string::npos;
              })) == 422);
    }
    CHECK(server.counters().reads == 10); // what hung up was never begun
}

TEST_CASE("nobody works for a peer that hung up while it waited") {
    vaultd::Limits limits = short_limits();
    limits.workers = 1;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    server.counters().hold = true;
    Connection first(server.port());
    first.send(request);
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    for (int i = 0; i < 5; ++i) {
        Connection gone(server.port());
        gone.send(request);
        CHECK(ask(server, get("/healthz")) == 200);
    }
    server.counters().hold = false;
    Connection last(server.port());
    last.send(request);
    CHECK(status_of(last.read(5s, [](const std::string& got) {
              return got.find("\r\n\r\n") != std::string::npos;
          })) == 422);
    CHECK(server.counters().reads == 4);
    CHECK(metrics_of(server).at(cut_by("gone")) == 5);
}

TEST_CASE("who has said all it will waits for its answer") {
    vaultd::Limits limits = short_limits();
    limits.workers = 1;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    const auto say_end = [](const Connection& connection) {
        REQUIRE(::shutdown(connection.fd(), SHUT_WR) == 0);
    };
    Connection alone(server.port());
    alone.send(to(server, get("/v1/registrations/" + key('0') + "/proofs")));
    say_end(alone);
    CHECK(alone.read_all(5s).find("HTTP/1.1 404") != std::string::npos);

    server.counters().hold = true;
    Connection first(server.port());
    first.send(request);
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    Connection half(server.port());
    half.send(request);
    say_end(half);
    {
        Connection gone(server.port());
        gone.send(request);
        say_end(gone);
        CHECK(ask(server, get("/healthz")) == 200);
    }
    // It is looked at several times while it waits, and the other is found out.
    CHECK(soon([&] { return metrics_of(server).at(cut_by("gone")) == 1; }));
    server.counters().hold = false;
    CHECK(half.read_all(10s).find("HTTP/1.1 422") != std::string::npos);
    CHECK(server.counters().reads == 4);
}

TEST_CASE("who hung up leaves its place in the queue to others") {
    vaultd::Limits limits = short_limits();
    limits.workers = 1;
    limits.queue = 2;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    server.counters().hold = true;
    Connection first(server.port());
    first.send(request);
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    {
        Connection gone(server.port());
        gone.send(request);
        CHECK(ask(server, get("/healthz")) == 200);
    }
    CHECK(ask(server, get("/healthz")) == 200);
    std::optional<Connection> last;
    CHECK(soon([&] {
        last.emplace(server.port());
        last->send(request);
        return last->read(2 * limits.refusal,
                          [](const std::string& got) { return !got.empty(); }) == "";
    }));
    server.counters().hold = false;
    CHECK(status_of(last->read(5s, [](const std::string& got) {
              return got.find("\r\n\r\n") != std::string::npos;
          })) == 422);
}

TEST_CASE("registrations that wait for git hosts hold up nothing else") {
    vaultd::Limits limits = short_limits();
    limits.workers = 2;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    server.counters().hold = true;
    std::vector<Connection> waiting;
    for (int i = 0; i < 4; ++i) {
        waiting.emplace_back(server.port());
        waiting.back().send(request);
    }
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    CHECK(ask(server, get("/v1/registrations/" + key('0') + "/proofs")) == 404);
    CHECK(ask(server, post("/v1/hooks/" + key('0') + "/code", "Content-Length: 0\r\n")) == 401);
    CHECK(server.counters().reads == 2);
    server.counters().hold = false;
}

TEST_CASE("SIGTERM ends the server in time, whatever its peers do") {
    vaultd::Limits limits = short_limits();
    limits.body = 60s;
    limits.drain = 300ms;
    limits.workers = 2;
    ServerProcess server(limits);
    const std::string request = registration_request(server);
    std::vector<Connection> dripping;
    for (int i = 0; i < 4; ++i) {
        dripping.emplace_back(server.port());
        dripping.back().send(request.substr(0, request.size() / 2));
    }
    server.counters().hold = true;
    std::vector<Connection> queued;
    for (int i = 0; i < 5; ++i) {
        queued.emplace_back(server.port());
        queued.back().send(request);
    }
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    CHECK(ask(server, get("/healthz")) == 200); // what was sent before it has arrived
    server.terminate();
    REQUIRE(soon([&] { return !Connection(server.port()).connected(); }));
    std::this_thread::sleep_for(2 * limits.drain); // the logins outlast it
    server.counters().hold = false;
    CHECK(server.wait() == 0);
    CHECK(server.counters().reads == 2); // what was queued is not begun any more
}

TEST_CASE("SIGTERM lets what is being worked on finish, and takes nothing new") {
    ServerProcess server(short_limits());
    const std::string request = registration_request(server);
    server.counters().hold = true;
    Connection idle(server.port());
    idle.send(to(server, get("/healthz")));
    idle.read(5s, [](const std::string& got) { return got.ends_with("}"); });
    Connection working(server.port());
    working.send(request);
    REQUIRE(soon([&] { return server.counters().reads == 2; }));
    server.terminate();
    REQUIRE(soon([&] { return !Connection(server.port()).connected(); }));
    idle.read_all(5s);
    CHECK(idle.closed());
    server.counters().hold = false;
    const std::string answer = working.read_all(5s);
    CHECK(status_of(answer) == 422);
    CHECK(answer.find("claim_missing") != std::string::npos);
    CHECK(server.wait() == 0);
}

TEST_CASE("the bodies of all requests together have a bound, whatever each announces") {
    vaultd::Limits limits = short_limits();
    limits.body = 5s;
    limits.body_bytes = 90000;
    const ServerProcess server(limits);
    const std::string large =
        post("/v1/hooks/" + std::string(32, 'a') + "/code", "Content-Length: 60000\r\n");
    const std::string chunked =
        post("/v1/hooks/" + std::string(32, 'a') + "/code", "Transfer-Encoding: chunked\r\n");
    // Of a webhook for nobody no more is read, once the node knows whom there is.
    const std::string larger =
        post("/v1/hooks/" + std::string(32, 'a') + "/code", "Content-Length: 70000\r\n");
    CHECK(soon([&] { return ask(server, larger) == 413; }));
    {
        Connection first(server.port());
        first.send(to(server, large));
        CHECK(soon([&] { return ask(server, chunked) == 503; }));
        CHECK(ask(server, large) == 503);
        CHECK(ask(server, get("/healthz")) == 200);
        first.send(std::string(60000, 'a'));
        CHECK(status_of(first.read(
                  5s, [](const std::string& got) { return got.ends_with("}"); })) == 401);
        Connection second(server.port()); // its place is free, and the first is still connected
        second.send(to(server, large) + std::string(60000, 'a'));
        CHECK(status_of(second.read(
                  5s, [](const std::string& got) { return got.ends_with("}"); })) == 401);
        Connection third(server.port());
        third.send(to(server, large));
        CHECK(soon([&] { return ask(server, large) == 503; }));
    }
    CHECK(soon([&] {
        Connection last(server.port());
        last.send(to(server, large) + std::string(60000, 'a'));
        return status_of(
                   last.read(5s, [](const std::string& got) { return got.ends_with("}"); })) == 401;
    }));
}

TEST_CASE("SIGTERM does not wait for who has not said a word") {
    vaultd::Limits limits;
    limits.header = limits.idle = limits.drain = 60s;
    ServerProcess server(limits);
    Connection silent(server.port());
    CHECK(ask(server, get("/healthz")) == 200); // so it has been let in
    const auto begin = steady_clock::now();
    server.terminate();
    CHECK(server.wait() == 0);
    CHECK(steady_clock::now() - begin < 10s);
}

TEST_CASE("a second SIGTERM ends the server at once") {
    vaultd::Limits limits;
    limits.body = limits.drain = 60s;
    ServerProcess server(limits);
    Connection slow(server.port());
    slow.send(to(server, post("/v1/challenges", "Content-Length: 10\r\n", "{")));
    CHECK(ask(server, get("/healthz")) == 200);
    const auto begin = steady_clock::now();
    server.terminate();
    REQUIRE(soon([&] { return !Connection(server.port()).connected(); }));
    server.terminate();
    CHECK(server.wait() == 0);
    CHECK(steady_clock::now() - begin < 10s);
}
