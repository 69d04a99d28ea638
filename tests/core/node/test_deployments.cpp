#include "core/vault/running.h"
#include "fixture.h"

#include <chrono>
#include <future>
#include <latch>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

using Rows = std::vector<vault::Deployment>;

const std::string configuration_tip(40, 'b'); // of configuration's main, as FakeRepositories has it
const std::string code_tip(40, 'c');          // of code's
const std::string older(40, '1');

struct Deployed {
    World world;
    Project project{world};
    std::string id;

    Deployed() {
        project.publish(world);
        const auto response = project.submit(world, project.registration(world), key('1'));
        REQUIRE(response.status == 201);
        id = json::parse(response.body)["registration_id"];
        // The node looks at both by itself first; from then on only when it is asked.
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (*world.listed < 2 && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        REQUIRE(*world.listed == 2);
    }
    node::Response set(const Rows& rows) const { return set_text(vault::to_json(rows)); }
    node::Response set_text(const std::string& body) const {
        return project.signed_request(world, "PUT", "/v1/registrations/" + id + "/deployments",
                                      body);
    }
    vault::ProjectVersion version(const std::string& query) const {
        const auto response = world.send("GET", "/v1/projects/" + project_id + "/version" + query);
        REQUIRE(response.status == 200);
        const auto parsed = vault::parse_project_version(response.body);
        REQUIRE(parsed);
        return *parsed;
    }
    vault::RefState ref(const std::string& name) const {
        const auto response = project.signed_request(world, "GET", "/v1/registrations/" + id);
        const auto status = vault::parse_registration_status(response.body);
        REQUIRE(status);
        for (const vault::RefState& one : status->refs) {
            if (one.ref == name && one.repository == Role::code) {
                return one;
            }
        }
        return {};
    }
};

std::string reason(const node::Response& response) {
    return json::parse(response.body).value("reason", "");
}

} // namespace

TEST_CASE("rows come back with their commits, and decide what each part of the network runs") {
    const Deployed it;
    const std::string node_id = it.world.record().node_id();
    (*it.world.repositories)[urls[1]].history["main"] = {code_tip, older};
    const Rows rows{{"*", Role::configuration, "main", ""},
                    {"*", Role::code, "main", ""},
                    {"region:eu-west", Role::code, "", older},
                    {"node:" + node_id, Role::code, "", code_tip}};
    const auto response = it.set(rows);
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    const auto answer = vault::parse_deployments_answer(response.body);
    REQUIRE(answer);
    REQUIRE(answer->deployments.size() == 4);
    CHECK(answer->deployments[0].commit == configuration_tip);
    CHECK(answer->deployments[1].commit == code_tip);
    CHECK(answer->deployments[2].commit == older);

    const auto everywhere = it.version("");
    CHECK(everywhere.repositories[0].commit == configuration_tip);
    CHECK(everywhere.repositories[0].reason == "branch_followed");
    CHECK(everywhere.repositories[1].commit == code_tip);
    const auto region = it.version("?region=eu-west");
    CHECK(region.repositories[1].commit == older);
    CHECK(region.repositories[1].where == "region:eu-west");
    CHECK(region.repositories[1].reason == "commit_fixed");
    CHECK(region.repositories[0].where == "*");
    CHECK(it.version("?region=us-east").repositories[1].where == "*");
    const auto both = it.version("?region=eu-west&node=" + node_id);
    CHECK(both.repositories[1].where == "node:" + node_id);
    CHECK(both.repositories[1].commit == code_tip);
}

TEST_CASE("a branch moves with its repository, a commit stays") {
    const Deployed it;
    auto& code = (*it.world.repositories)[urls[1]];
    code.history["main"] = {code_tip};
    REQUIRE(it.set({{"*", Role::code, "main", ""}, {"region:eu-west", Role::code, "", code_tip}})
                .status == 200);
    const std::string next(40, 'd');
    code.tips["main"] = next;
    code.history["main"] = {next, code_tip};
    REQUIRE(it.set({{"*", Role::code, "main", ""}, {"region:eu-west", Role::code, "", code_tip}})
                .status == 200); // asks the repository anew, as a webhook would
    CHECK(it.version("").repositories[1].commit == next);
    CHECK(it.version("?region=eu-west").repositories[1].commit == code_tip);
    CHECK(it.ref("refs/heads/main").forced_at == 0);

    // Now somebody pushes a history without the commit that was there.
    const std::string forced(40, 'e');
    code.tips["main"] = forced;
    code.history["main"] = {forced};
    REQUIRE(it.set({{"*", Role::code, "main", ""}}).status == 200);
    CHECK(it.ref("refs/heads/main").forced_at == it.world.clock.now());
    REQUIRE(it.set({{"*", Role::code, "main", ""}}).status == 200);
    CHECK(it.ref("refs/heads/main").forced_at == it.world.clock.now()); // and stays flagged
}

