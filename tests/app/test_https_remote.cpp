// tau-git over https: real git behind real TLS, with certificates of the test's own making.
#include "core/base/file.h"
#include "core/base/process.h"
#include "core/git/remote.h"
#include "core/git/repository.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tls_server.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

using SteadyClock = std::chrono::steady_clock;
const std::string branch = "refs/heads/main:refs/heads/main";

std::string answer(const std::string& status, const std::string& headers,
                   const std::string& body = "") {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

/// What `git http-backend` answers, as a web server passes it on.
std::string ask_git(const fs::path& root, const TlsRequest& request) {
    const std::size_t question = request.target.find('?');
    const auto header = [&](const std::string& name) {
        const auto found = request.headers.find(name);
        return found == request.headers.end() ? std::string() : found->second;
    };
    Command command;
    command.program = "/usr/bin/git";
    command.arguments = {"-c", "http.receivepack=true", "http-backend"};
    command.environment = {"PATH=/usr/bin:/bin",
                           "HOME=/nonexistent",
                           "GIT_CONFIG_NOSYSTEM=1",
                           "GIT_PROJECT_ROOT=" + root.string(),
                           "GIT_HTTP_EXPORT_ALL=1",
                           "REQUEST_METHOD=" + request.method,
                           "PATH_INFO=" + request.target.substr(0, question),
                           "QUERY_STRING=" + (question == std::string::npos
                                                  ? ""
                                                  : request.target.substr(question + 1)),
                           "CONTENT_TYPE=" + header("content-type"),
                           "CONTENT_LENGTH=" + std::to_string(request.body.size()),
                           "REMOTE_USER=me",
                           "REMOTE_ADDR=127.0.0.1"};
    const auto ended =
        run_process(command, as_bytes(request.body), Wait::at_most(std::chrono::seconds(30)));
    if (!ended) {
        return answer("500 Broken", "");
    }
    const std::size_t end = ended->output.find("\r\n\r\n");
    const std::string head = ended->output.substr(0, end) + "\r\n";
    const std::size_t status = head.find("Status: ");
    return answer(status == std::string::npos
                      ? "200 OK"
                      : head.substr(status + 8, head.find("\r\n", status) - status - 8),
                  head, ended->output.substr(end + 4));
}

/// A git host with one repository, "me/shop", and one token.
struct Host {
    TemporaryDirectory folder;
    TlsAuthority authority;
    fs::path ca_file = folder.path() / "authority.pem";
    fs::path clone = folder.path() / "clone";
    std::atomic<int> credentials = 0; ///< requests that carried some, to whichever server
    std::string token = "s3cret-t0ken";

    Host() {
        REQUIRE(write_file_atomic(ca_file, authority.certificate(), 0644));
        REQUIRE(git::Repository::init(folder.path() / "host" / "me" / "shop.git", "main", true));
        auto local = git::Repository::init(clone, "main", false);
        REQUIRE(local.has_value());
        REQUIRE(local->commit("main", {{"README.md", "hello\n"}}, {"me", "me@example.org"}, "x"));
    }

    std::optional<std::string> serve(const TlsRequest& request) {
        const auto given = request.headers.find("authorization");
        if (given != request.headers.end()) {
            ++credentials;
        }
        if (given == request.headers.end() ||
            given->second != "Basic " + to_base64(as_bytes("me:" + token))) {
            return answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"git\"\r\n");
        }
        return ask_git(folder.path() / "host", request);
    }
    TlsServer::Handler handler() {
        return [this](const TlsRequest& request) { return serve(request); };
    }

    git::Remote remote(const TlsServer& server, const std::string& with = "s3cret-t0ken") const {
        git::Remote remote;
        remote.url = server.url("/me/shop.git");
        remote.ca_file = ca_file;
        remote.credential = git::TokenCredential{"me", Secret::copy_of(std::string_view(with))};
        remote.deadline = std::chrono::seconds(30);
        return remote;
    }
};

} // namespace

