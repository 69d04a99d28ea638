#include "core/base/text.h"

#include <doctest/doctest.h>

using namespace tau;

TEST_CASE("project names follow the compiler, not the prompt") {
    for (const char* good : {"shop", "my_project", "_a", "A1"}) {
        CAPTURE(good);
        CHECK(is_identifier(good));
    }
    for (const char* bad : {"", "my-project", "2fast", "a b", "ü", "a.b"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_identifier(bad));
    }
}

TEST_CASE("e-mail addresses") {
    for (const char* good : {"me@example.org", "a.b+c@sub.example.org", "x@localhost"}) {
        CAPTURE(good);
        CHECK(is_email(good));
    }
    for (const char* bad : {"", "invalid-email", "@a.b", "a@", "a b@c.d", "a@b..c", ".a@b.c",
                            "a.@b.c", "a..b@c.d", "a@-b.c", "a@b.c-", "A <a@b.c>", "a@b@c d"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_email(bad));
    }
}

TEST_CASE("repository and branch names that every host takes") {
    for (const char* good : {"tb_shop", "tb_code_shop", "a.b-c"}) {
        CHECK(is_repository_name(good));
    }
    for (const char* bad : {"", ".", "..", "Shop", "a/b", "a b", "x.git", "-a", "a-", "a..b"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_repository_name(bad));
    }
    for (const char* good : {"main", "feature/x", "v1.0"}) {
        CHECK(is_branch_name(good));
    }
    for (const char* bad : {"", "-x", "a..b", "a b", "a~b", "x.lock", "a/.b", "/a", "a/", "@",
                            "HEAD", "a@{b", "a\tb", "a//b", "\xff"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_branch_name(bad));
    }
}

TEST_CASE("UTF-8 is checked to the letter of RFC 3629") {
    for (const char* good : {"", "a", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x8d\x8b"}) {
        CHECK(is_utf8(good));
    }
    for (const char* bad : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80", "\xe2\x82", "a\xff"}) {
        CHECK_FALSE(is_utf8(bad));
    }
    CHECK_FALSE(is_utf8(std::string_view("a\0b", 3)));
    // Wherever it stands in a longer text.
    for (const char bad : {'\0', '\x80', '\xff'}) {
        for (std::size_t i = 0; i < 20; ++i) {
            std::string text(20, i % 2 == 0 ? '\x01' : '\x7f');
            CHECK(is_utf8(text));
            text[i] = bad;
            CHECK_FALSE(is_utf8(text));
        }
    }
}

TEST_CASE("text of the other side is bounded and harmless") {
    CHECK(bounded_text("a\x1b[31mb\r\nc") == "a [31mb  c");
    CHECK(bounded_text(std::string(1000, 'x')).size() == 500);
    CHECK(bounded_text("\xe2\x82\xac\xe2\x82\xac", 5) == "\xe2\x82\xac");
    CHECK(bounded_text("\xff\xfe") == "");
    CHECK(escaped_name("a\nb\xff\x7f/\xe2\x82\xac\xc2\x85") ==
          "a\\x0ab\\xff\\x7f/\xe2\x82\xac\\xc2\\x85");
    CHECK(has_control_characters("a\x1b"));
    CHECK(has_control_characters("\xc2\x85"));
    CHECK_FALSE(has_control_characters("tab\tline\n\xc2\xa0"));
}

TEST_CASE("long values are shortened in the middle") {
    CHECK(shorten_middle("SHA256:abcdefghij", 9, 3) == "SHA256:ab…hij");
    CHECK(shorten_middle("short", 3, 2) == "short");
    CHECK(to_iso8601(0) == "1970-01-01T00:00:00Z");
}
