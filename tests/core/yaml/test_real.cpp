#include "core/base/file.h"
#include "core/base/text.h"
#include "core/yaml/edit.h"
#include "core/yaml/emit.h"
#include "core/yaml/scalar.h"
#include "suite.h"
#include "tests/support/vectors.h"

#include <array>
#include <doctest/doctest.h>
#include <random>
#include <yaml-cpp/yaml.h>

namespace yaml = tau::yaml;
namespace fs = std::filesystem;
using tau::ErrorCode;

namespace {

std::vector<fs::path> real_files() {
    std::vector<fs::path> files;
    const fs::path folder = tau::test::vectors();
    if (folder.empty()) {
        return files;
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder / "taubyte")) {
        if (entry.is_regular_file() && entry.path().extension() == ".yaml") {
            files.push_back(entry.path());
        }
    }
    return files;
}

std::vector<std::string> naughty_strings() {
    std::vector<std::string> all;
    const fs::path folder = tau::test::vectors();
    if (!folder.empty()) {
        const auto text = tau::read_file(folder / "blns/blns.json");
        REQUIRE(text);
        all = nlohmann::json::parse(*text).get<std::vector<std::string>>();
    }
    return all;
}

const std::string sample = "# top\nid: Qm1\nname: 'a'\ndescription: \"b\"\ntags:\n    - c # d\n"
                           "flow: {e: f, g: [h]}\ntext: |\n    i\n    j\nlast: k\n";

/// Puts the string into each place of the sample and reads it back with both parsers.
void try_string(const std::string& naughty) {
    const auto document = yaml::Document::parse(sample);
    REQUIRE(document);
    for (const yaml::Path& path : {yaml::Path{"name"},
                                   {"description"},
                                   {"tags", "0"},
                                   {"flow", "e"},
                                   {"flow", "g", "0"},
                                   {"text"},
                                   {"last"},
                                   {"new"},
                                   {"x", "y"}}) {
        CAPTURE(naughty);
        CAPTURE(yaml::to_string(path));
        const auto text = yaml::set(*document, path, yaml::Value::of_text(naughty));
        REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
        const auto again = yaml::Document::parse(*text);
        REQUIRE(again);
        const auto node = yaml::find(*again, path);
        REQUIRE(node);
        CHECK(node->text() == naughty);
        CHECK(yaml::scalar_type(*node) == yaml::ScalarType::text);
        YAML::Node other = YAML::Load(*text);
        for (const std::string& step : path) {
            const auto index = other.IsSequence() ? std::optional(std::stoul(step)) : std::nullopt;
            other.reset(index ? other[*index] : other[step]);
        }
        CHECK(other.Scalar() == naughty);
    }
    // As a key too, unless the map has it already.
    const auto named = yaml::rename_key(*document, {"last"}, naughty);
    if (!named) {
        const bool long_key = naughty.size() > 500;
        const bool taken = document->root()->find(naughty).has_value();
        CHECK((long_key || taken));
    } else {
        CHECK(yaml::Document::parse(*named)->root()->find(naughty)->text() == "k");
    }
}

} // namespace

TEST_CASE("each value of each real file can be changed and changed back") {
    const auto files = real_files();
    if (files.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    CHECK(files.size() > 40);
    std::size_t values = 0;
    for (const fs::path& file : files) {
        CAPTURE(file);
        const auto text = tau::read_file(file);
        REQUIRE(text);
        const auto document = yaml::Document::parse(*text);
        REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error().message));
        CHECK(document->text() == *text);
        for (const yaml::Path& path : tau::test::scalar_paths(*document)) {
            CAPTURE(yaml::to_string(path));
            const yaml::Node old = *yaml::find(*document, path);
            const bool is_text = yaml::scalar_type(old) == yaml::ScalarType::text;
            const auto other = yaml::set(*document, path, yaml::Value::of_text("other"));
            REQUIRE_MESSAGE(other.has_value(), (other ? "" : other.error().message));
            const std::size_t after = text->size() - old.end_byte();
            CHECK(other->substr(0, old.start_byte()) == text->substr(0, old.start_byte()));
            CHECK(other->substr(other->size() - after) == text->substr(old.end_byte()));
            const std::string value(old.text());
            const auto back =
                yaml::set(*yaml::Document::parse(*other), path,
                          is_text ? yaml::Value::of_text(value) : yaml::Value::of_plain(value));
            REQUIRE(back);
            CHECK(*back == *text);
            ++values;
        }
    }
    MESSAGE(values << " values in " << files.size() << " files");
}

TEST_CASE("the naughty strings come back as they were") {
    const auto strings = naughty_strings();
    if (strings.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    CHECK(strings.size() > 400);
    for (const std::string& naughty : strings) {
        try_string(naughty);
    }
}

TEST_CASE("made-up strings come back as they were") {
    constexpr std::array parts{
        " ",  "  ",   "\n", "\n\n",   "\t",     "\r",     ":",      ": ",   " #",   "#",    "-",
        "- ", "?",    "'",  "\"",     "\\",     "|",      ">",      "{",    "}",    "[",    "]",
        ",",  "&",    "*",  "!",      "%",      "@",      "`",      "a",    "b",    "true", "1",
        "é",  "€",    "😀",  "\u0085", "\u2028", "\ufeff", "\u00a0", "\x01", "\x7f", "..",   "---",
        "~",  "null", "0x", "=",      "<<",     "\uffff", "x:y"};
    std::mt19937 random(20261122);
    for (int i = 0; i < 400; ++i) {
        std::string text;
        const auto length = random() % 7;
        for (std::size_t k = 0; k < length; ++k) {
            text += parts[random() % parts.size()];
        }
        try_string(text);
    }
}

TEST_CASE("a text that is not UTF-8, or holds NUL, is refused") {
    const auto document = yaml::Document::parse(sample);
    for (const std::string& text :
         {std::string("a\0b", 3), std::string("\xc3"), std::string("\xed\xa0\x80")}) {
        const auto refused = yaml::set(*document, {"name"}, yaml::Value::of_text(text));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid_argument);
        CHECK_FALSE(yaml::rename_key(*document, {"name"}, text));
    }
}
