#include "core/yaml/edit.h"

#include <array>
#include <doctest/doctest.h>

namespace yaml = tau::yaml;
using tau::ErrorCode;
using yaml::Value;

namespace {

yaml::Document document_of(const std::string& text) {
    auto document = yaml::Document::parse(text);
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error().message));
    return *document;
}

struct Case {
    std::string before;
    yaml::Path path;
    Value value;
    std::string after;
};

void check(const Case& one, const tau::Result<std::string>& text) {
    CAPTURE(one.before);
    CAPTURE(yaml::to_string(one.path));
    CHECK_MESSAGE(text.has_value(), (text ? "" : text.error().message));
    if (text) {
        CHECK(*text == one.after);
    }
}

} // namespace

TEST_CASE("a value changes, and nothing beside it") {
    const std::array cases{
        Case{"a: b # c\n", {"a"}, Value::of_text("d"), "a: d # c\n"},
        Case{"a: b", {"a"}, Value::of_text("d"), "a: d"},
        Case{"a: 'b' # c\n", {"a"}, Value::of_text("it's"), "a: 'it''s' # c\n"},
        Case{"a: \"b\"\n", {"a"}, Value::of_text("x\ty"), "a: \"x\\ty\"\n"},
        Case{"a: b\n", {"a"}, Value::of_text("true"), "a: \"true\"\n"},
        Case{"a: b\n", {"a"}, Value::of_text(""), "a: \"\"\n"},
        Case{"a: ''\n", {"a"}, Value::of_text(""), "a: ''\n"},
        Case{"a: \"\\x41\"\n", {"a"}, Value::of_text("A"), "a: \"\\x41\"\n"},
        Case{"a: false\n", {"a"}, Value::of_plain("true"), "a: true\n"},
        Case{"a: \"1\"\n", {"a"}, Value::of_plain("2"), "a: 2\n"},
        Case{"a:\nb: c\n", {"a"}, Value::of_text("d"), "a: d\nb: c\n"},
        Case{"a:   # why\nb: c\n", {"a"}, Value::of_text("d"), "a: d   # why\nb: c\n"},
        Case{"a: ~ # why\n", {"a"}, Value::of_text("d"), "a: d # why\n"},
        Case{"é: ü\r\nb:\r\n  c: d\r\n",
             {"b", "c"},
             Value::of_text("ö"),
             "é: ü\r\nb:\r\n  c: ö\r\n"},
        Case{"\xef\xbb\xbf"
             "a: b\n",
             {"a"},
             Value::of_text("c"),
             "\xef\xbb\xbf"
             "a: c\n"},
        Case{"a: {b: [c, \"d\"], e: f}\n",
             {"a", "b", "1"},
             Value::of_text("g, h"),
             "a: {b: [c, \"g, h\"], e: f}\n"},
        Case{"a: {b: c}\n", {"a", "b"}, Value::of_text("g, h"), "a: {b: \"g, h\"}\n"},
        Case{"a:\n- b # 1\n- c # 2\n", {"a", "1"}, Value::of_text("d"), "a:\n- b # 1\n- d # 2\n"},
        Case{"a: |  # code\n  x\n  y\n\n# b\nb: c\n",
             {"a"},
             Value::of_text("x\nz\n"),
             "a: |  # code\n  x\n  z\n\n# b\nb: c\n"},
        Case{"a:\n  b: |\n    x\n    y\n  c: d\n",
             {"a", "b"},
             Value::of_text("x"),
             "a:\n  b: x\n  c: d\n"},
        Case{"a: b\n", {"a"}, Value::of_text("x\ny\n"), "a: |\n    x\n    y\n"},
        Case{"a: b\r\n", {"a"}, Value::of_text("x\ny"), "a: |-\r\n    x\r\n    y\r\n"},
        Case{"a: b", {"a"}, Value::of_text("x\ny\n"), "a: \"x\\ny\\n\""},
        Case{"a: long\n   text\nb: c\n", {"a"}, Value::of_text("short"), "a: short\nb: c\n"},
        Case{"a:\n    b: c\n    # d\n    e: f\ng: h\n", {"a"}, Value::of_text("x"), "a: x\ng: h\n"},
        Case{"a: # why\n    b: c\n", {"a"}, Value::of_text("x"), "a: x # why\n"},
        Case{"a: b\n", {"a"}, Value::of_map(), "a: {}\n"},
        Case{"a: &x b\nc: d\n", {"a"}, Value::of_text("e"), "a: &x e\nc: d\n"},
        Case{"? a\n: b\n", {"a"}, Value::of_text("c"), "? a\n: c\n"}};
    for (const Case& one : cases) {
        check(one, yaml::set(document_of(one.before), one.path, one.value));
    }
}

