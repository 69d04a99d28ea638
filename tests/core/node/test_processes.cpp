// Several processes before one database are one node; and what becomes of a request whose
// connection to it goes.
#include "core/node/store.h"
#include "engines.h"
#include "fault_counts.h"
#include "hooked.h"
#include "stored.h"
#include "tests/support/cutting_proxy.h"

#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// GitHub's push, signed with the repository's present secret.
node::Response push(const World& world, const Project& project, const std::string& id,
                    const std::string& delivery) {
    const std::string body = "{}";
    const auto& hook = project.hooks[0];
    const Secret secret = hook.text(project.bundles[0].webhook.context.nonce);
    return world.send("POST", "/v1/hooks/" + id + "/configuration", body,
                      {{"X-GitHub-Event", "push"},
                       {"X-GitHub-Delivery", delivery},
                       {"X-Hub-Signature-256", keys::sign_webhook(secret, body)}});
}

} // namespace

TEST_CASE("two processes before one database are one node") {
    const Place place("PostgreSQL");
    const World one(place.where());
    const World other(one);
    CHECK(one.record() == other.record());

    // The same request through both at once: one registration, one answer.
    Project project(one);
    project.publish(one);
    const auto registration = project.registration(one);
    std::array<node::Response, 2> answers;
    {
        std::jthread first([&] { answers[0] = project.submit(one, registration, key('1')); });
        std::jthread second([&] { answers[1] = project.submit(other, registration, key('1')); });
    }
    CHECK(std::min(answers[0].status, answers[1].status) == 200);
    CHECK(std::max(answers[0].status, answers[1].status) == 201);
    CHECK(answers[0].body == answers[1].body);
    const auto database = place.open();
    CHECK(database->run("SELECT count(*) FROM registration")->front().integer(0) == 1);
    const std::string id = json::parse(answers[0].body)["registration_id"].get<std::string>();

    // What one takes, the other knows: deliveries, deployments, new keys, the end.
    CHECK(push(one, project, id, "d-1").status == 202);
    CHECK(push(other, project, id, "d-2").status == 202);
    const auto status = project.signed_request(other, "GET", "/v1/registrations/" + id);
    REQUIRE(status.status == 200);
    Project renewed = std::move(project);
    renewed.renew(one);
    auto next = renewed.registration(one);
    vault::sign(next, renewed.owner);
    const auto rotated = renewed.signed_request(one, "PUT", "/v1/registrations/" + id + "/sealed",
                                                vault::to_json(next));
    REQUIRE(rotated.status == 200);
    CHECK(push(other, renewed, id, "d-3").status == 202);
    REQUIRE(renewed.signed_request(other, "DELETE", "/v1/registrations/" + id).status == 200);
    CHECK(push(one, renewed, id, "d-4").status == 401);

    // What the owner withdrew at one is not taken by the other.
    const auto late =
        vault::registration_id(one.service->node_id(), renewed.owner.public_key(), key('2'));
    REQUIRE(late);
    CHECK(renewed.signed_request(other, "DELETE", "/v1/registrations/" + *late).status == 404);
    const auto refused = renewed.submit(one, renewed.registration(one), key('2'));
    CHECK(refused.status == 422);
    CHECK(failed_reason(refused) == "registration_ended");
}

TEST_CASE("a rotation that is sent again while it runs is never called overtaken by itself") {
    const Place place("PostgreSQL");
    const World one(place.where());
    const World other(one);
    Project project(one);
    project.publish(one);
    const auto registered = project.submit(one, project.registration(one), key('1'));
    REQUIRE(registered.status == 201);
    const std::string id = json::parse(registered.body)["registration_id"];
    for (int round = 0; round < 6; ++round) {
        CAPTURE(round);
        project.renew(one);
        const std::string body = vault::to_json(project.registration(one));
        const auto rotate = [&](const World& world) {
            return project.signed_request(world, "PUT", "/v1/registrations/" + id + "/sealed",
                                          body);
        };
        std::atomic<bool> is_done = false;
        std::array<node::Response, 3> answers;
        {
            std::vector<std::jthread> threads;
            // One in each process, and one that asks the first process until all have ended.
            for (std::size_t i = 0; i < 2; ++i) {
                threads.emplace_back([&, i] {
                    do {
                        answers.at(i) = rotate(i == 0 ? one : other);
                    } while (answers.at(i).status == 409);
                });
            }
            std::jthread again([&] {
                do {
                    answers[2] = rotate(one);
                } while (answers[2].status == 409 || (answers[2].status == 200 && !is_done));
            });
            threads.clear();
            is_done = true;
        }
        for (const node::Response& answer : answers) {
            CAPTURE(answer.body);
            CHECK(answer.status == 200);
            CHECK(answer.body == answers[0].body);
        }
    }
}

