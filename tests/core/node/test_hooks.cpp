#include "hooked.h"

#include <random>

using namespace tau;
using namespace tau::test;

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
    const auto refused = hooked.post(0, "{}", {});
    CHECK(std::any_of(refused.headers.begin(), refused.headers.end(), [](const HttpHeader& one) {
        return one.name == "WWW-Authenticate" && one.value == "TauWebhook";
    }));
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

TEST_CASE("forged deliveries cost one unsealing, and take no good one's place") {
    Hooked hooked;
    hooked.world.open(); // nothing is remembered
    const auto cpu = [] {
        timespec time{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    const auto forge = [&] {
        return hooked
            .post(0, "{}",
                  {{"X-GitHub-Event", "push"},
                   {"X-GitHub-Delivery", "d"},
                   {"X-Hub-Signature-256", keys::sign_webhook(hooked.secret(1), "{}")}})
            .status;
    };
    const auto begin = cpu();
    CHECK(forge() == 401);
    const auto first = cpu() - begin;
    const auto next = cpu();
    for (int i = 0; i < 50; ++i) {
        CHECK(forge() == 401);
    }
    CHECK(cpu() - next < 10 * first); // 50 unsealings, were each to cost one
    CHECK(hooked.deliver(0, "push", "d", "{}").status == 202);
}

TEST_CASE("deliveries are counted once, and an id cannot come back with another body") {
    Hooked hooked;
    CHECK(hooked.deliver(0, "push", "d-1", "{}").status == 202);
    CHECK(hooked.deliver(0, "push", "d-1", "{}").status == 202);
    CHECK(hooked.world.log.count("3 webhook") == 0);
    CHECK(hooked.deliver(0, "push", "d-1", "{ }").status == 409);
    CHECK(hooked.world.log.count("3 webhook: A delivery of github") == 1); // an alarm
    CHECK(hooked.metric("tau_webhook_deliveries_total{outcome=\"id_reused\"}") == "1");
    CHECK(hooked.deliver(0, "issues", "d-2", "{}").status == 400);
    CHECK(hooked.deliver(0, "push", "", "{}").status == 400);
    CHECK(hooked.deliver(0, "push", std::string(129, 'x'), "{}").status == 400);
    CHECK(hooked.deliver(0, "push", "a b", "{}").status == 400);
    CHECK(hooked.world.rows("delivery") == 1);
}

TEST_CASE("a status has every branch that is followed, and some hundred of the others") {
    World world;
    Project project(world);
    project.publish(world);
    auto& tips = (*world.repositories)[urls[1]].tips;
    tips["main"] = std::string(40, 'c');
    for (int i = 0; i < 500; ++i) {
        tips["a" + std::to_string(i)] = FakeRepositories::commit_number(i);
    }
    const auto response = project.submit(world, project.registration(world), key('1'));
    REQUIRE(response.status == 201);
    const std::string id = json::parse(response.body)["registration_id"];
    vault::RegistrationStatus status;
    const bool bounded = soon([&] {
        const auto answer = project.signed_request(world, "GET", "/v1/registrations/" + id);
        CHECK(answer.body.size() < 64U << 10U);
        status = vault::parse_registration_status(answer.body).value();
        return status.refs.size() == 202;
    });
    REQUIRE(bounded);
    CHECK(status.refs_left_out == 300);
    CHECK(status.refs[0].ref == "refs/heads/main");
    CHECK(status.refs[1].ref == "refs/heads/main");
    CHECK(status.refs[0].repository != status.refs[1].repository);
    CHECK(status.refs[2].ref.starts_with("refs/heads/a"));
}

TEST_CASE("refs come from the repository, once for many hints, never from the body") {
    Hooked hooked;
    REQUIRE(soon([&] { return hooked.status().refs.size() == 2; }));
    const auto refs = hooked.status().refs;
    CHECK(refs[0].ref == "refs/heads/main");
    CHECK(refs[0].repository == Role::configuration);
    CHECK(refs[0].commit == std::string(40, 'b'));
    CHECK(refs[1].commit == std::string(40, 'c'));
    hooked.world.clock.time += 3600; // when it was seen is noted to the hour
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

TEST_CASE("whatever order deliveries come in, what is known ends as the repository is") {
    // Ten thousand transactions: in memory, for a disk would have to keep each of them.
    const char* before = std::getenv("TMPDIR");
    const std::string folder = before == nullptr ? "/tmp" : before;
    ::setenv("TMPDIR", "/dev/shm", 1);
    Hooked hooked;
    ::setenv("TMPDIR", folder.c_str(), 1);
    hooked.world.ref_debounce = std::chrono::milliseconds(1);
    hooked.world.open();
    // Six changes, each with its delivery; two of those once more, a forged one, and one whose id
    // was used. A delivery can be late, but not earlier than its change.
    std::array<int, 10> events{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::mt19937 random(1);
    for (int round = 0; round < 1000; ++round) {
        std::shuffle(events.begin(), events.end(), random);
        const std::string id = std::to_string(round) + "-";
        for (const int event : events) {
            const int change = event < 6 ? event : event - 6;
            const int head = 10 * round + change;
            *hooked.world.head = std::max<int>(*hooked.world.head, head);
            const std::string delivery = id + std::to_string(change);
            const std::string body = event == 9 ? "{\"other\":1}" : "{\"n\":" + delivery + "0}";
            if (event == 8) {
                CHECK(
                    hooked
                        .post(0, body,
                              {{"X-GitHub-Event", "push"},
                               {"X-GitHub-Delivery", delivery},
                               {"X-Hub-Signature-256", keys::sign_webhook(hooked.secret(1), body)}})
                        .status == 401);
                continue;
            }
            const int status = hooked.deliver(0, "push", delivery, body).status;
            CHECK((status == 202 || (change == 3 && status == 409)));
        }
        REQUIRE(soon([&] { return hooked.main_is(10 * round + 5); }));
    }
}

TEST_CASE("a push whose webhook was lost is seen at the next poll") {
    Hooked hooked;
    hooked.world.ref_poll = std::chrono::milliseconds(200);
    hooked.world.open();
    for (const int head : {7, 8}) {
        *hooked.world.head = head;
        REQUIRE(soon([&] {
            const auto refs = hooked.status().refs;
            return refs.size() == 2 && refs[0].commit == FakeRepositories::commit_number(head) &&
                   refs[1].commit == refs[0].commit;
        }));
    }
}

TEST_CASE("a repository that vanished is told in the log, without its address") {
    Hooked hooked;
    REQUIRE(soon([&] { return *hooked.world.listed == 2; }));
    const std::string sentence = "There is no repository git.example.org/me/tb_shop.git.";
    hooked.world.host_calls->list_failure = {ErrorCode::not_found, sentence, {}, {}};
    REQUIRE(hooked.deliver(0, "push", "d-1", "{}").status == 202);
    const KeptLog& log = hooked.world.log;
    REQUIRE(soon([&] { return log.count(sentence) == 1; }));
    CHECK(log.count("2 refs: A look at a configuration repository failed (not_found).") == 1);
    CHECK(log.count("0 refs: " + sentence) == 1);
    CHECK(hooked.metric(R"(tau_ref_polls_total{outcome="failed"})") == "1");
}

TEST_CASE("a registration that ended before its look is no failure") {
    Hooked hooked;
    hooked.world.ref_debounce = std::chrono::milliseconds(200);
    hooked.world.open();
    REQUIRE(hooked.deliver(0, "push", "d-1", "{}").status == 202);
    REQUIRE(hooked.project.signed_request(hooked.world, "DELETE", "/v1/registrations/" + hooked.id)
                .status == 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    CHECK(hooked.world.log.count("refs: ") == 0);
}

TEST_CASE("ten deliveries a second are kept; what is beyond only leads to a look") {
    Hooked hooked;
    hooked.world.deliveries_per_second = 10;
    hooked.world.open();
    int kept = 0, limited = 0;
    for (int i = 0; i < 30; ++i) {
        const auto response = hooked.deliver(0, "push", "d-" + std::to_string(i), "{}");
        kept += response.status == 202 ? 1 : 0;
        limited += response.status == 429 ? 1 : 0;
        CHECK(response.headers.empty() == (response.status == 202)); // else Retry-After
    }
    CHECK(kept >= 10);
    CHECK(limited > 0);
    CHECK(kept + limited == 30);
    CHECK(hooked.world.rows("delivery") == kept);
    CHECK(hooked.deliver(1, "push", "d-0", "{}").status == 202); // each webhook for itself
    *hooked.world.head = 9;
    while (hooked.deliver(0, "push", "late", "{}").status != 429) {
    }
    REQUIRE(soon([&] { return hooked.main_is(9); }));
}

TEST_CASE("a body that is too large is not read, but the repository is looked at") {
    Hooked hooked;
    *hooked.world.head = 3;
    const std::string target = "/v1/hooks/" + hooked.id + "/configuration";
    const std::vector<std::string> others{"/v1/hooks/" + hooked.id, "/v1/hooks/x/code",
                                          "/v1/hooks/" + hooked.id + "/none", "/v1/registrations",
                                          "/v1/hooks/" + std::string(32, 'g') + "/code"};
    for (const std::string& other : others) {
        hooked.world.service->refused_body("POST", other);
    }
    hooked.world.service->refused_body("GET", target);
    hooked.world.service->refused_body("POST", target);
    REQUIRE(soon([&] { return hooked.main_is(3); }));
}

TEST_CASE("of a webhook for a registration that nobody knows, little is read") {
    Hooked hooked;
    const std::string mine = "/v1/hooks/" + hooked.id + "/code";
    const std::string other = "/v1/hooks/" + std::string(32, 'a') + "/code";
    const auto most = [&](const std::string& target) {
        return hooked.world.service->most_read("POST", target);
    };
    CHECK(soon([&] { return most(other) == node::stranger_limit; }));
    CHECK(most(mine) == 1U << 20U);
    hooked.world.open(); // and after a restart
    CHECK(soon([&] { return most(other) == node::stranger_limit; }));
    CHECK(most(mine) == 1U << 20U);
    CHECK(hooked.world.service->most_read("POST", "/v1/registrations") == 128U << 10U);
}
