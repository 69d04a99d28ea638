#include "core/yaml/document.h"

#include <array>
#include <doctest/doctest.h>
#include <sstream>

namespace yaml = tau::yaml;
using tau::ErrorCode;
using yaml::Shape;
using yaml::Style;

namespace {

yaml::Document parsed(const std::string& text) {
    auto document = yaml::Document::parse(text);
    INFO(text);
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error().message));
    return *document;
}

/// The bytes that a node covers.
std::string covered(const yaml::Document& document, const yaml::Node& node) {
    return document.text().substr(node.start_byte(), node.end_byte() - node.start_byte());
}

/// Everything about a node and what is in it, for a comparison with what must come out.
std::string told(const yaml::Document& document, const yaml::Node& node) {
    std::ostringstream out;
    if (node.is_map()) {
        out << "{";
        for (std::size_t i = 0; i < node.size(); ++i) {
            out << (i > 0 ? ", " : "") << told(document, node.key(i)) << ": "
                << told(document, node.value(i));
        }
        out << "}";
    } else if (node.is_sequence()) {
        out << "[";
        for (std::size_t i = 0; i < node.size(); ++i) {
            out << (i > 0 ? ", " : "") << told(document, node.item(i));
        }
        out << "]";
    } else {
        out << (node.shape() == Shape::alias ? "*" : "") << "<" << node.text() << ">";
    }
    return out.str();
}

} // namespace

TEST_CASE("a document says what is in it") {
    struct Case {
        std::string text;
        const char* what;
    };
    const std::array cases{
        Case{"a: b\nc:\n    - d\n    - e: f\n", "{<a>: <b>, <c>: [<d>, {<e>: <f>}]}"},
        Case{"a: |\n  x\n  y\n\n\nb: >-\n  x\n  y\n", "{<a>: <x\ny\n>, <b>: <x y>}"},
        Case{"a: \"x\\ty\\u00e9\"\nb: 'it''s'\n", "{<a>: <x\ty\u00e9>, <b>: <it's>}"},
        Case{"a: &x 1\nb: *x\n<<: *x\n", "{<a>: <1>, <b>: *<x>, <<<>: *<x>}"},
        Case{"a:\nb: ~\n? c\n", "{<a>: <>, <b>: <~>, <c>: <>}"},
        Case{"{a: [1, 2], b: {}}", "{<a>: [<1>, <2>], <b>: {}}"},
        Case{"a: b\r\nc: d\r\n", "{<a>: <b>, <c>: <d>}"},
        Case{"\xef\xbb\xbf"
             "a: b\nc: d\n",
             "{<a>: <b>, <c>: <d>}"},
        Case{"---\na: b\n...\n# end\n", "{<a>: <b>}"},
        Case{"just text", "<just text>"}};
    for (const Case& one : cases) {
        const auto document = parsed(one.text);
        CHECK(told(document, *document.root()) == one.what);
    }
}

TEST_CASE("nothing but comments is a document without a root") {
    for (const char* text : {"", "\n", "# only this\n", "\xef\xbb\xbf", "  \n \n"}) {
        const auto document = parsed(text);
        CHECK_FALSE(document.root());
        CHECK(document.text() == text);
        CHECK_FALSE(yaml::find(document, {"a"}));
    }
    CHECK(parsed("---\n").root()->text().empty());
}

