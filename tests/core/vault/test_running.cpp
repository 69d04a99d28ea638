#include "core/vault/running.h"
#include "fixture.h"

using namespace tau;
using namespace tau::test;
using vault::Role;

namespace {

const std::string one(40, '1');
const std::string two(40, '2');
const std::string some_node = to_base58(Bytes(32, 7));

} // namespace

TEST_CASE("the most specific row counts") {
    const std::vector<vault::Deployment> rows{{"*", Role::code, "main", ""},
                                              {"region:eu-west", Role::code, "stable", ""},
                                              {"node:" + some_node, Role::code, "", one},
                                              {"region:us-east", Role::configuration, "x", ""}};
    const auto where = [&](Role role, const vault::PartOfNetwork& part) {
        const auto* row = vault::most_specific(rows, role, part);
        return row == nullptr ? std::string() : row->where;
    };
    CHECK(where(Role::code, {}) == "*");
    CHECK(where(Role::code, {"us-east", ""}) == "*");
    CHECK(where(Role::code, {"eu-west", ""}) == "region:eu-west");
    CHECK(where(Role::code, {"eu-west", some_node}) == "node:" + some_node);
    CHECK(where(Role::code, {"", some_node}) == "node:" + some_node);
    CHECK(where(Role::configuration, {}).empty());
    CHECK(where(Role::configuration, {"us-east", some_node}) == "region:us-east");
}

TEST_CASE("a version says which commit and why, and comes back from JSON as it was") {
    const std::vector<vault::Deployment> rows{{"*", Role::configuration, "main", ""},
                                              {"*", Role::code, "gone", ""},
                                              {"region:eu-west", Role::code, "", two}};
    const std::vector<vault::RefState> refs{{Role::configuration, "refs/heads/main", one, 5},
                                            {Role::code, "refs/heads/main", two, 6}};
    const auto everywhere = vault::resolve_version(project_id, rows, refs, {});
    CHECK(everywhere.repositories[0].commit == one);
    CHECK(everywhere.repositories[0].observed_at == 5);
    CHECK(everywhere.repositories[1].commit.empty());
    CHECK(everywhere.repositories[1].reason == "branch_not_seen");
    const auto region = vault::resolve_version(project_id, rows, refs, {"eu-west", ""});
    CHECK(region.repositories[1].commit == two);
    for (const auto& version : {everywhere, region}) {
        const auto again = vault::parse_project_version(vault::to_json(version));
        REQUIRE(again);
        CHECK(vault::to_json(*again) == vault::to_json(version));
        for (const auto& running : version.repositories) {
            CHECK(running.sentence.ends_with("."));
        }
    }
}

TEST_CASE("deployments as JSON: strict about shape, place, branch, commit and doubles") {
    const std::vector<vault::Deployment> rows{{"*", Role::code, "main", ""},
                                              {"node:" + some_node, Role::code, "", one}};
    const auto again = vault::parse_deployments(vault::to_json(rows));
    REQUIRE(again);
    CHECK(vault::to_json(*again) == vault::to_json(rows));
    CHECK(vault::parse_deployments("[]"));
    const std::string long_list = [] {
        std::vector<vault::Deployment> many(vault::max_deployments + 1,
                                            {"*", Role::code, "main", ""});
        return vault::to_json(many);
    }();
    const std::vector<vault::Deployment> twice{rows[0], {"*", Role::code, "", one}};
    for (const std::string& bad :
         {std::string("{}"), std::string("[0]"), long_list, vault::to_json(twice),
          std::string(R"([{"where":"*","repository":"code","branch":"main","more":1}])"),
          std::string(R"([{"where":"region:","repository":"code","branch":"main"}])"),
          std::string(R"([{"where":"*","repository":"code","commit":"1111"}])")}) {
        CAPTURE(bad);
        CHECK_FALSE(vault::parse_deployments(bad));
    }
    const auto answer = vault::parse_deployments_answer(
        vault::to_json(vault::DeploymentsAnswer{std::string(32, 'a'), {{rows[0], two}}}));
    REQUIRE(answer);
    CHECK(answer->deployments.at(0).commit == two);
    CHECK_FALSE(vault::parse_deployments_answer(
        R"({"registration_id":")" + std::string(32, 'a') +
        R"(","deployments":[{"where":"*","repository":"code","branch":"main"}]})"));
}
