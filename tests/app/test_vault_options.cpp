#include "app/vaultd/options.h"

#include <doctest/doctest.h>

using namespace tau;

TEST_CASE("the command line is taken strictly") {
    using vaultd::parse_options;
    const std::vector<std::string> good{"--data", "/x", "--listen", "127.0.0.1:0",
                                        "--name", "n",  "--region", "local"};
    const auto options = parse_options(good);
    REQUIRE(options);
    CHECK(options->limits.per_address == 64);
    const auto with = [&good](std::initializer_list<std::string> more) {
        std::vector<std::string> all = good;
        all.insert(all.end(), more);
        return parse_options(all);
    };
    const auto placed = with({"--lat", "-47.375", "--lon", "8.54", "--slots", "120",
                              "--per-address", "8", "--allow-local-repositories"});
    REQUIRE(placed);
    CHECK(placed->settings.latitude == -4738);
    CHECK(placed->settings.longitude == 854);
    CHECK(placed->settings.slots_per_hour == 120);
    CHECK(placed->settings.allow_local_repositories);
    for (const char* listen :
         {"0.0.0.0:80", "192.168.1.1:80", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:65536",
          "127.0.0.1:-1", "localhost:80", "[::]:80", "128.0.0.1:80", "127.0.0.1:80x"}) {
        CAPTURE(std::string(listen));
        CHECK_FALSE(with({"--listen", listen}));
    }
    CHECK(with({"--listen", "[::1]:80"}));
    CHECK_FALSE(with({"--lat", "91"}));
    CHECK_FALSE(with({"--lon", "x"}));
    CHECK_FALSE(with({"--slots", "65536"}));
    CHECK_FALSE(with({"--region", "atlantis"}));
    CHECK_FALSE(with({"--verbose", "1"}));
    CHECK_FALSE(with({"--slots"}));
    CHECK_FALSE(parse_options({}));
    CHECK(parse_options({"--help"})->help);
    CHECK_FALSE(parse_options({"--help"})->version);
    CHECK(parse_options({"--version"})->version);
    CHECK_FALSE(vaultd::help_text().empty());
}