TEST_CASE("https: pushed, listed and fetched with a token, under a private authority") {
    Host host;
    const TlsServer server(host.authority.issue("localhost"), host.handler());
    const auto pushed = git::push(host.clone, host.remote(server), {branch}, {});
    REQUIRE_MESSAGE(pushed.has_value(), pushed.error().message << pushed.error().detail);
    const auto commit = git::Repository::open(host.clone)->branch_commit("main").value();
    const auto refs = git::list_remote(host.remote(server), {});
    REQUIRE_MESSAGE(refs.has_value(), refs.error().message);
    CHECK(std::any_of(refs->begin(), refs->end(), [&](const git::RemoteRef& ref) {
        return ref.name == "refs/heads/main" && ref.commit == commit;
    }));

    const fs::path other = host.folder.path() / "other";
    auto fresh = git::Repository::init(other, "main", false);
    REQUIRE(fresh.has_value());
    const auto fetched = git::fetch(other, host.remote(server), {"main"}, {});
    REQUIRE_MESSAGE(fetched.has_value(), fetched.error().message);
    CHECK(fresh->read_file("origin/main", "README.md").value() == "hello\n");
    CHECK(host.credentials > 0);

    // A branch goes, too.
    REQUIRE(git::push(host.clone, host.remote(server), {"refs/heads/main:refs/heads/side"}, {}));
    REQUIRE(git::push(host.clone, host.remote(server), {":refs/heads/side"}, {}));
    CHECK(git::fetch(other, host.remote(server), {"side"}, {}).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("https: a token that the host does not accept is one sentence, and asked once") {
    Host host;
    const TlsServer server(host.authority.issue("localhost"), host.handler());
    for (const std::string wrong : {"other", "s3cret-t0ke"}) {
        host.credentials = 0;
        const auto refused = git::push(host.clone, host.remote(server, wrong), {branch}, {});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::unauthenticated);
        CHECK(refused.error().message == "The git host localhost did not accept the token.");
        CHECK(host.credentials == 1);
        for (const std::string& text :
             {refused.error().message, refused.error().hint, refused.error().detail}) {
            CHECK(text.find(wrong) == std::string::npos);
        }
    }
}

TEST_CASE("https: a certificate that does not hold gets no request") {
    Host host;
    constexpr long day = TlsAuthority::day;
    const TlsAuthority stranger;
    const std::vector<TlsIdentity> identities{stranger.issue("localhost"),
                                              host.authority.issue("example.org"),
                                              host.authority.issue("localhost", -3 * day, -day),
                                              host.authority.issue("localhost", day, 3 * day)};
    for (std::size_t i = 0; i < identities.size(); ++i) {
        CAPTURE(i);
        const TlsServer server(identities[i], host.handler());
        const auto listed = git::list_remote(host.remote(server), {});
        REQUIRE_FALSE(listed.has_value());
        CHECK(listed.error().code == ErrorCode::untrusted);
        CHECK(listed.error().message ==
              "The certificate of the git host localhost is not trusted.");
        CHECK(server.requests() == 0);
    }
    // Without the private authority's file, its own server is a stranger.
    const TlsServer server(host.authority.issue("localhost"), host.handler());
    git::Remote remote = host.remote(server);
    remote.ca_file.clear();
    CHECK(git::list_remote(remote, {}).error().code == ErrorCode::untrusted);
    CHECK(server.requests() == 0);
}

TEST_CASE("https: a file of authorities that cannot be used is said before anything is sent") {
    Host host;
    const TlsServer server(host.authority.issue("localhost"), host.handler());
    REQUIRE(write_file_atomic(host.folder.path() / "empty", std::string_view(), 0644));
    REQUIRE(write_file_atomic(host.folder.path() / "noise", std::string_view("no pem\n"), 0644));
    for (const char* name : {"missing", "empty", "noise"}) {
        CAPTURE(name);
        git::Remote remote = host.remote(server);
        remote.ca_file = host.folder.path() / name;
        const auto listed = git::list_remote(remote, {});
        REQUIRE_FALSE(listed.has_value());
        CHECK(listed.error().code == ErrorCode::invalid_argument);
        CHECK(listed.error().message.find(name) != std::string::npos);
    }
    CHECK(server.connections() == 0);
}

TEST_CASE("https: a redirect takes neither the exchange nor the token to another host") {
    Host host;
    const TlsServer other(host.authority.issue("localhost"), host.handler());
    const std::string port = other.url("").substr(other.url("").rfind(':'));
    for (const char* status : {"301 Moved", "302 Found", "307 Elsewhere", "308 For ever"}) {
        for (const bool after_login : {false, true}) {
            for (const char* target : {"127.0.0.1", "localhost"}) {
                CAPTURE(status);
                CAPTURE(after_login);
                CAPTURE(target);
                const TlsServer server(
                    host.authority.issue("localhost"),
                    [&](const TlsRequest& request) -> std::optional<std::string> {
                        if (after_login && request.headers.count("authorization") == 0) {
                            return answer("401 Unauthorized",
                                          "WWW-Authenticate: Basic realm=\"x\"\r\n");
                        }
                        return answer(status, "Location: https://" + (target + port) +
                                                  request.target + "\r\n");
                    });
                const int before = other.connections();
                CHECK_FALSE(git::push(host.clone, host.remote(server), {branch}, {}).has_value());
                CHECK(server.requests() > 0);
                CHECK(other.connections() == before); // not even another port of the same host
            }
        }
    }
    CHECK(host.credentials == 0);
}

TEST_CASE("https: a host that stalls is given up at the deadline") {
    Host host;
    const auto silent = [](const TlsRequest&) { return std::optional<std::string>(); };
    const auto slow_pack = [&](const TlsRequest& request) {
        return request.method == "POST" ? std::nullopt : host.serve(request);
    };
    const std::vector<TlsServer::Handler> handlers{silent, slow_pack};
    for (std::size_t i = 0; i < handlers.size(); ++i) {
        CAPTURE(i);
        const TlsServer server(host.authority.issue("localhost"), handlers[i]);
        git::Remote remote = host.remote(server);
        remote.deadline = std::chrono::seconds(3);
        const auto start = SteadyClock::now();
        const auto late = git::push(host.clone, remote, {branch}, {});
        CHECK(SteadyClock::now() - start < std::chrono::seconds(8));
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().code == ErrorCode::timeout);
        CHECK(late.error().message.find("localhost did not finish within 3 seconds") !=
              std::string::npos);
        CHECK(server.requests() > 0);
    }
}

