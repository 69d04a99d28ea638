#include "core/yaml/format.h"

#include "core/base/file.h"
#include "suite.h"

#include <array>
#include <doctest/doctest.h>

namespace yaml = tau::yaml;

namespace {

yaml::Document file_of(const std::string& text) {
    auto document = yaml::Document::parse(text);
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error().message));
    return *document;
}

/// id, name, then everything else.
std::size_t by_name(const yaml::Path& path) {
    return path.back() == "id" ? 0 : path.back() == "name" ? 1 : 2;
}

} // namespace

TEST_CASE("a file takes its canonical form, with its comments") {
    struct Case {
        std::string before;
        std::string after;
    };
    const std::array cases{
        Case{"name: 'a'\nid:   \"1\"\n", "id: \"1\"\nname: a\n"},
        Case{"---\na: [b, 'c d', \"true\"]\ne: {}\nf: []\n",
             "a:\n    - b\n    - c d\n    - \"true\"\ne: {}\nf: []\n"},
        Case{"a:\n- b\n-   c\n", "a:\n    - b\n    - c\n"},
        Case{"a:\n  b:\n    c: 1\n", "a:\n    b:\n        c: 1\n"},
        Case{"x: {id: 1, b: {c: d}}", "x:\n    id: 1\n    b:\n        c: d\n"},
        Case{"# file\n\n# of name\nname: a # n\n# of id\nid: b # i\n# end\n",
             "# file\n\n# of id\nid: b # i\n# of name\nname: a # n\n# end\n"},
        Case{"a: # why\n    # first\n    b: c\n    # last of a\nd: e\n",
             "a: # why\n    # first\n    b: c\n    # last of a\nd: e\n"},
        Case{"a:\n    b: c\n# of d\nd: e\n", "a:\n    b: c\n# of d\nd: e\n"},
        Case{"a: b\n\n\n\nc: d\n\n", "a: b\n\nc: d\n"},
        Case{"a: [] # none\nb: ~\nc:\n", "a: [] # none\nb: ~\nc:\n"},
        Case{"a: \"x\\ny\\n\"\n", "a: |\n    x\n    y\n"},
        Case{"a: |   # code\n  x\n  y\nb: c\n", "a: | # code\n    x\n    y\nb: c\n"},
        Case{"a: >\n  x\n  y\n", "a: \"x y\\n\"\n"},
        Case{"- name: b\n  id: a\n- - c\n  - d\n- # odd\n  e: f\n",
             "- id: a\n  name: b\n- - c\n  - d\n# odd\n- e: f\n"},
        Case{"a: &x {b: 1}\nc: *x\nd: !!str 1\ne: !own f\n",
             "a: &x\n    b: 1\nc: *x\nd: !!str 1\ne: !own f\n"},
        Case{"z: &x 1\nid: *x\n", "z: &x 1\nid: *x\n"},
        Case{"name: &x 1\na: *x\nz: &x 2\nid: *x\n", "name: &x 1\na: *x\nz: &x 2\nid: *x\n"},
        Case{"# top\n\nz: &x 1\nid: *x\n", "# top\n\nz: &x 1\nid: *x\n"},
        Case{"a: &e {b: 1}\nc: {<<: *e, \"<\": d}\n",
             "a: &e\n    b: 1\nc:\n    <<: *e\n    \"<\": d\n"},
        Case{"a: &e {b: 1}\nc: {\"<<\": *e}\n", "a: &e\n    b: 1\nc:\n    \"<<\": *e\n"},
        Case{"a: 1\r\nb: # c\r\n  d: e\r\n", "a: 1\r\nb: # c\r\n    d: e\r\n"},
        Case{"\xef\xbb\xbf"
             "a: b",
             "a: b\n"},
        Case{"\xef\xbb\xbf# who\na: b\n", "# who\na: b\n"},
        Case{"\xef\xbb\xbf# only\n", "\xef\xbb\xbf# only\n"},
        Case{"just text", "just text\n"},
        Case{"# only\n", "# only\n"}};
    for (const Case& one : cases) {
        CAPTURE(one.before);
        const auto text = yaml::format(file_of(one.before), by_name);
        CHECK_MESSAGE(text.has_value(), (text ? "" : text.error().message));
        if (text) {
            CHECK(*text == one.after);
            CHECK(*yaml::format(file_of(*text), by_name) == *text);
        }
    }
}

TEST_CASE("a file may be one long line") {
    std::string line = "[";
    for (int i = 0; i < 60'000; ++i) {
        line += "item" + std::to_string(i) + ", ";
    }
    const auto text = yaml::format(file_of("all: " + line + "last] # end\n"), by_name);
    REQUIRE(text);
    CHECK(text->starts_with("all:"));
    CHECK(text->find("# end") != std::string::npos);
}

TEST_CASE("a file whose form cannot be canonical stays as it is") {
    for (const char* text : {"%YAML 1.1\n---\na: b\n", "? [a, b]\n: c\n", "[{? a : b}]: c\n",
                             "a: # one\n    b # two\n", "? \n: a\n"}) {
        CAPTURE(text);
        const auto formatted = yaml::format(file_of(text), by_name);
        REQUIRE_FALSE(formatted);
        CHECK(formatted.error().code == tau::ErrorCode::conflict);
    }
}

TEST_CASE("what the yaml-test-suite holds keeps its meaning in canonical form") {
    std::size_t formatted = 0;
    std::size_t refused = 0;
    const auto cases = tau::test::yaml_test_suite();
    for (const auto& one : cases) {
        CAPTURE(one.id);
        const auto document = yaml::Document::parse(one.text);
        if (!document) {
            continue;
        }
        const auto text = yaml::format(*document, by_name);
        if (!text) {
            ++refused;
            continue;
        }
        ++formatted;
        const auto again = yaml::Document::parse(*text);
        REQUIRE(again);
        CHECK(yaml::same_content(*document, *again));
        CHECK(*yaml::format(*again, by_name) == *text);
    }
    if (cases.empty()) {
        MESSAGE("skipped: no vectors");
    }
    MESSAGE(formatted << " formatted, " << refused << " refused");
    CHECK((cases.empty() || formatted > 5 * refused));
}

TEST_CASE("the same content is the same in any order of keys, and nothing else is") {
    const auto same = [](const char* a, const char* b) {
        return yaml::same_content(file_of(a), file_of(b));
    };
    CHECK(same("a: 1\nb: {c: 2, d: 3}\n", "b: {d: 3, c: 2}\na: 1\n"));
    CHECK(same("a: 'x'\n", "a: x # y\n"));
    CHECK_FALSE(same("a: '1'\n", "a: 1\n"));
    CHECK_FALSE(same("<<: {a: b}\n", "\"<<\": {a: b}\n"));
    CHECK_FALSE(same("a: [1, 2]\n", "a: [2, 1]\n"));
    CHECK_FALSE(same("a: 1\n", ""));
    CHECK_FALSE(same("a: 1\n", "a: 1\nb:\n"));
}

TEST_CASE("what the cloud passes over is kept in canonical form, or the file stays") {
    const auto twice = yaml::Document::parse("name: 'a'\nid: 1\nname: b\n", {.forgiving = true});
    REQUIRE(twice);
    CHECK(*yaml::format(*twice, by_name) == "id: 1\nname: a\nname: b\n");
    const auto second = yaml::Document::parse("a: 'b'\n---\nc: d\n", {.forgiving = true});
    REQUIRE(second);
    CHECK_FALSE(yaml::format(*second, by_name));
}
