#include "fixture.h"
#include "tests/support/vectors.h"

#include <fstream>
#include <set>

using namespace tau;
using namespace tau::test;

TEST_CASE("the record is signed, served, and renewed with a higher number") {
    World world;
    const auto response = world.send("GET", "/v1/record");
    REQUIRE(response.status == 200);
    const auto bytes = from_base64(json::parse(response.body)["record"].get<std::string>());
    REQUIRE(bytes);
    const auto record = vault::decode_record(*bytes, world.clock.now());
    REQUIRE(record);
    CHECK(record->name == "test");
    CHECK(record->node_id() == world.service->node_id());
    REQUIRE(world.service->maintain());
    CHECK(world.record().seq == record->seq);
    world.clock.time += 4 * 86400;
    REQUIRE(world.service->maintain());
    CHECK(world.record().seq > record->seq);
    CHECK(world.record().expires > record->expires);
}

TEST_CASE("addresses that are not there, and methods they do not take") {
    const World world;
    CHECK(world.send("GET", "/healthz").status == 200);
    for (const char* target :
         {"/", "", "/v1", "/v1/", "/v2/record", "/v1/record/", "/v1/record?x", "/v1/records",
          "//v1/record", "/v1/hooks", "/v1/hooks/a", "/v1/hooks/a/code/b", "/metrics?x",
          "/v1/projects//version", "/v1/projects/a/version", "/v1/%72ecord"}) {
        CAPTURE(target);
        CHECK(world.send("GET", target).status == 404);
    }
    CHECK(world.send("POST", "/healthz").status == 405);
    CHECK(world.send("POST", "/v1/record").status == 405);
    CHECK(world.send("GET", "/v1/challenges").status == 405);
    CHECK(world.send("GET", "/v1/registrations").status == 405);
    CHECK(world.send("PUT", "/v1/registrations/a").status == 405);
    CHECK(world.send("GET", "/v1/registrations/a/deployments").status == 405);
    CHECK(world.send("POST", "/v1/registrations/a/sealed").status == 405);
    CHECK(world.send("PUT", "/v1/projects/a/version").status == 405);
    CHECK(world.send("POST", "/metrics").status == 405);
    CHECK(world.send("GET", "/v1/hooks/a/code").status == 405);
}

TEST_CASE("a challenge needs an owner's key and nothing else") {
    const World world;
    for (const char* body :
         {"", "{}", "[]", "{\"owner_key\":1}", "{\"owner_key\":\"AAAA\"}",
          "{\"owner_key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"x\":1}"}) {
        CAPTURE(body);
        CHECK(world.send("POST", "/v1/challenges", body).status == 400);
    }
}

TEST_CASE("JSONTestSuite as bodies: refused in good order") {
    if (vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    const World world;
    int tried = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(vectors() / "JSONTestSuite/test_parsing")) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string body{std::istreambuf_iterator<char>(in), {}};
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        const auto registered =
            world.send("POST", "/v1/registrations", body, {{"Idempotency-Key", key('1')}});
        CHECK(registered.status == 422);
        CHECK(failed_reason(registered) == "malformed");
        CHECK(world.send("POST", "/v1/challenges", body).status == 400);
        ++tried;
    }
    CHECK(tried > 300);
    CHECK(world.rows("registration") == 0);
}

TEST_CASE("what hinders the node itself is in its log, with the cause") {
    const World world;
    const Project project(world);
    project.publish(world);
    const auto stored = project.submit(world, project.registration(world), key('1'));
    REQUIRE(stored.status == 201);
    const auto target =
        "/v1/registrations/" + json::parse(stored.body)["registration_id"].get<std::string>();
    REQUIRE(project.signed_request(world, "GET", target).status == 200);
    CHECK(world.log.count("3 node: ") == 0);
    {
        const auto database = node::open_sqlite(world.folder.path() / "node" / "node.db");
        REQUIRE((*database)->run("UPDATE repository SET url = 'ssh://git@elsewhere/x.git'"));
    }
    const auto answer = project.signed_request(world, "GET", target);
    CHECK(answer.status == 500); // asking again is of no use
    CHECK(answer.headers.empty());
    CHECK(world.log.count("3 node: An entry of the node's database was changed outside of the "
                          "node (repository") == 1);
}

TEST_CASE("verifying makes and changes nothing, and says what is not there") {
    World world;
    const std::filesystem::path data = world.folder.path() / "node";
    world.service.reset();
    node::Settings settings;
    settings.data = data;
    settings.barrier_key = barrier_in(world.folder.path());
    const auto why = [](const node::Settings& one) {
        const auto rows = node::verify_store(one);
        return rows ? "" : rows.error().message;
    };
    std::filesystem::remove(data / "audit.head");
    const auto rows = node::verify_store(settings);
    INFO((rows ? "" : rows.error().message + " " + rows.error().detail));
    REQUIRE(rows);
    CHECK(rows->rows > 3);
    CHECK(rows->last.seq == 0); // nobody has registered
    const auto missed = node::verify_store(settings, node::AuditEntry{9, rows->last.hash});
    REQUIRE_FALSE(missed);
    CHECK(missed.error().message.find("does not have the entry 9") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(data / "audit.head"));

    node::Settings wrong = settings;
    wrong.data = world.folder.path() / "nodd";
    CHECK(why(wrong) == "There is no folder " + wrong.data.string() + ".");
    CHECK_FALSE(std::filesystem::exists(wrong.data));
    wrong.data = world.folder.path();
    CHECK(why(wrong).starts_with("The barrier key lies among"));
    wrong = settings;
    wrong.store = (data / "nodd.db").string();
    CHECK(why(wrong) == "There is no database " + wrong.store + ".");
    CHECK_FALSE(std::filesystem::exists(wrong.store));
    std::ofstream(wrong.store).flush(); // an empty file is an empty database
    CHECK(why(wrong) == "This is not the database of a node.");
    CHECK(std::filesystem::file_size(wrong.store) == 0);
    std::filesystem::remove(wrong.store);

    {
        const auto database = node::open_sqlite(data / "node.db");
        REQUIRE(database);
        REQUIRE((*database)->run("DELETE FROM migration WHERE version >= 5"));
    }
    CHECK(why(settings) == "The node's database was written by an older program.");
    for (const char* name : {"backup-4.db", "audit.head"}) {
        CHECK_FALSE(std::filesystem::exists(data / name));
    }
}
