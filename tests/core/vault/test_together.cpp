// Nodes that one project uses together should not have one operator.
#include "core/vault/together.h"
#include "core/vault/web_address.h"

#include <doctest/doctest.h>
#include <string>

using namespace tau;
using namespace tau::vault;

TEST_CASE("who runs a node is read off its address") {
    const std::vector<std::array<std::string, 3>> cases{
        {"https://a.vaults.example.org:8443", "a.vaults.example.org", "example.org"},
        {"https://example.org", "example.org", "example.org"},
        {"https://a.example.org.", "a.example.org.", "example.org"},
        {"http://localhost:8080", "localhost", "localhost"},
        {"https://192.0.2.17:8443", "192.0.2.17", "192.0.2.17"},
        {"https://[2001:db8::1]:8443", "2001:db8::1", "2001:db8::1"},
        {"https://.org", ".org", ".org"},
        {"", "", ""}};
    for (const auto& [endpoint, host, domain] : cases) {
        CAPTURE(endpoint);
        CHECK(host_of(endpoint) == host);
        CHECK(operator_of(endpoint) == domain);
    }
}

namespace {

/// Nodes by their addresses; where that is empty, the record does not hold.
struct Nodes {
    std::vector<std::string> endpoints;
    ErrorCode fault = ErrorCode::untrusted;
    std::vector<std::uint32_t> asked{};

    Result<std::vector<std::uint32_t>> take(std::size_t count) {
        std::vector<std::uint32_t> all;
        for (std::uint32_t row = 0; row < endpoints.size(); ++row) {
            all.push_back(row);
        }
        const auto taken =
            take_together(all, count, [this](std::uint32_t row) -> Result<ListedNode> {
                asked.push_back(row);
                if (endpoints[row].empty()) {
                    return fail(fault, "The record of " + std::to_string(row) + " is not good.");
                }
                ListedNode node;
                node.record.endpoint = endpoints[row];
                return node;
            });
        if (!taken) {
            return fail(taken.error());
        }
        std::vector<std::uint32_t> rows;
        for (const TakenNode& one : *taken) {
            CHECK(one.node.record.endpoint == endpoints[one.row]);
            rows.push_back(one.row);
        }
        return rows;
    }
};
using Rows = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("different operators go first, and no more records are fetched than that takes") {
    Nodes nodes{{"https://a.one.org", "https://b.one.org", "https://a.two.org", "https://c.one.org",
                 "https://three.org"}};
    CHECK(nodes.take(1) == Rows{0});
    CHECK(nodes.asked == Rows{0});
    nodes.asked.clear();
    CHECK(nodes.take(2) == Rows{0, 2});
    CHECK(nodes.asked == Rows{0, 1, 2});
    CHECK(nodes.take(3) == Rows{0, 2, 4});
    CHECK(nodes.take(4) == Rows{0, 2, 4, 1}); // not operators enough
    CHECK(nodes.take(9)->size() == 5);
    CHECK(Nodes{}.take(1) == Rows{});
}

TEST_CASE("a record that does not hold costs its node only; anything else is told at once") {
    Nodes nodes{{"", "https://a.one.org", "https://b.one.org"}};
    CHECK(nodes.take(2) == Rows{1, 2});
    const auto missing = nodes.take(3);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message == "The record of 0 is not good.");
    nodes.fault = ErrorCode::unavailable;
    nodes.asked.clear();
    REQUIRE_FALSE(nodes.take(1));
    CHECK(nodes.asked == Rows{0});
}
