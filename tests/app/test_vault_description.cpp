// resources/vault-node.openapi.json, held against a running server over HTTP.
#include "tests/app/server_talk.h"
#include "tests/core/node/description.h"

#include <csignal>
#include <future>

using namespace tau;
using namespace tau::test;

namespace {

/// Serves the world's node on a thread of this process, until SIGTERM.
class ServerThread {
public:
    explicit ServerThread(World& world) {
        std::promise<std::uint16_t> listens;
        auto port = listens.get_future();
        thread_ = std::thread([this, &world, &listens] {
            result_ = vaultd::serve({"127.0.0.1", 0}, {short_limits(), {}, {}, ""}, world.log,
                                    {[&](std::uint16_t chosen) {
                                        listens.set_value(chosen);
                                        return Result<std::unique_ptr<node::Service>>(
                                            std::move(world.service));
                                    }});
        });
        port_ = port.get();
    }
    ServerThread(const ServerThread&) = delete;
    ServerThread& operator=(const ServerThread&) = delete;
    ~ServerThread() {
        ::kill(::getpid(), SIGTERM);
        thread_.join();
        CHECK(result_.has_value());
    }
    std::uint16_t port() const { return port_; }
    node::Response send(const node::Request& from) const {
        HttpRequest request;
        request.method = from.method;
        request.url = "http://127.0.0.1:" + std::to_string(port_) + from.target;
        request.headers = from.headers;
        request.body = from.body;
        const auto got = PlainHttp().send(request, {});
        REQUIRE(got);
        const std::string* type = got->header("Content-Type");
        REQUIRE(type != nullptr);
        return {got->status, *type, got->headers, got->body};
    }

private:
    std::uint16_t port_ = 0;
    std::thread thread_;
    Result<void> result_;
};

} // namespace

TEST_CASE("the running server does what the description says, and nothing else") {
    Walk walk;
    const ServerThread server(walk.world);
    walk.world.over = [&server](const node::Request& request) { return server.send(request); };
    walk.whole();
}

TEST_CASE("what the server itself refuses has the description's form, too") {
    World world;
    const ServerThread server(world);
    const json schema{{"$ref", "#/components/schemas/Problem"}};
    for (const auto& [bytes, status] : std::vector<std::pair<std::string, int>>{
             {get("/healthz", ""), 400},
             {get("/healthz", "Host: a\r\n"), 421},
             {get("/healthz", "Host: x\r\nA: " + std::string(9000, 'a') + "\r\n"), 431},
             {post("/v1/challenges", "Content-Length: 4097\r\n"), 413},
             {"BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 405}}) {
        CAPTURE(bytes);
        Connection connection(server.port());
        connection.send(to(server, bytes));
        const std::string answer = connection.read_all(5s);
        CHECK(status_of(answer) == status);
        CHECK(answer.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
        const std::size_t end = answer.find("\r\n\r\n");
        REQUIRE(end != std::string::npos);
        CHECK(misfit(json::parse(answer.substr(end + 4)), schema, "answer") == "");
    }
}