TEST_CASE("a branch whose history cannot be read is flagged, or keeps its commit") {
    Deployed it;
    auto& code = (*it.world.repositories)[urls[1]];
    const std::string next(40, 'd');
    code.tips["main"] = next;
    code.history["main"] = {next, code_tip};
    // A host that is away for a moment: what is known stays, to be compared later.
    code.unreadable["main"] = ErrorCode::unavailable;
    CHECK(reason(it.set({{"*", Role::code, "main", ""}})) == "repository_unreadable");
    CHECK(it.ref("refs/heads/main").commit == code_tip);
    code.unreadable.clear();
    REQUIRE(it.set({{"*", Role::code, "main", ""}}).status == 200);
    CHECK(it.ref("refs/heads/main").commit == next);
    CHECK(it.ref("refs/heads/main").forced_at == 0);
    // A history too large to be read is how one would hide that it is another.
    for (const auto why :
         {ErrorCode::limit_exceeded, ErrorCode::timeout, ErrorCode::corrupt, ErrorCode::internal}) {
        CAPTURE(static_cast<int>(why));
        it.world.clock.time += 100;
        code.tips["main"] = std::string(40, static_cast<char>('0' + static_cast<int>(why) % 10));
        code.unreadable["main"] = why;
        REQUIRE(it.set({{"*", Role::code, "main", ""}}).status == 200);
        CHECK(it.ref("refs/heads/main").commit == code.tips["main"]);
        CHECK(it.ref("refs/heads/main").forced_at == it.world.clock.now());
    }
    CHECK(it.world.log.count("could not be read") == 4);
}

TEST_CASE("a followed branch that was deleted is compared when it comes back") {
    Deployed it;
    auto& code = (*it.world.repositories)[urls[1]];
    const Rows rows{{"*", Role::code, "main", ""}};
    const auto deleted = [&] {
        code.tips = {{"other", older}};
        CHECK(reason(it.set(rows)) == "branch_not_found");
        CHECK(it.ref("refs/heads/main").commit.empty());
        CHECK(it.version("").repositories[1].commit.empty());
    };
    const auto pushed = [&](const std::string& commit) {
        code.tips = {{"main", commit}};
        it.world.clock.time += 100;
        REQUIRE(it.set(rows).status == 200);
        CHECK(it.world.rows("gone_ref") == 0);
        return it.ref("refs/heads/main").forced_at;
    };
    deleted();
    CHECK(it.world.rows("gone_ref") == 1); // and not the other, which nothing follows
    const std::string next(40, 'd');
    code.history["main"] = {next, code_tip};
    CHECK(pushed(next) == 0);
    deleted();
    deleted(); // a while later
    const std::string orphan(40, 'e');
    code.history["main"] = {orphan};
    const std::int64_t flagged = pushed(orphan);
    CHECK(flagged == it.world.clock.now());
    deleted();
    CHECK(pushed(orphan) == flagged); // the flag does not go with it
    code.tips = {{"main", orphan}, {"rel", next}};
    REQUIRE(it.set({{"*", Role::code, "rel", ""}}).status == 200);
    code.tips = {{"main", orphan}};
    CHECK(it.set({{"*", Role::code, "rel", ""}}).status == 422);
    CHECK(it.world.rows("gone_ref") == 1);
    ++it.world.clock.time;
    REQUIRE(it.set(rows).status == 200);
    REQUIRE(it.set(rows).status == 200); // nothing follows rel any more
    CHECK(it.world.rows("gone_ref") == 0);
    deleted();
    REQUIRE(it.project.signed_request(it.world, "DELETE", "/v1/registrations/" + it.id).status ==
            200);
    CHECK(it.world.rows("gone_ref") == 0);
}