TEST_CASE("a node covers the bytes that are its own") {
    const auto document = parsed("é: \"ü\" # ö\n"
                                 "list: &l !!seq\n  - 'a'   \n  - &b b\n\n"
                                 "text: |\n  x\n  y\n\n\n"
                                 "kept: |+\n  x\n\n"
                                 "flow: {a: [ö, 2], }\n"
                                 "none:\n");
    const auto at = [&](const yaml::Path& path) {
        return covered(document, *yaml::find(document, path));
    };
    CHECK(at({"é"}) == "\"ü\"");
    CHECK(at({"list"}) == "- 'a'   \n  - &b b");
    CHECK(at({"list", "0"}) == "'a'");
    CHECK(at({"list", "1"}) == "b");
    CHECK(at({"text"}) == "|\n  x\n  y");
    CHECK(at({"kept"}) == "|+\n  x\n");
    CHECK(at({"flow"}) == "{a: [ö, 2], }");
    CHECK(at({"flow", "a"}) == "[ö, 2]");
    CHECK(at({"flow", "a", "0"}) == "ö");
    CHECK(at({"none"}).empty());
    CHECK(document.root()->end_byte() == document.text().size() - 1);
    const yaml::Node list = *yaml::find(document, {"list"});
    CHECK(list.anchor() == "l");
    CHECK(list.tag() == "tag:yaml.org,2002:seq");
    CHECK(list.item(1).anchor() == "b");
    CHECK(list.item(0).anchor().empty());
    CHECK(list.style() == Style::block);
    CHECK(yaml::find(document, {"flow"})->style() == Style::flow);
    CHECK(yaml::find(document, {"text"})->style() == Style::literal);
}

TEST_CASE("places are counted as an editor counts them") {
    struct Case {
        std::string text;
        yaml::Path path;
        yaml::Position place;
    };
    std::string far = "# " + std::string(3000, 'x') + "\n# \u20ac" + std::string(3000, '\t') + "\n";
    const std::array cases{Case{"a: b\nc: d\n", {"c"}, {2, 4}},
                           Case{"a: b\r\nc: d\r\n", {"c"}, {2, 4}},
                           Case{"a: b\rc: d\r", {"c"}, {2, 4}},
                           Case{"\xef\xbb\xbf"
                                "a: b\n",
                                {"a"},
                                {1, 4}},
                           Case{"é€😀: b\n", {"é€😀"}, {1, 6}},
                           Case{"a: \"x\u0085\"\nc: d\n", {"c"}, {3, 4}},
                           Case{far + "é: {b: c}\n", {"é", "b"}, {3, 8}}};
    for (const Case& one : cases) {
        const auto document = parsed(one.text);
        const auto node = yaml::find(document, one.path);
        REQUIRE(node);
        CHECK(node->position().line == one.place.line);
        CHECK(node->position().column == one.place.column);
    }
}

TEST_CASE("what is not one YAML document is refused with its place") {
    struct Case {
        std::string text;
        ErrorCode code;
        const char* place;
        const char* part;
    };
    std::string deep;
    for (int i = 0; i < 70; ++i) {
        deep += "[";
    }
    const std::array cases{
        Case{"a: b: c\n", ErrorCode::corrupt, "1:5", "mapping values are not allowed"},
        Case{"a: [1,\nb: c\n", ErrorCode::corrupt, "3:1", "did not find expected"},
        Case{"a:\n\t- b\n", ErrorCode::corrupt, "2:1", "cannot start any token"},
        Case{"name: a\nid: 1\n\"name\": b\n", ErrorCode::corrupt, "3:1",
             "the key \"name\" is here a second time (line 1, column 1 has it first)"},
        Case{"a: {é: 1, é: 2}\n", ErrorCode::corrupt, "1:11", "a second time"},
        Case{"a: b\n---\nc: d\n", ErrorCode::corrupt, "2:1", "a second document"},
        Case{"a: *b\n", ErrorCode::corrupt, "1:4", "called \"b\""},
        Case{std::string("a: b\0c\n", 7), ErrorCode::corrupt, "1:5", "control characters"},
        Case{"a: b\nc: \xc3(\n", ErrorCode::corrupt, "2:4", "UTF-8"},
        Case{"a: \x07\n", ErrorCode::corrupt, "1:4", "control characters"},
        Case{std::string("\xff\xfe"
                         "a\0",
                         4),
             ErrorCode::corrupt, "1:1", "UTF-8"},
        Case{"a: \"b\n", ErrorCode::corrupt, "2:1", "end of stream"},
        Case{"a: b\nc: " + deep, ErrorCode::limit_exceeded, "2:67", "64 levels"},
        Case{deep, ErrorCode::limit_exceeded, "1:65", "64 levels"},
        Case{std::string((1U << 20U) + 1, ' '), ErrorCode::limit_exceeded, "", "1024 KB"}};
    for (const Case& one : cases) {
        const std::string beginning = one.text.substr(0, 40);
        CAPTURE(beginning);
        const auto document = yaml::Document::parse(one.text);
        REQUIRE_FALSE(document);
        CHECK(document.error().code == one.code);
        CHECK(document.error().detail == one.place);
        CHECK(document.error().message.find(one.part) != std::string::npos);
        INFO(document.error().message);
        CHECK(yaml::error_position(document.error()).has_value() == (one.place[0] != 0));
    }
    const auto two = yaml::Document::parse("a: 1\nbb: 2\na: 3\n");
    REQUIRE_FALSE(two);
    CHECK(*yaml::error_position(two.error()) == yaml::Position{3, 1});
}

