#include "core/git/url.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::git;

TEST_CASE("addresses have one canonical form") {
    const std::pair<const char*, const char*> known[] = {
        {"ssh://git@github.com/a/b.git", "ssh://git@github.com/a/b.git"},
        {"git@github.com:a/b.git", "ssh://git@github.com/a/b.git"},
        {"git@github.com:/a/b", "ssh://git@github.com/a/b.git"},
        {"github.com:a/b", "ssh://git@github.com/a/b.git"},
        {"SSH://git@GitHub.COM:22/a/b/", "ssh://git@github.com/a/b.git"},
        {"ssh://git@127.0.0.1:2222/me/tb_shop.git", "ssh://git@127.0.0.1:2222/me/tb_shop.git"},
        {"ssh://[::1]:2222/a.git", "ssh://git@[::1]:2222/a.git"},
        {"ssh://git@host/~me/a_b-c.d", "ssh://git@host/~me/a_b-c.d.git"},
    };
    for (const auto& [text, canonical] : known) {
        CAPTURE(text);
        const auto result = canonical_ssh_url(text);
        REQUIRE(result);
        CHECK(*result == canonical);
        CHECK(canonical_ssh_url(*result).value() == canonical);
    }
    const auto url = parse_url("https://host.example:443/a/b.git").value();
    CHECK(url.scheme == "https");
    CHECK(url.user.empty());
    CHECK(url.port == 0);
    CHECK(url.to_string() == "https://host.example/a/b.git");
}

TEST_CASE("hostile addresses are refused") {
    const std::string_view hostile[] = {
        "",
        "a",
        "/etc/passwd",
        "./a",
        "../a",
        "file:///etc/passwd",
        "git://host/a",
        "http://host/a",
        "ftp://host/a",
        "ext::sh -c id",
        "ext::sh",
        "ssh+git://host/a",
        "ssh:///a",
        "ssh://host",
        "ssh://host/",
        "ssh://git:secret@host/a",
        "https://user:secret@host/a",
        "ssh://@host/a",
        "ssh://git@/a",
        "ssh://-oProxyCommand=id/a",
        "-oProxyCommand=id:a",
        "git@-host:a",
        "ssh://-git@host/a",
        "ssh://git@host/-a",
        "ssh://git@host/a/-b",
        "ssh://git@host/a/../b",
        "ssh://git@host/..",
        "ssh://git@host/a/./b",
        "ssh://git@host//a",
        "ssh://git@host/a//b",
        "ssh://git@host/a..b",
        "ssh://git@host/a%2e",
        "ssh://git@host/a'b",
        "ssh://git@host/a\"b",
        "ssh://git@host/a`id`",
        "ssh://git@host/a$b",
        "ssh://git@host/a b",
        "ssh://git@host/a\nb",
        "ssh://git@host/a\\b",
        "ssh://git@host/a?b",
        "ssh://git@host/a#b",
        "ssh://git@host/a;b",
        "ssh://git@host:0/a",
        "ssh://git@host:65536/a",
        "ssh://git@host:022/a",
        "ssh://git@host:/a",
        "ssh://git@host:22x/a",
        "ssh://git@ho_st/a",
        "ssh://git@host./a",
        "ssh://git@.host/a",
        "ssh://git@ho..st/a",
        "ssh://git@h\xc3\xb6st/a",
        "ssh://git@host/\xc3\xb6",
        "ssh://git@[::1/a",
        "ssh://git@::1/a",
        "ssh://git@[host]/a",
        "ssh://a@b@host/a",
        "C:\\repositories\\a",
        "\x01git@host:a",
        " git@host:a",
        "git@host:a ",
        "git@host:",
    };
    for (const std::string_view text : hostile) {
        CAPTURE(text);
        const auto result = parse_url(text);
        CHECK_FALSE(result);
        if (!result) {
            CHECK(result.error().code == ErrorCode::invalid_argument);
            CHECK(result.error().message.find("secret") == std::string::npos);
        }
    }
    CHECK_FALSE(parse_url(std::string_view("ssh://git@host/a\0b", 19)));
    CHECK_FALSE(parse_url("ssh://git@host/" + std::string(1010, 'a')));
    CHECK(parse_url("ssh://git@host/" + std::string(1009, 'a')));
}

TEST_CASE("a vault's address is SSH as the user git") {
    CHECK_FALSE(canonical_ssh_url("https://github.com/a/b.git"));
    CHECK_FALSE(canonical_ssh_url("ssh://root@host/a.git"));
    // What ".git" at its end, or the long form, would make no address.
    CHECK_FALSE(canonical_ssh_url("ssh://git@host/a."));
    CHECK_FALSE(canonical_ssh_url("ssh://git@host/" + std::string(1006, 'a')));
    CHECK(canonical_ssh_url("ssh://git@host/" + std::string(1005, 'a')));
    CHECK_FALSE(parse_url("git@host:" + std::string(1010, 'a')));
    CHECK(parse_url("git@host:" + std::string(1009, 'a')));
}