TEST_CASE("a commit of a followed branch can stay, however large the others are") {
    const Deployed it;
    auto& code = (*it.world.repositories)[urls[1]];
    const std::string aside(40, '2');
    code.tips = {{"main", code_tip}, {"large", std::string(40, 'f')}};
    code.history = {{"main", {code_tip, older}}, {"large", {aside}}};
    code.unreadable["large"] = ErrorCode::limit_exceeded;
    CHECK(it.set({{"*", Role::code, "", older}}).status == 200);
    CHECK(reason(it.set({{"*", Role::code, "", aside}})) == "repository_unreadable");
    code.unreadable = {{"main", ErrorCode::limit_exceeded}};
    CHECK(it.set({{"*", Role::code, "", aside}}).status == 200); // or how large the followed one is
    CHECK(reason(it.set({{"*", Role::code, "", older}})) == "repository_unreadable");
}

TEST_CASE("a request that was carried out brings nothing back when it is sent again") {
    Deployed it;
    (*it.world.repositories)[urls[1]].tips = {{"main", code_tip}, {"next", older}};
    const std::string target = "/v1/registrations/" + it.id + "/deployments";
    const auto request = [&](const Rows& rows) {
        const std::string body = vault::to_json(rows);
        return node::Request{
            "PUT",
            target,
            {{"Authorization", vault::owner_authorization(it.project.owner, "PUT", target, body,
                                                          it.world.clock.now())}},
            body};
    };
    const auto changes = [&] { return it.world.rows("audit"); };
    const auto first = request({{"*", Role::code, "main", ""}});
    const auto answer = it.world.running->handle(first);
    REQUIRE(answer.status == 200);
    const std::int64_t before = changes();
    const auto repeated = it.world.running->handle(first); // its answer was lost
    CHECK(repeated.status == 200);
    CHECK(repeated.body == answer.body);
    CHECK(changes() == before);

    REQUIRE(it.set({{"*", Role::code, "next", ""}}).status == 200);
    for (const int later : {0, 250, 1}) { // until it is too old by itself
        it.world.clock.time += later;
        REQUIRE(it.world.service->maintain());
        CHECK(reason(it.world.running->handle(first)) == "request_used");
        CHECK(it.version("").repositories[1].branch == "next");
    }
    it.world.open(); // it is not this process alone that knows
    CHECK(reason(it.world.running->handle(first)) == "request_used");
    CHECK(it.world.running->handle(request({{"*", Role::code, "main", ""}})).status == 200);
    it.world.clock.time += 50;
    CHECK(it.world.running->handle(first).status == 401);
    it.world.clock.time += 1000;
    REQUIRE(it.world.service->maintain());
    CHECK(it.world.rows("used_challenge") == 0);
}

TEST_CASE("rows that cannot run are refused, and nothing changes") {
    const Deployed it;
    CHECK(reason(it.set({{"*", Role::code, "none", ""}})) == "branch_not_found");
    CHECK(reason(it.set({{"*", Role::code, "", older}})) == "commit_not_found");
    for (const char* body : {"", "{}", "[1]", "[{}]",
                             R"([{"where":"region:nowhere","repository":"code","branch":"main"}])",
                             R"([{"where":"*","repository":"code","branch":"main","commit":"x"}])",
                             R"([{"where":"*","repository":"code"}])",
                             R"([{"where":"*","repository":"code","branch":"a b"}])",
                             R"([{"where":"node:abc","repository":"code","branch":"main"}])",
                             R"([{"where":"*","repository":"site","branch":"main"}])",
                             R"([{"where":"*","repository":"code","branch":"main"},)"
                             R"({"where":"*","repository":"code","branch":"dev"}])"}) {
        CAPTURE(body);
        const auto response = it.set_text(body);
        CHECK(response.status == 400);
        CHECK(reason(response) == "malformed");
    }
    const auto now = it.version("");
    CHECK(now.repositories[1].branch == "main");
    CHECK(it.world.send("PUT", "/v1/registrations/" + it.id + "/deployments", "[]").status == 401);
    CHECK(Project(it.world)
              .signed_request(it.world, "PUT", "/v1/registrations/" + it.id + "/deployments", "[]")
              .status == 404);
    REQUIRE(it.project.signed_request(it.world, "DELETE", "/v1/registrations/" + it.id).status ==
            200);
    CHECK(it.set({}).status == 409);
    CHECK(it.world.send("GET", "/v1/projects/" + project_id + "/version").status == 404);
}

TEST_CASE("what hinders the node itself is not said of the repository") {
    const Deployed it;
    it.world.host_calls->list_failure = {ErrorCode::io, "This node cannot log in.", {}, "No fork."};
    const auto response = it.set({{"*", Role::code, "main", ""}});
    CHECK(response.status == 503);
    CHECK(reason(response) == "node_failure");
    CHECK(it.world.log.count("3 node: This node cannot log in. (No fork.)") == 1);
}