TEST_CASE("many keys, many nodes and many bytes take time in proportion") {
    std::string text;
    for (int i = 0; i < 50'000; ++i) {
        text += "k" + std::to_string(i) + ": é\n";
    }
    const auto document = parsed(text);
    CHECK(document.size() == 100'001);
    CHECK(document.root()->value(49'999).position() == yaml::Position{50'000, 9});
    CHECK_FALSE(yaml::Document::parse(text + "k77: x\n"));
    std::string many = "[";
    for (int i = 0; i < 200'001; ++i) {
        many += "1,";
    }
    const auto refused = yaml::Document::parse(many + "]");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("copies share a document, and nodes live as long as one of them") {
    std::optional<yaml::Node> node;
    std::optional<yaml::Document> kept;
    {
        const auto document = parsed("a: \"x\\ny\"\n");
        node = yaml::find(document, {"a"});
        kept = document;
    }
    CHECK(node->text() == "x\ny");
    CHECK(*node == kept->root()->value(0));
    CHECK(yaml::to_string({"trigger", "paths", "0"}) == "trigger/paths/0");
    CHECK_FALSE(yaml::find(*kept, {"a", "b"}));
    CHECK_FALSE(yaml::find(*kept, {"0"}));
}

TEST_CASE("what the cloud passes over is told, when asked for") {
    const auto forgiven = [](const std::string& text) {
        auto document = yaml::Document::parse(text, {.forgiving = true});
        REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error().message));
        return *document;
    };
    const auto twice = forgiven("a: 1\nb: {c: 2, 'c': 3}\na: 4\n");
    REQUIRE(twice.oddities().size() == 2);
    CHECK(twice.oddities()[0].key == "c");
    CHECK(twice.oddities()[0].position == yaml::Position{2, 11});
    CHECK(twice.oddities()[1].is_key);
    CHECK(twice.oddities()[1].first == yaml::Position{1, 1});
    CHECK(twice.root()->find("a")->text() == "1");
    std::string many;
    for (int i = 0; i < 50; ++i) {
        many += "k" + std::to_string(i) + ": 1\n";
    }
    CHECK(forgiven(many + "k7: 2\n").oddities().size() == 1);

    const auto second = forgiven("a: 1\n---\na: [broken\n");
    REQUIRE(second.oddities().size() == 1);
    CHECK_FALSE(second.oddities()[0].is_key);
    CHECK(second.oddities()[0].position == yaml::Position{2, 1});
    CHECK(second.root()->size() == 1);
    CHECK(forgiven("a: 1\n...\n").oddities().empty());
    CHECK_FALSE(yaml::Document::parse("a: 1\n}\n", {.forgiving = true}));
}

TEST_CASE("UTF-16 is named") {
    for (const std::string& text : {std::string("\xff\xfe"
                                                "a\0",
                                                4),
                                    std::string("\xfe\xff\0a", 4)}) {
        CHECK(yaml::is_utf16(text));
        const auto document = yaml::Document::parse(text);
        REQUIRE_FALSE(document);
        CHECK(document.error().message ==
              "Line 1, column 1: this is UTF-16 text, and a file must be UTF-8.");
        CHECK(document.error().hint == "Save it as UTF-8.");
    }
    CHECK_FALSE(yaml::is_utf16("a: b\n"));
}
