// The end of a node that waits for somebody: it comes when limits.drain is over.
#include "core/node/repositories.h"
#include "core/seal/bundle.h"
#include "tests/app/vaultd_program.h"
#include "tests/support/listener.h"
#include "tests/support/plain_http.h"

#include <csignal>
#include <poll.h>

using namespace tau;
using namespace tau::test;

namespace {

/// A git host that takes connections and never says a word.
struct HangingHost {
    Listener listener;
    std::string url(const std::string& name) const {
        return "ssh://git@127.0.0.1:" + std::to_string(listener.port()) + "/me/" + name + ".git";
    }
    bool is_asked() const {
        pollfd asks{listener.fd(), POLLIN, 0};
        return ::poll(&asks, 1, 20000) == 1;
    }
};

const std::string host_key = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

/// A registration that is good as far as a node can tell before it asks the git host.
std::string registration_at(const VaultdProgram& node, const HangingHost& host, PlainHttp& http) {
    SystemEntropy entropy;
    const auto owner = keys::OwnerKey::generate(entropy);
    const auto& record = node.first_record();
    HttpRequest asked;
    asked.method = "POST";
    asked.url = record.endpoint + "/v1/challenges";
    asked.body = json{{"owner_key", to_base64(owner.public_key())}}.dump();
    const auto answer = http.send(asked, {});
    REQUIRE(answer);
    vault::Registration out;
    out.project_id = project_id;
    out.project_name = "shop";
    out.challenge = *from_base64(json::parse(answer->body)["challenge"].get<std::string>());
    for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
        const std::string url = host.url(role == vault::Role::code ? "tb_code_shop" : "tb_shop");
        const auto bundle = seal::seal_bundle(
            keys::DeployKey::generate(entropy), keys::WebhookSecret::generate(entropy), owner,
            {project_id, url, record.node_id(), owner.public_key(), record.seal_key,
             SystemClock().now()},
            entropy);
        REQUIRE(bundle);
        out.repositories[static_cast<std::size_t>(role)] = {
            role, url, {host_key}, "main", seal::encode(*bundle)};
        out.deployments.push_back({"*", role, "main", ""});
    }
    vault::sign(out, owner);
    return vault::to_json(out);
}

} // namespace

TEST_CASE("a login that hangs does not hold up the end of the node") {
    const HangingHost host;
    const VaultdProgram node("repositories: {allow_local: true}\nlimits: {drain: 500 ms}\n");
    PlainHttp http;
    HttpRequest request;
    request.method = "POST";
    request.url = node.first_record().endpoint + "/v1/registrations";
    request.body = registration_at(node, host, http);
    request.headers = {{"Idempotency-Key", key('1')}};
    const std::jthread waiting([&] {
        PlainHttp patient;
        CHECK_FALSE(patient.send(request, {}).has_value()); // it ends without an answer
    });
    REQUIRE(host.is_asked());
    const auto begin = steady_clock::now();
    node.signal(SIGTERM);
    const auto code = node.wait();
    const auto took = steady_clock::now() - begin;
    CAPTURE(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    REQUIRE(code);
    CHECK(*code == 0);
    CHECK(took >= 450ms);
    CHECK(took < 1500ms);
}

TEST_CASE("whoever is logged in, or waits for a turn to be, is cut off at once") {
    const HangingHost host;
    const auto repositories = node::git_repositories(true);
    SystemEntropy entropy;
    const Secret scalar = keys::DeployKey::generate(entropy).scalar();
    std::atomic<int> ended{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 30; ++i) { // six more than may at a time
        threads.emplace_back([&] {
            node::Login login;
            login.url = host.url("tb_shop");
            login.host_keys = {host_key};
            login.default_branch = "main";
            login.scalar = &scalar;
            CHECK_FALSE(repositories->read(login).has_value());
            ++ended;
        });
    }
    REQUIRE(host.is_asked());
    CHECK(ended == 0);
    const auto begin = steady_clock::now();
    repositories->stop();
    threads.clear();
    CHECK(steady_clock::now() - begin < 1s);
    CHECK(repositories->allow(host.url("tb_shop"), begin + 8s).error().reason == "host_not_found");
}
