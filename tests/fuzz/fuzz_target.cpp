// Hostile requests: the bytes of a header through the checks and the parser that the server puts
// before everything else, and targets through a whole node.
#include "app/vaultd/messages.h"
#include "core/node/barrier.h"
#include "core/node/repositories.h"
#include "core/node/service.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>

using namespace tau;

namespace {

class NoRepositories final : public node::Repositories {
public:
    tl::expected<std::string, node::LoginFailure> allow(const std::string&,
                                                        node::Instant) override {
        return tl::unexpected<node::LoginFailure>(node::LoginFailure{"none", "None."});
    }
    tl::expected<node::Evidence, node::LoginFailure> read(const node::Login&) override {
        return tl::unexpected<node::LoginFailure>(node::LoginFailure{"none", "None."});
    }
    Result<std::vector<git::RemoteRef>> list(const node::Login&) override {
        return std::vector<git::RemoteRef>{};
    }
    Result<std::vector<bool>> has_commits(const node::Login&, const std::vector<std::string>&,
                                          const std::vector<git::WantedCommit>& commits) override {
        return std::vector<bool>(commits.size());
    }
    void stop() override {}
};

class SilentLog final : public Log {
public:
    void write(LogLevel, std::string_view, std::string_view) override {}
};

struct Node {
    test::TemporaryDirectory folder;
    SystemClock clock;
    SystemEntropy entropy;
    SilentLog log;
    std::unique_ptr<node::Service> service;
    Node() {
        node::Settings settings;
        settings.data = folder.path() / "node";
        settings.barrier_key = folder.path() / "barrier.key";
        fuzz::require(node::make_barrier_key(settings.barrier_key, nullptr, entropy).has_value());
        settings.name = "test";
        settings.endpoint = "http://127.0.0.1:1";
        settings.region = 1;
        settings.proof_threads = 1;
        auto opened =
            node::Service::open(settings, clock, entropy, log, std::make_unique<NoRepositories>());
        fuzz::require(opened.has_value());
        service = std::move(*opened);
    }
};

node::Service& service() {
    static Node node;
    return *node.service;
}

/// Any answer is one that the protocol knows, and nobody gets in without a signature.
void check_answer(const node::Request& request) {
    const node::Response response = service().handle(request);
    fuzz::require(response.status >= 200 && response.status < 500);
    const bool open = request.target == "/healthz" || request.target == "/metrics" ||
                      request.target == "/v1/record" || request.target == "/v1/challenges";
    fuzz::require(open || response.status >= 400);
    fuzz::require(response.body.size() < (1U << 20U));
    fuzz::require(node::body_limit(request.method, request.target) <= (1U << 20U));
}

/// "METHOD target", and the body after a line's end.
void ask(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t space = std::min(line.find(' '), line.size());
    node::Request request;
    request.method = line.substr(0, space);
    request.target = line.substr(std::min(space + 1, line.size()));
    request.body = text.substr(std::min(line.size() + 1, text.size()));
    request.headers = {{"Authorization", "TauOwner x"}, {"Idempotency-Key", std::string(32, '0')}};
    check_answer(request);
    service().refused_body(request.method, request.target);
    static_cast<void>(node::is_cheap(request.method, request.target));
    static_cast<void>(node::waits_for_git_hosts(request.method, request.target));
}

/// As a connection's bytes: what passes is one request with one meaning.
void read_header(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos || end + 4 > 8192) {
        return;
    }
    const std::string_view header = text.substr(0, end + 4);
    if (vaultd::check_raw_header(header)) {
        return;
    }
    vaultd::Parser parser;
    parser.header_limit(8192);
    vaultd::beast::error_code error;
    parser.put(boost::asio::buffer(header.data(), header.size()), error);
    if (error || !parser.is_header_done() || vaultd::check_header(parser, {"localhost"})) {
        return;
    }
    const auto& request = parser.get();
    fuzz::require(request.count(vaultd::http::field::host) == 1);
    const std::string target(vaultd::destination_of(request).target);
    fuzz::require(target.front() == '/' && target.size() <= 2048);
    fuzz::require(
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f'; }));
    check_answer({std::string(request.method_string()), target, {}, ""});
}

Bytes request_to(const std::string& line, const std::string& more = "") {
    return fuzz::bytes_of(line + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n");
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    const std::string id(32, 'a');
    static const std::vector<Decoder> all{
        {"get", request_to("GET /v1/record"), &read_header},
        {"absolute", request_to("GET http://localhost/v1/record"), &read_header},
        {"post", request_to("POST /v1/challenges", "Content-Length: 10\r\n"), &read_header},
        {"chunked",
         request_to("PUT /v1/registrations/" + id + "/sealed",
                    "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"),
         &read_header},
        {"version",
         bytes_of("GET /v1/projects/QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a/"
                  "version?region=eu-west&node=2"),
         &ask},
        {"hook", bytes_of("POST /v1/hooks/" + id + "/configuration\n{}"), &ask},
        {"registration", bytes_of("DELETE /v1/registrations/" + id), &ask},
        {"proofs", bytes_of("GET /v1/registrations/" + id + "/proofs"), &ask},
        {"challenges",
         bytes_of("POST /v1/challenges\n{\"owner_key\":\"" + to_base64(Bytes(32, 1)) + "\"}"),
         &ask},
    };
    return all;
}

} // namespace tau::fuzz