TEST_CASE("https: the name is for the certificate, the address for the connection") {
    Host host;
    const TlsServer server(host.authority.issue("git.example.invalid"), host.handler());
    git::Remote remote = host.remote(server);
    const std::string local = "https://localhost";
    REQUIRE(remote.url.starts_with(local));
    remote.url.replace(0, local.size(), "https://git.example.invalid");
    remote.address = "127.0.0.1";
    REQUIRE(git::push(host.clone, remote, {branch}, {}));
    const auto found =
        git::read_files(remote, {{"main", "README.md"}, {"main", "none"}, {"side", "x"}}, {});
    REQUIRE_MESSAGE(found.has_value(), found.error().message);
    using State = git::FoundFile::State;
    CHECK(found->at(0).content == "hello\n");
    CHECK(found->at(1).state == State::no_file);
    CHECK(found->at(2).state == State::no_branch);
    // The certificate is still held against the name.
    remote.url.replace(0, local.size() + 10, "https://other.example");
    CHECK_FALSE(git::list_remote(remote, {}).has_value());
}

TEST_CASE("https: an answer without an end is cut at the limit") {
    Host host;
    const std::string flood(64U << 20U, 'x');
    for (const bool pack : {false, true}) {
        CAPTURE(pack);
        const TlsServer server(host.authority.issue("localhost"),
                               [&](const TlsRequest& request) -> std::optional<std::string> {
                                   if (pack && request.method == "GET") {
                                       return host.serve(request);
                                   }
                                   return answer("200 OK",
                                                 pack ? "Content-Type: application/"
                                                        "x-git-upload-pack-result\r\n"
                                                      : "Content-Type: application/"
                                                        "x-git-upload-pack-advertisement\r\n",
                                                 "001e# service=git-upload-pack\n0000" + flood);
                               });
        {
            const TlsServer good(host.authority.issue("localhost"), host.handler());
            REQUIRE(git::push(host.clone, host.remote(good), {branch}, {}));
        }
        git::Remote remote = host.remote(server);
        remote.max_bytes = 1U << 20U;
        const auto start = SteadyClock::now();
        CHECK_FALSE(git::read_files(remote, {{"main", "README.md"}}, {}).has_value());
        CHECK(SteadyClock::now() - start < std::chrono::seconds(10));
    }
}