TEST_CASE("a process soon reads large webhooks for those who registered at another") {
    const Place place("PostgreSQL");
    const World one(place.where());
    const World other(one);
    const auto most = [&](const std::string& id) {
        return other.service->most_read("POST", "/v1/hooks/" + id + "/configuration");
    };
    REQUIRE(soon([&] { return most(std::string(32, 'a')) == node::stranger_limit; }));
    const Project project(one);
    project.publish(one);
    const auto answer = project.submit(one, project.registration(one), key('1'));
    REQUIRE(answer.status == 201);
    const std::string id = json::parse(answer.body)["registration_id"];
    CHECK(soon([&] { return most(id) == 1U << 20U; }));
    CHECK(most(std::string(32, 'a')) == node::stranger_limit);
}

TEST_CASE("of several processes one polls a repository, and any of them looks after a hint") {
    const Place place("PostgreSQL");
    World one(place.where());
    one.ref_poll = std::chrono::milliseconds(1300); // spares the others for a second
    one.open();
    World other(one);
    other.ref_poll = one.ref_poll;
    other.open();
    const Project project(one);
    project.publish(one);
    const auto answer = project.submit(one, project.registration(one), key('1'));
    REQUIRE(answer.status == 201);
    const std::string id = json::parse(answer.body)["registration_id"].get<std::string>();
    const auto looks = [&] { return one.listed->load() + other.listed->load(); };
    const auto left = [](const World& world) {
        const std::string text = world.send("GET", "/metrics").body;
        const std::string name = "\ntau_ref_polls_total{outcome=\"left_to_others\"} ";
        const std::size_t at = text.find(name);
        return at == std::string::npos ? 0 : std::stoi(text.substr(at + name.size()));
    };
    // By the processes' clock, which stands still, nothing is due again after the first poll.
    const auto settled = [&](int expected) {
        const int before_one = left(one);
        const int before_other = left(other);
        CHECK(soon([&] { return left(one) >= before_one + 4 && left(other) >= before_other + 4; }));
        CHECK(looks() == expected);
    };
    settled(2 + 2); // the looks after registering, and one poll of both repositories
    for (World* const world : {&one, &other}) {
        world->clock.time += 1;
    }
    settled(2 + 2 + 2);
    CHECK(push(other, project, id, "d-1").status == 202);
    CHECK(soon([&] { return looks() == 7; }));
    settled(7);
    for (World* const world : {&one, &other}) {
        world->clock.time -= 24 * 3600; // as when somebody sets a wrong clock right
    }
    CHECK(soon([&] { return looks() == 9; }));
    settled(9);
}

TEST_CASE("two processes with other settings: the one that was told last decides, for both") {
    const Place place("PostgreSQL");
    World one(place.where());
    World other(one);
    node::Settings changed;
    changed.name = "renamed";
    changed.endpoint = one.record().endpoint;
    changed.region = one.record().region;
    REQUIRE(one.service->announce(changed)); // and nobody told the other
    const auto record = one.record();
    CHECK(record.name == "renamed");
    for (int i = 0; i < 3; ++i) {
        REQUIRE(other.service->maintain());
        REQUIRE(one.service->maintain());
        CHECK(other.record() == record);
        CHECK(one.record() == record); // with the same number
    }
    CHECK(other.log.count("announces other settings") == 1);
    CHECK(one.log.count("announces other settings") == 0);

    // What is renewed because it ends soon says the same.
    World late(one); // starts with the first settings, and so announces these
    CHECK(late.record().name == "test");
    REQUIRE(one.service->maintain());
    CHECK(one.record() == late.record());
    CHECK(one.log.count("announces other settings") == 1);
    REQUIRE(other.service->announce(changed));
    REQUIRE(late.service->maintain());
    const auto shared = other.record();
    CHECK(late.record() == shared);
    one.service.reset();
    other.service.reset();
    late.clock.time += 4LL * 24 * 3600;
    REQUIRE(late.service->maintain());
    CHECK(late.record().name == "renamed");
    CHECK(late.record().seq > shared.seq);
}

