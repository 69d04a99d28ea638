// resources/vault-node.openapi.json says what the node does: every address, method, status and
// field of it, and no other. Over HTTP it is held to it by tests/app/test_vault_description.cpp.
#include "description.h"

using namespace tau;
using namespace tau::test;

TEST_CASE("the description has the addresses that the node has") {
    std::set<std::string> described;
    for (const auto& [pattern, methods] : description()["paths"].items()) {
        for (const auto& [method, ignored] : methods.items()) {
            described.insert(method + " " + pattern);
        }
    }
    std::set<std::string> served;
    for (const node::Route& route : node::routes()) {
        served.insert(lower(std::string(route.method)) + " " + std::string(route.pattern));
    }
    CHECK(described == served);
}

TEST_CASE("every status that it names is given, with the fields that it names") {
    Walk().whole();
}

TEST_CASE("the check of answers finds what does not fit") {
    const json schema{{"$ref", "#/components/schemas/Problem"}};
    const json good{{"reason", "a"}, {"sentence", "b"}};
    CHECK(misfit(good, schema, "x") == "");
    json bad = good;
    bad["reason"] = 1;
    CHECK(misfit(bad, schema, "x") == "x.reason is no string");
    bad = good;
    bad.erase("sentence");
    CHECK(misfit(bad, schema, "x") == "x lacks sentence");
    bad = good;
    bad["more"] = "";
    CHECK(misfit(bad, schema, "x") == "x has more");
}