TEST_CASE("a key that is missing comes at the end of its map, as the file is laid out") {
    const std::array cases{
        Case{"", {"a"}, Value::of_text("b"), "a: b\n"},
        Case{"# c", {"a", "b"}, Value::of_text("c"), "# c\na:\n    b: c\n"},
        Case{"---\n", {"a"}, Value::of_text("b"), "---\na: b\n"},
        Case{"a: b\n...\n", {"c"}, Value::of_text("d"), "a: b\nc: d\n...\n"},
        Case{"{}\n", {"a"}, Value::of_text("b"), "a: b\n"},
        Case{"a: b\n", {"c"}, Value::of_text("d"), "a: b\nc: d\n"},
        Case{"a: b", {"c"}, Value::of_text("d"), "a: b\nc: d"},
        Case{"a: b # x\n\n# end\n", {"c"}, Value::of_text("d"), "a: b # x\nc: d\n\n# end\n"},
        Case{"a: b\r\n", {"c", "d"}, Value::of_text("e"), "a: b\r\nc:\r\n    d: e\r\n"},
        Case{"a:\n  b: c\nz: 1\n",
             {"a", "d", "e"},
             Value::of_text("f"),
             "a:\n  b: c\n  d:\n    e: f\nz: 1\n"},
        Case{"a:\n  b:\n    c: |\n      x\n\nz: 1\n",
             {"a", "b", "d"},
             Value::of_plain("1"),
             "a:\n  b:\n    c: |\n      x\n    d: 1\n\nz: 1\n"},
        Case{"a: {} # x\nb: c\n", {"a", "d"}, Value::of_text("e"), "a: # x\n    d: e\nb: c\n"},
        Case{"a: # x\nb: c\n", {"a", "d"}, Value::of_text("e"), "a: # x\n    d: e\nb: c\n"},
        Case{"a: {b: c}\n", {"a", "d"}, Value::of_text("e"), "a: {b: c, d: e}\n"},
        Case{"{\"a\": \"b\"}", {"d"}, Value::of_text("e"), "{\"a\": \"b\", \"d\": e}"},
        Case{"a: {b: {}}\n", {"a", "b", "c"}, Value::of_text("e"), "a: {b: {c: e}}\n"},
        Case{"a: {b: 1}\n", {"a", "c", "d"}, Value::of_text("e"), "a: {b: 1, c: {d: e}}\n"},
        Case{"a: b\n", {"yes"}, Value::of_text("no"), "a: b\n\"yes\": \"no\"\n"},
        Case{"a: b\n", {"c"}, Value::of_list({"x", "y: z"}), "a: b\nc:\n    - x\n    - \"y: z\"\n"},
        Case{"a:\n- b\n", {"c"}, Value::of_list({"x"}), "a:\n- b\nc:\n- x\n"},
        Case{"a: b\n", {"c"}, Value::of_list({}), "a: b\nc: []\n"},
        Case{"a: b\n", {"c"}, Value::of_text("x\ny\n"), "a: b\nc: |\n    x\n    y\n"},
        Case{"- a: b\n- c\n", {"0", "d"}, Value::of_text("e"), "- a: b\n  d: e\n- c\n"}};
    for (const Case& one : cases) {
        check(one, yaml::set(document_of(one.before), one.path, one.value));
    }
}

