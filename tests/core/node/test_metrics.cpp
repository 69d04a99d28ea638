#include "core/node/metrics.h"
#include "engines.h"
#include "fixture.h"
#include "hooked.h"

#include <chrono>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

std::string metrics(const World& world) {
    const auto response = world.send("GET", "/metrics");
    REQUIRE(response.status == 200);
    CHECK(response.content_type.starts_with("text/plain; version=0.0.4"));
    return response.body;
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("metrics are Prometheus text, count what happened, and name nobody") {
    World world;
    Project project(world);
    project.publish(world);
    const auto registration = project.registration(world);
    const auto response = project.submit(world, registration, key('1'));
    REQUIRE(response.status == 201);
    const std::string id = json::parse(response.body)["registration_id"];
    REQUIRE(project.submit(world, registration, key('1')).status == 200);
    REQUIRE(project.submit(world, project.registration(world), key('1')).status == 422);
    REQUIRE(world.send("POST", "/v1/hooks/" + id + "/code").status == 401);
    const std::string text = metrics(world);
    CAPTURE(text);
    CHECK(has_line(text, R"(tau_registrations_total{outcome="stored"} 1)"));
    CHECK(has_line(text, R"(tau_registrations_total{outcome="repeated"} 1)"));
    CHECK(has_line(text, R"(tau_registrations_total{outcome="refused"} 1)"));
    CHECK(has_line(text, R"(tau_refusals_total{reason="idempotency_key_reused"} 1)"));
    CHECK(has_line(text, R"(tau_proofs_total{outcome="good"} 4)"));
    CHECK(has_line(text, R"(tau_webhook_deliveries_total{outcome="not_believed"} 1)"));
    // A refused request may leave a seal waiting that nobody asks for any more.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!has_line(metrics(world), "tau_proof_queue 0") &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    CHECK(has_line(metrics(world), "tau_proof_queue 0"));
    CHECK(has_line(text, R"(tau_answer_seconds_count{route="/v1/registrations"} 3)"));
    CHECK(has_line(text, R"(tau_answer_seconds_bucket{route="/v1/registrations",le="+Inf"} 3)"));

    // Each line is a comment or a sample of a family that was introduced before it.
    const std::regex sample(
        R"re(([a-z_]+)(\{([a-z]+="[^"\\\n]*")(,[a-z]+="[^"\\\n]*")*\})? [0-9.e+-]+)re");
    std::set<std::string> families;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        std::smatch parts;
        if (line.starts_with("# TYPE ")) {
            CHECK(families.insert(line.substr(7, line.rfind(' ') - 7)).second);
        } else if (!line.starts_with("# HELP ")) {
            REQUIRE(std::regex_match(line, parts, sample));
            const std::string name =
                std::regex_replace(parts[1].str(), std::regex("_(bucket|sum|count)$"), "");
            CHECK((families.count(name) == 1 || families.count(parts[1].str()) == 1));
        }
    }
    for (const std::string& secret :
         {id, project_id, to_base64(project.owner.public_key()),
          project.deploy_keys[0].fingerprint(), urls[0], std::string("shop")}) {
        CHECK(text.find(secret) == std::string::npos);
    }
}

TEST_CASE("a sum of times does not lose its small parts when it is large") {
    node::Metrics metrics;
    metrics.took("/healthz", std::chrono::seconds(1'000'000));
    metrics.took("/healthz", std::chrono::milliseconds(1));
    CHECK(has_line(metrics.text({}), R"(tau_answer_seconds_sum{route="/healthz"} 1000000.001000)"));
}

TEST_CASE("what the daily scan finds is a metric, also for a node that never runs for a day") {
    const Place place("PostgreSQL"); // whose watcher looks at once
    World world(place.where());
    const auto eventually = [&](const std::string& line) {
        return soon([&] { return has_line(metrics(world), line); });
    };
    CHECK(soon([&] { // the first day begins
        return !place.open()->run("SELECT 1 FROM meta WHERE k = 'scanned_at'")->empty();
    }));
    CHECK(metrics(world).find("tau_store_scan") == std::string::npos);
    world.clock.time += 24 * 3600 + 1;
    world.open();
    CHECK(eventually("tau_store_scan_good 1"));
    CHECK(has_line(metrics(world),
                   "tau_store_scan_seconds " + std::to_string(world.clock.time.load())));
    REQUIRE(place.open()->run("UPDATE migration SET applied_at = applied_at + 1"));
    world.clock.time += 24 * 3600 + 1;
    world.open();
    CHECK(eventually("tau_store_scan_good 0"));
    CHECK(world.log.count("3 store: The node's database was changed outside of the node.") == 1);
}

TEST_CASE("addresses that are made up do not become labels") {
    const World world;
    for (int i = 0; i < 50; ++i) {
        CHECK(world.send("GET", "/v1/x" + std::to_string(i)).status == 404);
    }
    const std::string text = metrics(world);
    CHECK(text.find("/v1/x") == std::string::npos);
    CHECK(has_line(text, R"(tau_answer_seconds_count{route="other"} 50)"));
}
