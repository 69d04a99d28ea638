#include "core/node/address.h"

#include <doctest/doctest.h>

using namespace tau;

TEST_CASE("only addresses of the public internet are public") {
    for (const char* address : {"127.0.0.1",
                                "127.255.255.254",
                                "10.0.0.1",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.168.1.1",
                                "169.254.169.254",
                                "100.64.0.1",
                                "0.0.0.0",
                                "224.0.0.1",
                                "255.255.255.255",
                                "192.0.2.1",
                                "198.18.0.1",
                                "198.51.100.7",
                                "203.0.113.9",
                                "::1",
                                "::",
                                "fe80::1",
                                "fc00::1",
                                "fd12::1",
                                "ff02::1",
                                "::ffff:127.0.0.1",
                                "::ffff:8.8.8.8",
                                "64:ff9b::7f00:1",
                                "2001:db8::1",
                                "2002:7f00:1::",
                                "2001::1",
                                "",
                                "example.org",
                                "8.8.8",
                                "fe80::1%eth0"}) {
        CAPTURE(address);
        CHECK_FALSE(node::is_public_address(address));
    }
    for (const char* address : {"8.8.8.8", "140.82.121.3", "172.15.255.255", "172.32.0.1",
                                "100.63.255.255", "2606:50c0:8000::154", "2a01:4f8::1"}) {
        CAPTURE(address);
        CHECK(node::is_public_address(address));
    }
    for (const char* host :
         {"localhost", "127.0.0.1", "[::1]", "10.1.2.3", "0x7f.1", "2130706433"}) {
        CAPTURE(host);
        CHECK_FALSE(node::resolve(host, false, std::chrono::seconds(5)));
    }
}