TEST_CASE("nor is what its database lacks") {
    const Deployed it;
    REQUIRE(it.set({{"*", Role::code, "main", ""}}).status == 200);
    const auto database = node::open_sqlite(it.world.folder.path() / "node" / "node.db");
    REQUIRE(database);
    REQUIRE((*database)->run("UPDATE deployment SET branch = 'other'")); // without its MAC
    const auto response = it.set({{"*", Role::code, "main", ""}});
    CHECK(response.status == 500);
    CHECK(reason(response) == "node_failure");
    CHECK(it.world.log.count("3 node: An entry of the node's database was changed") == 1);
}

TEST_CASE("a part of the network without a row runs nothing, and is told so") {
    const Deployed it;
    REQUIRE(it.set({}).status == 200);
    const auto version = it.version("?region=eu-west");
    CHECK(version.repositories[0].commit.empty());
    CHECK(version.repositories[0].reason == "not_deployed");
    for (const char* query : {"?region=nowhere", "?region=eu-west&region=eu-west", "?node=abc",
                              "?x=1", "?region", "?node=a&node=b"}) {
        CAPTURE(query);
        CHECK(it.world.send("GET", "/v1/projects/" + project_id + "/version" + query).status ==
              400);
    }
}

TEST_CASE("what a part of the network must run is answered from the branches it follows") {
    const Deployed it;
    auto& code = (*it.world.repositories)[urls[1]];
    code.tips = {{"main", code_tip}, {"other", older}};
    REQUIRE(it.set({{"*", Role::code, "main", ""}}).status == 200);
    REQUIRE(it.ref("refs/heads/other").commit == older);
    // Of the others none is read: one that was changed is found out elsewhere.
    const auto database = node::open_sqlite(it.world.folder.path() / "node" / "node.db");
    REQUIRE(database);
    REQUIRE((*database)->run("UPDATE ref_state SET commit_id = 'x' WHERE ref = $1",
                             {std::string("refs/heads/other")}));
    CHECK(it.version("").repositories[1].commit == code_tip);
    CHECK(it.project.signed_request(it.world, "GET", "/v1/registrations/" + it.id).status == 500);
}

TEST_CASE("a request asks each repository once, and all of it has one deadline") {
    const Deployed it;
    auto& code = (*it.world.repositories)[urls[1]];
    Rows rows{{"*", Role::code, "main", ""}};
    for (char digit = '1'; digit <= '9'; ++digit) {
        code.history["main"].push_back(std::string(40, digit));
        rows.push_back({"node:" + to_base58(Bytes(32, static_cast<std::uint8_t>(digit))),
                        Role::code, "", code.history["main"].back()});
    }
    it.world.host_calls->take_deadlines();
    const int listed = *it.world.listed;
    const auto begin = std::chrono::steady_clock::now();
    const auto response = it.set(rows);
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    CHECK(*it.world.listed == listed + 1);
    CHECK(it.world.host_calls->histories == 1);
    const auto deadlines = it.world.host_calls->take_deadlines();
    REQUIRE(deadlines.size() == 1);
    CHECK(*deadlines.begin() < begin + std::chrono::seconds(30));
}

TEST_CASE("a repository that takes long costs its owner's next requests a moment only") {
    const Deployed it;
    std::latch asked(1);
    std::promise<void> go_on;
    auto wait = go_on.get_future().share();
    std::atomic<bool> told{false};
    it.world.host_calls->before_list = [&] {
        if (!told.exchange(true)) {
            asked.count_down();
        }
        wait.wait();
    };
    const Rows rows{{"*", Role::code, "main", ""}};
    const auto later = [&] { return std::async(std::launch::async, [&] { return it.set(rows); }); };
    const auto begin = std::chrono::steady_clock::now();
    auto slow = later();
    asked.wait();
    std::vector<std::future<node::Response>> others;
    for (int i = 0; i < 8; ++i) {
        others.push_back(later());
    }
    std::map<int, int> answers;
    for (auto& other : others) {
        const auto response = other.get();
        ++answers[response.status];
        CHECK(std::any_of(response.headers.begin(), response.headers.end(),
                          [](const auto& header) { return header.name == "Retry-After"; }));
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
    CHECK(answers[409] >= 1); // one at a time waits beside it
    CHECK(answers[429] >= 1); // for the rest there is no place
    CHECK(answers[409] + answers[429] == 8);
    go_on.set_value();
    CHECK(slow.get().status == 200);
    CHECK(it.set(rows).status == 200); // places come back
}
