#include "core/forge/local.h"
#include "core/forge/local_spool.h"
#include "core/git/repository.h"
#include "core/keys/webhook_secret.h"
#include "tests/support/http_receiver.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tau;
using namespace std::chrono_literals;

namespace {

struct Scene {
    test::TemporaryDirectory folder;
    test::Localnet localnet{folder.path() / "net"};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::string login = forge->who_am_i({}).value().login;
    Secret secret = Secret::copy_of("0123456789abcdef");
    forge::Repository repository =
        forge->create_repository({login, "tb_shop", "", "main", true}, {}).value();
    git::Repository local = git::Repository::init(folder.path() / "work", "main", false).value();

    std::string commit(const std::string& content) {
        return local.commit("main", {{"a", content}}, {"Ada", "ada@example.org"}, "Change").value();
    }
    void push() {
        const auto pushed = git::push(local.path(), forge->push_remote(repository, {}).value(),
                                      {"refs/heads/main:refs/heads/main"}, {});
        REQUIRE(pushed);
    }
    bool spool_empties() const {
        const forge::LocalFolder host(localnet.git_host());
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (!forge::queued(host).empty()) {
            if (std::chrono::steady_clock::now() > until) {
                return false;
            }
            std::this_thread::sleep_for(10ms);
        }
        return true;
    }
};

} // namespace

TEST_CASE("pushes and pings arrive signed, again after the receiver was busy, and only once") {
    Scene scene;
    test::HttpReceiver receiver({503, 429});
    const auto hook =
        scene.forge->add_webhook(scene.repository, receiver.url(), scene.secret, {}).value();
    const std::string commit = scene.commit("one");
    scene.push();
    const auto tries = receiver.wait_for(3);
    REQUIRE(tries.size() == 3);
    for (const auto& request : tries) {
        CHECK(request.head.starts_with("POST /h HTTP/1.1\r\n"));
        CHECK(request.header("X-GitHub-Event") == "push");
        CHECK(request.header("Content-Type") == "application/json");
        CHECK(request.header("X-GitHub-Delivery") == tries[0].header("X-GitHub-Delivery"));
        CHECK(keys::verify_webhook(scene.secret, request.body,
                                   request.header("X-Hub-Signature-256")));
    }
    const auto body = nlohmann::json::parse(tries[0].body);
    CHECK(body.at("after") == commit);
    CHECK(body.at("ref") == "refs/heads/main");
    CHECK(body.at("repository").at("id") == scene.repository.id);
    CHECK(scene.spool_empties());

    // libgit2 "pushes" a branch that is already there; nothing changed, so nobody is told.
    scene.push();
    REQUIRE(scene.forge->update_webhook(scene.repository, hook.id, Secret::copy_of("new"), {}));
    REQUIRE(scene.forge->ping_webhook(scene.repository, hook.id, {}));
    const auto all = receiver.wait_for(4);
    REQUIRE(all.size() == 4);
    CHECK(all[3].header("X-GitHub-Event") == "ping");
    CHECK(keys::verify_webhook(Secret::copy_of("new"), all[3].body,
                               all[3].header("X-Hub-Signature-256")));
}

TEST_CASE("a refusal is final, and nothing is sent to a webhook that was removed") {
    Scene scene;
    test::HttpReceiver refusing({410}), removed;
    REQUIRE(scene.forge->add_webhook(scene.repository, refusing.url(), scene.secret, {}));
    const auto hook =
        scene.forge->add_webhook(scene.repository, removed.url(), scene.secret, {}).value();
    REQUIRE(scene.forge->remove_webhook(scene.repository, hook.id, {}));
    scene.commit("one");
    scene.push();
    CHECK(refusing.wait_for(1).size() == 1);
    CHECK(scene.spool_empties());
    CHECK(refusing.wait_for(2, 600ms).size() == 1);
    CHECK(removed.wait_for(1, 0ms).empty());
}

TEST_CASE("a receiver that hangs delays neither the push nor the others") {
    Scene scene;
    const test::Listener hanging;
    test::HttpReceiver receiver;
    const std::string silent = "http://127.0.0.1:" + std::to_string(hanging.port()) + "/h";
    REQUIRE(scene.forge->add_webhook(scene.repository, silent, scene.secret, {}));
    REQUIRE(scene.forge->add_webhook(scene.repository, receiver.url(), scene.secret, {}));
    scene.commit("one");
    const auto begin = std::chrono::steady_clock::now();
    scene.push();
    CHECK(receiver.wait_for(1).size() == 1);
    CHECK(std::chrono::steady_clock::now() - begin < 8s);
}