TEST_CASE("several processes store side by side: every append to the audit log has its turn") {
    const int each = times("adds", 10); // `test_node -tc='several processes store*' adds=500`
    constexpr int threads_each = 4;
    const auto run = [&](int processes) {
        const Place place("PostgreSQL");
        SystemEntropy entropy;
        const auto owner = keys::OwnerKey::generate(entropy);
        std::vector<std::unique_ptr<node::Store>> stores;
        for (int i = 0; i < processes; ++i) {
            auto store = node::Store::open(place.open(), place.key(), {}, now);
            REQUIRE(store);
            stores.push_back(std::move(*store));
        }
        std::atomic<int> next{0};
        std::atomic<int> good{0};
        const auto begin = std::chrono::steady_clock::now();
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < processes * threads_each; ++i) {
                threads.emplace_back([&, i] {
                    for (int n = 0; n < each; ++n) {
                        good += add(*stores[static_cast<std::size_t>(i % processes)], owner, ++next)
                                    ? 1
                                    : 0;
                    }
                });
            }
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        CHECK(good == processes * threads_each * each);
        CHECK(stores[0]->verify_audit() == good.load());
        return good / took.count();
    };
    const double one = run(1);
    const double two = run(2);
    std::printf("PostgreSQL: %.0f registrations a second stored by one process, %.0f by two\n", one,
                two);
}

TEST_CASE("a process with other keys does not serve the node's database") {
    const Place place("PostgreSQL");
    const World one(place.where());
    const TemporaryDirectory folder;
    const FixedClock clock;
    SystemEntropy entropy;
    SilentLog log;
    node::Settings settings;
    settings.data = folder.path() / "node";
    settings.store = place.where();
    settings.barrier_key = barrier_in(one.folder.path());
    settings.name = "test";
    settings.endpoint = "http://127.0.0.1:1";
    settings.region = 1;
    CHECK_FALSE(
        node::Service::open(settings, clock, entropy, log, std::make_unique<FakeRepositories>()));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "node" / "keys" / "sign.key"));
}

TEST_CASE("a connection that goes with COMMIT: what was stored is found, never stored again") {
    const Place place("PostgreSQL");
    const TemporaryDirectory folder;
    CuttingProxy proxy(folder.path() / ".s.PGSQL.5432", postgres().folder() + "/.s.PGSQL.5432");
    std::string through = place.where();
    through.replace(through.find(postgres().folder()), postgres().folder().size(),
                    folder.path().string());
    const World world(through);
    Project project(world);
    project.publish(world);
    const auto database = place.open();
    const auto count = [&database](const std::string& table) {
        return database->run("SELECT count(*) FROM " + table)->front().integer(0);
    };

    // Done, and nobody heard of it.
    const auto first = project.registration(world);
    proxy.arm(CuttingProxy::Cut::after);
    const auto stored = project.submit(world, first, key('1'));
    CHECK(proxy.is_spent());
    CHECK(stored.status == 200);
    CHECK(count("registration") == 1);
    CHECK(project.submit(world, first, key('1')).body == stored.body);

    // Never heard, and so not done.
    const auto second = project.registration(world);
    proxy.arm(CuttingProxy::Cut::before);
    CHECK(project.submit(world, second, key('2')).status == 503);
    CHECK(proxy.is_spent());
    CHECK(count("registration") == 1);
    CHECK(project.submit(world, second, key('2')).status == 201);
    CHECK(count("registration") == 2);

    const std::string id =
        json::parse(project.submit(world, second, key('2')).body)["registration_id"];
    const auto rotate = [&](CuttingProxy::Cut cut) {
        project.renew(world);
        const auto next = project.registration(world);
        proxy.arm(cut);
        const auto answer = project.signed_request(
            world, "PUT", "/v1/registrations/" + id + "/sealed", vault::to_json(next));
        CHECK(proxy.is_spent());
        return answer.status;
    };
    CHECK(rotate(CuttingProxy::Cut::before) == 503);
    CHECK(count("rotation") == 0);
    CHECK(rotate(CuttingProxy::Cut::after) == 200);
    CHECK(count("rotation") == 1);
}
