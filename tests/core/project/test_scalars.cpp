#include "core/project/scalars.h"

#include "core/base/text.h"
#include "core/project/config.h"
#include "core/project/identifiers.h"
#include "tests/support/entropy.h"

#include <doctest/doctest.h>
#include <limits>
#include <map>

using namespace tau;
using namespace tau::project;
using namespace std::chrono_literals;

TEST_CASE("sizes are read as the cloud reads them") {
    const std::map<std::string, std::int64_t> good{{"5GB", 5'000'000'000},
                                                   {"1GiB", 1'073'741'824},
                                                   {"23MB", 23'000'000},
                                                   {"100TB", 100'000'000'000'000},
                                                   {"1GB500MB", 1'500'000'000},
                                                   {"1.5GB", 1'500'000'000},
                                                   {".5KB", 500},
                                                   {"1kB", 1000},
                                                   {"1KB", 1000},
                                                   {"1KiB", 1024},
                                                   {"7B", 7},
                                                   {"0", 0},
                                                   {"-1KB", -1000},
                                                   {"+1KB", 1000},
                                                   {"1PB2B", 1'000'000'000'000'002}};
    for (const auto& [text, bytes] : good) {
        INFO(text);
        CHECK(parse_bytes(text) == bytes);
        CHECK(!bytes_problem(text));
    }
    const std::map<std::string, std::string> bad{
        {"5", "units: unknown unit  in 5"},
        {"5 GB", "units: unknown unit  GB in 5 GB"},
        {"banana", "units: invalid banana"},
        {"10gb", "units: unknown unit gb in 10gb"},
        {"", "units: invalid "},
        {"-", "units: invalid -"},
        {".GB", "units: invalid .GB"},
        {"1GB1KiB", "units: unknown unit KiB in 1GB1KiB"},
        {"99999999999999999999GB", "units: invalid 99999999999999999999GB"},
        {"9999999999EB", "units: overflow parsing unit"},
        {"1kiB", "units: unknown unit kiB in 1kiB"}};
    for (const auto& [text, reason] : bad) {
        INFO(text);
        CHECK(!parse_bytes(text));
        CHECK(bytes_problem(text) == "invalid size \"" + text + "\": " + reason);
    }
}

TEST_CASE("durations are Go's") {
    const std::map<std::string, std::chrono::nanoseconds> good{
        {"20s", 20s}, {"1h15m", 75min}, {"6m40s", 400s},   {"1.5s", 1500ms},     {"250ms", 250ms},
        {"3us", 3us}, {"3µs", 3us},     {"3μs", 3us},      {"7ns", 7ns},         {"0", 0ns},
        {"0s", 0ns},  {"-1m", -60s},    {"1h1m1s", 3661s}, {"100000h", 100000h}, {".5h", 30min}};
    for (const auto& [text, duration] : good) {
        INFO(text);
        CHECK(parse_duration(text) == duration);
        CHECK(!duration_problem(text));
    }
    const std::map<std::string, std::string> bad{
        {"20", "time: missing unit in duration \"20\""},
        {"20x", "time: unknown unit \"x\" in duration \"20x\""},
        {"", "time: invalid duration \"\""},
        {"s", "time: invalid duration \"s\""},
        {"1d", "time: unknown unit \"d\" in duration \"1d\""},
        {"1 s", "time: unknown unit \" s\" in duration \"1 s\""},
        {"3000000h", "time: invalid duration \"3000000h\""}};
    for (const auto& [text, reason] : bad) {
        INFO(text);
        CHECK(!parse_duration(text));
        CHECK(duration_problem(text) == "invalid duration \"" + text + "\": " + reason);
    }
}

TEST_CASE("identifiers of content") {
    for (const std::string text :
         {"QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR",
          "/ipfs/QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR",
          "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
          "zdj7WhuEjrB52m1BisYCtmjH1hSKa7yZ3jEZ9JcXaFRD51wVz",
          "f01551220c3c4733ec8affd06cf9e9ff50ffc6bcd2ec85a6170004bb709669c31de94391a"}) {
        INFO(text);
        CHECK(!cid_problem(text));
    }
    CHECK(cid_problem("not-a-valid-cid") ==
          "failed parsing `not-a-valid-cid` with invalid cid: selected encoding not supported");
    CHECK(cid_problem("Q") == "failed parsing `Q` with invalid cid: cid too short");
    for (const std::string text :
         {"", "550e8400-e29b-41d4-a716-446655440000", "f47ac10b-58cc-4372-a567-0e02b2c3d479",
          "b5f1ad9e-6ed1-4a60-9d3f-1f3c5d6e7f80", "QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLx",
          "QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLx0", "485476045", "bafy"}) {
        INFO(text);
        CHECK(cid_problem(text));
    }
}

TEST_CASE("new identifiers are valid and differ by each of their parts") {
    test::CountingEntropy entropy(1);
    test::CountingEntropy other(2);
    const std::string id = new_resource_id("QmP", "ping", entropy, 1000);
    CHECK(is_project_id(id));
    CHECK(!cid_problem(id));
    CHECK(id == new_resource_id("QmP", "ping", entropy, 1000));
    CHECK(id != new_resource_id("QmP", "ping", other, 1000));
    CHECK(id != new_resource_id("QmP", "pong", entropy, 1000));
    CHECK(id != new_resource_id("QmPp", "ing", entropy, 1000));
    CHECK(id != new_resource_id("QmP", "ping", entropy, 1001));
    CHECK(id != new_project_id(entropy));
}

TEST_CASE("names on the web follow Go's rule") {
    for (const std::string text : {"example.org", "a", "hal.computers.com",
                                   "testing_website_builder.com", "x.y.", ".", "1a.2", "a-b.c"}) {
        CHECK_MESSAGE(is_dns_name(text), text);
    }
    for (const std::string& text :
         {std::string("not-a-valid-fqdn!!!"), std::string(), std::string("a..b"), std::string("-a"),
          std::string("a.-b"), std::string("a-"), std::string("a-.b"), std::string("1.2.3"),
          std::string("a b"), std::string(64, 'a') + ".org", std::string(300, 'a'),
          std::string("ü.de")}) {
        CHECK_MESSAGE(fqdn_problem(text) == "invalid fqdn", text);
    }
    CHECK(is_dns_name(std::string(63, 'a') + ".org"));
}

TEST_CASE("addresses of e-mail, and the words for what is wrong with them") {
    for (const std::string text :
         {"test@taubyte.com", "Me <me@example.org>", "\"M. E.\" <me@example.org>", " a@b ", "<a@b>",
          "\"a b\"@c", "first.last+tag@sub.example.org", "ü@example.org"}) {
        CHECK_MESSAGE(!email_problem(text), text);
    }
    const std::map<std::string, std::string> bad{
        {"", "mail: no address"},
        {"  ", "mail: no address"},
        {"invalid-email", "mail: missing '@' or angle-addr"},
        {"a@", "mail: missing '@' or angle-addr"},
        {"Full Name", "mail: no angle-addr"},
        {"@b", "mail: missing word in phrase: mail: invalid string"},
        {"a@b c", "mail: expected single address, got \"c\""},
        {"a@b, c@d", "mail: expected single address, got \", c@d\""},
        {"Me <a@b", "mail: unclosed angle-addr"},
        {"<a>", "mail: missing @ in addr-spec"},
        {"<a@>", "mail: invalid string"},
        {"<.a@b>", "mail: leading dot in atom"},
        {"<a..b@c>", "mail: double dot in atom"}};
    for (const auto& [text, sentence] : bad) {
        CHECK_MESSAGE(email_problem(text) == sentence, text);
    }
}

TEST_CASE("methods, sources and names") {
    CHECK(!http_method_problem("GET"));
    CHECK(!http_method_problem("get"));
    CHECK(!http_method_problem("Patch"));
    CHECK(http_method_problem("INVALID_METHOD") == "invalid http method");
    CHECK(http_method_problem("") == "invalid http method");
    CHECK(!source_problem("."));
    CHECK(!source_problem("libraries/x"));
    CHECK(source_problem("not_a_ref") ==
          "must be \".\" or start with \"libraries/\", got \"not_a_ref\"");
    CHECK(source_problem("github.com/a/b"));
    CHECK(!variable_name_problem("my_project"));
    for (const std::string text : {"my-project", "2fast", "", "a b", "@x"}) {
        CHECK(variable_name_problem(text) == "invalid variable name");
    }
    CHECK(go_quoted("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\n\\x01\"");
}
