#include "core/project/complete.h"

#include <doctest/doctest.h>

using namespace tau::project;

namespace {

/// What is offered where '|' stands, by spaces.
std::string offered(KindId id, std::string text) {
    const std::size_t at = text.find('|');
    text.erase(at, 1);
    const auto found = complete(kind(id), text, at, [](std::string_view group) {
        return group == "domains" ? std::vector<std::string>{"front", "back"}
                                  : std::vector<std::string>{"shared"};
    });
    std::string all;
    for (const auto& item : found.items) {
        all += (all.empty() ? "" : " ") + item.text;
    }
    return text.substr(found.begin, found.end - found.begin) + "> " + all;
}

} // namespace

TEST_CASE("keys are offered that the map lacks") {
    CHECK(offered(KindId::library, "id: x\n|") == "> name:  description:  tags: source:");
    CHECK(offered(KindId::library, "id: x\nna|\ntags: []\n") == "na> name: ");
    CHECK(offered(KindId::function, "execution:\n    timeout: 1s\n    |\nid: x\n") ==
          "> memory:  call: ");
    CHECK(offered(KindId::function, "execution:\n    |\n    timeout: 1s\n") == "> memory:  call: ");
    CHECK(offered(KindId::website, "source:\n  github:\n    |") == "> id:  fullname: ");
    CHECK(offered(KindId::storage, "ob|") == "ob> object:");
    CHECK(offered(KindId::storage, "streaming:\n    |") == "> ttl:  size: ");
    CHECK(offered(KindId::project, "clouds:\n    a.b:\n        |") == "> account:  plan: ");
}

TEST_CASE("values are offered where there is a choice") {
    CHECK(offered(KindId::function, "trigger:\n    type: |") == "> http https pubsub p2p");
    CHECK(offered(KindId::function, "trigger:\n    type: ht|tps\n") == "ht> http https");
    CHECK(offered(KindId::function, "trigger:\n    method: g|") == "g> GET");
    CHECK(offered(KindId::function, "source: |") == "> . libraries/shared");
    CHECK(offered(KindId::function, "domains:\n    - |") == "> front back");
    CHECK(offered(KindId::function, "domains:\n- front\n- b|") == "b> back");
    CHECK(offered(KindId::website, "domains: [front, b|]") == "b> back");
    CHECK(offered(KindId::messaging, "local: |") == "> true false");
    CHECK(offered(KindId::database, "access:\n    network: |\n") == "> all subnet host");
}

TEST_CASE("nothing is offered where anything may be typed, whatever the text") {
    for (const char* text :
         {"description: |", "# |", "description: >\n    tri|", "nobody:\n    knows:\n        |",
          "id: x\n    |", "\t|", "- |", "a: [|", ": |", "|\xff\xfe", "{\"source\": |}"}) {
        CAPTURE(text);
        const std::string found = offered(KindId::service, text);
        CHECK((found.ends_with("> ") || std::string(text).starts_with("|")));
    }
    const std::string all = "execution:\n  timeout: 1s\ntags:\n- a\n- b\ndomains: [a,\n";
    for (std::size_t at = 0; at <= all.size() + 3; ++at) {
        const auto found = complete(kind(KindId::function), all, at,
                                    [](std::string_view) { return std::vector<std::string>(); });
        CHECK(found.begin <= found.end);
        CHECK(found.end <= all.size());
    }
}
