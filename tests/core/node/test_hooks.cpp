#include "fixture.h"

#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// A registered project and what its git host would send.
struct Hooked {
    World world;
    Project project{world};
    std::string id;
    Hooked() {
        project.publish(world);
        const auto response = project.submit(world, project.registration(world), key('1'));
        REQUIRE(response.status == 201);
        id = json::parse(response.body)["registration_id"];
    }
    Secret secret(std::size_t i) const {
        return project.hooks[i].text(project.bundles[i].webhook.context.nonce);
    }
    node::Response deliver(std::size_t i, const std::string& event, const std::string& delivery,
                           const std::string& body) const {
        return post(i, body,
                    {{"X-GitHub-Event", event},
                     {"X-GitHub-Delivery", delivery},
                     {"X-Hub-Signature-256", keys::sign_webhook(secret(i), body)}});
    }
    node::Response post(std::size_t i, const std::string& body,
                        std::vector<HttpHeader> headers) const {
        return world.send("POST", "/v1/hooks/" + id + (i == 0 ? "/configuration" : "/code"), body,
                          std::move(headers));
    }
    vault::RegistrationStatus status() const {
        const auto response = project.signed_request(world, "GET", "/v1/registrations/" + id);
        REQUIRE(response.status == 200);
        auto status = vault::parse_registration_status(response.body);
        REQUIRE(status);
        return std::move(*status);
    }
    vault::Outcome webhook(const std::string& target) const {
        for (const auto& check : status().checks) {
            if (check.name == "webhook" && check.target == target) {
                return check.outcome;
            }
        }
        return vault::Outcome::failed;
    }
};

template <typename Condition>
bool soon(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace

TEST_CASE("the first signed delivery turns its own webhook from pending to passed") {
    Hooked hooked;
    CHECK(hooked.webhook("configuration") == vault::Outcome::pending);
    CHECK(hooked.deliver(0, "ping", "d-1", R"({"zen":"x"})").status == 202);
    CHECK(hooked.webhook("configuration") == vault::Outcome::passed);
    CHECK(hooked.webhook("code") == vault::Outcome::pending);
    CHECK(hooked.status().webhook_seen[0] == hooked.world.clock.now());
    CHECK(hooked.status().webhook_seen[1] == 0);
    CHECK(hooked.deliver(1, "push", "d-1", "{}").status == 202);
    CHECK(hooked.webhook("code") == vault::Outcome::passed);
}

TEST_CASE("a delivery that is not signed with this hook's secret changes nothing") {
    Hooked hooked;
    const std::string body = R"({"ref":"refs/heads/main"})";
    const std::string good = keys::sign_webhook(hooked.secret(0), body);
    const auto status = [&](std::vector<HttpHeader> headers) {
        headers.push_back({"X-GitHub-Event", "push"});
        headers.push_back({"X-GitHub-Delivery", "d"});
        return hooked.post(0, body, std::move(headers)).status;
    };
    CHECK(status({}) == 401);
    CHECK(status({{"X-Hub-Signature-256", ""}}) == 401);
    CHECK(status({{"X-Hub-Signature-256", "sha256="}}) == 401);
    CHECK(status({{"X-Hub-Signature", good}}) == 401);
    CHECK(status({{"X-Hub-Signature-256", keys::sign_webhook(hooked.secret(1), body)}}) == 401);
    CHECK(status({{"X-Hub-Signature-256", keys::sign_webhook(hooked.secret(0), body + " ")}}) ==
          401);
    CHECK(hooked.world
              .send("POST", "/v1/hooks/" + key('0') + "/code", body,
                    {{"X-Hub-Signature-256", good},
                     {"X-GitHub-Event", "push"},
                     {"X-GitHub-Delivery", "d"}})
              .status == 401);
    CHECK(hooked.world.send("POST", "/v1/hooks/" + hooked.id + "/other", body).status == 404);
    CHECK(hooked.webhook("configuration") == vault::Outcome::pending);
    CHECK(status({{"X-Hub-Signature-256", good}}) == 202);
}

TEST_CASE("deliveries are counted once, and an id cannot come back with another body") {
    Hooked hooked;
    CHECK(hooked.deliver(0, "push", "d-1", "{}").status == 202);
    CHECK(hooked.deliver(0, "push", "d-1", "{}").status == 202);
    CHECK(hooked.deliver(0, "push", "d-1", "{ }").status == 409);
    CHECK(hooked.deliver(0, "issues", "d-2", "{}").status == 400);
    CHECK(hooked.deliver(0, "push", "", "{}").status == 400);
    CHECK(hooked.deliver(0, "push", std::string(129, 'x'), "{}").status == 400);
    CHECK(hooked.deliver(0, "push", "a b", "{}").status == 400);
    CHECK(hooked.world.rows("delivery") == 1);
}

TEST_CASE("refs come from the repository, once for many hints, never from the body") {
    Hooked hooked;
    REQUIRE(soon([&] { return hooked.status().refs.size() == 2; }));
    const auto refs = hooked.status().refs;
    CHECK(refs[0].ref == "refs/heads/main");
    CHECK(refs[0].repository == Role::configuration);
    CHECK(refs[0].commit == std::string(40, 'b'));
    CHECK(refs[1].commit == std::string(40, 'c'));
    hooked.world.clock.time += 10;
    const int before = *hooked.world.listed;
    for (int i = 0; i < 50; ++i) {
        const std::string lie = R"({"ref":"refs/heads/evil","after":")" + std::string(40, 'f') +
                                "\",\"n\":" + std::to_string(i) + "}";
        REQUIRE(hooked.deliver(0, "push", "d-" + std::to_string(i), lie).status == 202);
    }
    REQUIRE(soon([&] { return hooked.status().refs[0].observed_at == hooked.world.clock.now(); }));
    CHECK(hooked.status().refs.size() == 2);
    CHECK(hooked.status().refs[0].commit == std::string(40, 'b'));
    CHECK(*hooked.world.listed - before < 50);
}

TEST_CASE("a revoked registration takes no deliveries") {
    Hooked hooked;
    REQUIRE(hooked.project.signed_request(hooked.world, "DELETE", "/v1/registrations/" + hooked.id)
                .status == 200);
    CHECK(hooked.deliver(0, "push", "d-1", "{}").status == 401);
}

TEST_CASE("what is registered is still there, and can be opened, after a restart") {
    Hooked hooked;
    const auto before = hooked.world.record();
    hooked.world.open();
    const auto after = hooked.world.record();
    CHECK(after == before); // it says the same, and is fresh
    CHECK(hooked.deliver(1, "ping", "d-9", "{}").status == 202);
    CHECK(hooked.webhook("code") == vault::Outcome::passed);
}