TEST_CASE("lists keep the items that stay as they are written") {
    const std::array cases{
        Case{"a:\n    - b # 1\n    - c # 2\nd: e\n",
             {"a", "2"},
             Value::of_text("x"),
             "a:\n    - b # 1\n    - c # 2\n    - x\nd: e\n"},
        Case{"a: [b, c]\n", {"a", "2"}, Value::of_text("x"), "a: [b, c, x]\n"},
        Case{"a: []\n", {"a", "0"}, Value::of_text("x"), "a:\n    - x\n"},
        Case{"a: {b: []}\n", {"a", "b", "0"}, Value::of_text("x"), "a: {b: [x]}\n"},
        Case{"a: [] # x\n", {"a"}, Value::of_list({"b", "c"}), "a:\n    - b\n    - c # x\n"},
        Case{"a:\n    - 'b' # 1\n    - c # 2\n    - d # 3\n",
             {"a"},
             Value::of_list({"b", "d"}),
             "a:\n    - 'b' # 1\n    - d # 3\n"},
        Case{"a:\n    - 'b' # 1\n    - c\n",
             {"a"},
             Value::of_list({"b", "x", "z"}),
             "a:\n    - 'b' # 1\n    - x\n    - z\n"},
        Case{"a: ['b', c, d]\n", {"a"}, Value::of_list({"b", "e", "d"}), "a: ['b', e, d]\n"},
        Case{"a:\n    # first\n    - b\n", {"a"}, Value::of_list({}), "a: []\n    # first\n"},
        Case{"a: [1, 2]\n", {"a"}, Value::of_list({"1"}), "a: [1]\n"},
        Case{"a: [2022, true, 'q', x]\n",
             {"a"},
             Value::of_list({"2022", "true", "q", "x", "z"}),
             "a: [2022, true, 'q', x, z]\n"},
        Case{"a:\n    - 2022\n    - ~\n    - 1\n",
             {"a"},
             Value::of_list({"2022", "~", "1", "2"}),
             "a:\n    - 2022\n    - \"~\"\n    - 1\n    - \"2\"\n"},
        Case{"a:\n    - b  # main\n    - c  # backup\n",
             {"a"},
             Value::of_list({"x", "b", "c"}),
             "a:\n    - x\n    - b  # main\n    - c  # backup\n"},
        Case{"a:\n    - b  # main\n    - c  # backup\n",
             {"a"},
             Value::of_list({"c", "b"}),
             "a:\n    - c  # backup\n    - b  # main\n"},
        Case{"a: # why\r\n  # of b\r\n  - b # 1\r\n\r\n  # of c\r\n  - 'c'",
             {"a"},
             Value::of_list({"c", "x", "b"}),
             "a: # why\r\n\r\n  # of c\r\n  - 'c'\r\n  - x\r\n  # of b\r\n  - b # 1"},
        Case{"a:\n- \"b\"\n- 'c'\n",
             {"a"},
             Value::of_list({"b", "x: y", "c"}),
             "a:\n- \"b\"\n- \"x: y\"\n- 'c'\n"},
        Case{"a:\n    - b # 1\n    # of c\n    - c # 2\n    - d\n",
             {"a"},
             Value::of_list({"b", "d"}),
             "a:\n    - b # 1\n    # of c\n    - d\n"},
        Case{"a:\n    - b # 1\n    - c # 2\n",
             {"a"},
             Value::of_list({"b", "x"}),
             "a:\n    - b # 1\n    - x # 2\n"},
        Case{"a: ['b', c]\n", {"a"}, Value::of_list({"c", "x, y", "b"}), "a: [c, \"x, y\", 'b']\n"},
        Case{"a: [\n  b,\n  c,\n]\n",
             {"a"},
             Value::of_list({"b", "x", "c"}),
             "a: [\n  b,\n  x,\n  c,\n]\n"},
        Case{"a: [\n  b, # 1\n  c # 2\n]\n",
             {"a"},
             Value::of_list({"x", "b", "d", "e"}),
             "a: [\n  x, b, # 1\n  d, e # 2\n]\n"},
        Case{"a: b\nc: d\n", {"a"}, Value::of_list({"x"}), "a:\n    - x\nc: d\n"}};
    for (const Case& one : cases) {
        check(one, yaml::set(document_of(one.before), one.path, one.value));
    }
}

TEST_CASE("what is removed takes its line and its comment, and parents that become empty") {
    const std::array cases{
        Case{"a: b # c\nd: e\n", {"a"}, {}, "d: e\n"},
        Case{"# top\na: b\n\n# about d\nd: e", {"d"}, {}, "# top\na: b\n\n# about d"},
        Case{"a: b\n", {"a"}, {}, ""},
        Case{"# x\na:\n  b: c\n", {"a", "b"}, {}, "# x\n"},
        Case{"a:\n  b:\n    c: d\n  e: f\n", {"a", "b", "c"}, {}, "a:\n  e: f\n"},
        Case{"a:\n  b:\n    c: d\ne: f\n", {"a", "b", "c"}, {}, "e: f\n"},
        Case{"a: |\n  x\n  y\n\nb: c\n", {"a"}, {}, "\nb: c\n"},
        Case{"a:\n    - b # 1\n    - c\n", {"a", "0"}, {}, "a:\n    - c\n"},
        Case{"a:\n    - b\nc: d\n", {"a", "0"}, {}, "a: []\nc: d\n"},
        Case{"a: {b: 1, c: 2, d: 3}\n", {"a", "c"}, {}, "a: {b: 1, d: 3}\n"},
        Case{"a: {b: 1, c: 2}\n", {"a", "c"}, {}, "a: {b: 1}\n"},
        Case{"a: {b: 1}\nc: d\n", {"a", "b"}, {}, "c: d\n"},
        Case{"a: [b, c]\n", {"a", "0"}, {}, "a: [c]\n"},
        Case{"a: [b]\n", {"a", "0"}, {}, "a: []\n"},
        Case{"{a: 1}\n", {"a"}, {}, "{}\n"},
        Case{"- a: 1\n  b: 2\n", {"0", "a"}, {}, "- b: 2\n"},
        Case{"- a: 1\n- b\n", {"0", "a"}, {}, "- b\n"},
        Case{"- - a\n  - b\n", {"0", "0"}, {}, "- - b\n"},
        Case{"a: b\r\nc: d\r\n", {"c"}, {}, "a: b\r\n"},
        Case{"a:\nb: c\n", {"a"}, {}, "b: c\n"},
        Case{"a:\n-\n- b\n", {"a", "0"}, {}, "a:\n- b\n"}};
    for (const Case& one : cases) {
        check(one, yaml::remove(document_of(one.before), one.path));
    }
}

TEST_CASE("a key gets another name in its place") {
    struct Rename {
        std::string before;
        yaml::Path path;
        const char* name;
        std::string after;
    };
    const std::array cases{Rename{"a: b # c\nd: e\n", {"a"}, "x", "x: b # c\nd: e\n"},
                           Rename{"a: {'b': c}\n", {"a", "b"}, "it's", "a: {'it''s': c}\n"},
                           Rename{"a: b\n", {"a"}, "yes", "\"yes\": b\n"},
                           Rename{"? a\n: b\n", {"a"}, "c", "? c\n: b\n"},
                           Rename{"a: b\n", {"a"}, "a", "a: b\n"}};
    for (const Rename& one : cases) {
        check({one.before, one.path, {}, one.after},
              yaml::rename_key(document_of(one.before), one.path, one.name));
    }
    const auto taken = yaml::rename_key(document_of("a: b\nc: d\n"), {"a"}, "c");
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == ErrorCode::already_exists);
}

TEST_CASE("what cannot be done without damage is refused") {
    struct Refusal {
        std::string text;
        yaml::Path path;
        Value value;
        ErrorCode code;
    };
    const std::array cases{
        Refusal{"a: &x b\nc: *x\n", {"a"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a: &x\n  b: c\nd: *x\n", {"a", "b"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a:\n  b: &x c\nd: *x\n", {"a"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a: &x {b: c}\nd: *x\n", {"d", "b"}, Value::of_text("e"), ErrorCode::conflict},
        Refusal{"a: b\n", {"a", "c"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a: [b]\n", {"a", "2"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a: [b]\n", {"a", "x"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a: [b, # 1\n c]\n", {"a"}, Value::of_list({"c", "b"}), ErrorCode::conflict},
        Refusal{"a: !!int 1\n", {"a"}, Value::of_text("d"), ErrorCode::conflict},
        Refusal{"a: b\n", {"a"}, Value::of_plain("c # d"), ErrorCode::conflict},
        Refusal{"a: b\n", {"a"}, Value::of_plain("c: d"), ErrorCode::conflict},
        Refusal{"a: b\n", {"a"}, Value::of_plain("1\nc: d"), ErrorCode::conflict},
        Refusal{"a: b\n", {"a"}, Value::of_text("\xff"), ErrorCode::invalid_argument},
        Refusal{"a: b\n", {"\xff"}, Value::of_text("c"), ErrorCode::invalid_argument},
        Refusal{"a: b\n", {}, Value::of_text("c"), ErrorCode::invalid_argument}};
    for (const Refusal& one : cases) {
        CAPTURE(one.text);
        const auto text = yaml::set(document_of(one.text), one.path, one.value);
        CHECK_FALSE_MESSAGE(text.has_value(), (text ? *text : ""));
        if (!text) {
            CHECK(static_cast<int>(text.error().code) == static_cast<int>(one.code));
        }
    }
    const auto document = document_of("a: b\nc: &x d\ne: *x\n");
    CHECK(yaml::remove(document, {"x"}).error().code == ErrorCode::not_found);
    CHECK(yaml::remove(document, {}).error().code == ErrorCode::not_found);
    CHECK(yaml::remove(document, {"c"}).error().code == ErrorCode::conflict);
    CHECK(yaml::rename_key(document, {"x"}, "y").error().code == ErrorCode::not_found);
    // The alias itself may go, and another value may take its place.
    CHECK(*yaml::remove(document, {"e"}) == "a: b\nc: &x d\n");
    CHECK(*yaml::set(document, {"e"}, Value::of_text("f")) == "a: b\nc: &x d\ne: f\n");
}

TEST_CASE("an edit beside what the cloud passes over leaves that alone") {
    const std::array cases{
        Case{"a: 1\na: 2\nb: c\n", {"b"}, Value::of_text("d"), "a: 1\na: 2\nb: d\n"},
        Case{"a: x\na: y\n", {"a"}, Value::of_text("z"), "a: z\na: y\n"},
        Case{"a: x\n---\na: y\n", {"a"}, Value::of_text("z"), "a: z\n---\na: y\n"},
        Case{"a: x\n---\na: y\n", {"b"}, Value::of_text("z"), "a: x\nb: z\n---\na: y\n"}};
    for (const Case& one : cases) {
        const auto document = yaml::Document::parse(one.before, {.forgiving = true});
        REQUIRE(document);
        check(one, yaml::set(*document, one.path, one.value));
    }
}
