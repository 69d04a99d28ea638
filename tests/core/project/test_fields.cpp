// Fields of documents as a form reads and writes them.
#include "core/project/field_value.h"

#include "core/project/reading.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::project;

namespace {

yaml::Document parsed(const std::string& text) {
    auto document = yaml::Document::parse(text);
    REQUIRE(document);
    return *document;
}

const FieldRow& row_of(KindId id, std::string_view path) {
    const FieldRow* found = row(kind(id), path);
    REQUIRE(found != nullptr);
    return *found;
}

/// What the text becomes when a person types `text` and leaves the field.
std::string typed(KindId id, std::string_view path, const std::string& before,
                  const std::string& text, bool finished = true) {
    const yaml::Document document = parsed(before);
    const FieldRow& field = row_of(id, path);
    FieldValue value = read_field(document, field, paths_of(document, field).front());
    if (is_list(field.type)) {
        value.items = text.empty() ? std::vector<std::string>() : std::vector{text};
    } else {
        value.text = text;
    }
    auto after = write_field(document, field, value, finished);
    REQUIRE(after);
    return *after;
}

} // namespace

TEST_CASE("a field is read where it stands, also under its older key") {
    const auto document = parsed("domains:\n    - a\n    - b\ntrigger:\n    service: /x/v1\n"
                                 "    paths: {odd: shape}\n");
    const auto read = [&](std::string_view path) {
        return read_field(document, row_of(KindId::function, path), std::string(path));
    };
    CHECK(read("trigger/domains").items == std::vector<std::string>{"a", "b"});
    CHECK(read("trigger/domains").path == yaml::Path{"domains"});
    CHECK(read("trigger/protocol").text == "/x/v1");
    CHECK(read("trigger/protocol").path == yaml::Path{"trigger", "service"});
    CHECK_FALSE(read("trigger/paths").readable);
    CHECK_FALSE(read("execution/memory").present);
    CHECK(read("execution/memory").path == yaml::Path{"execution", "memory"});
}

TEST_CASE("a field that is written changes its own bytes") {
    const std::string text = "# top\nid: x # never\nexecution:\n    memory: 10MB  # enough\n"
                             "    call: 'ping'\n";
    CHECK(typed(KindId::function, "execution/memory", text, "64MB") ==
          "# top\nid: x # never\nexecution:\n    memory: 64MB  # enough\n    call: 'ping'\n");
    CHECK(typed(KindId::function, "execution/call", text, "pong") ==
          "# top\nid: x # never\nexecution:\n    memory: 10MB  # enough\n    call: 'pong'\n");
    CHECK(typed(KindId::function, "execution/memory", text, "10MB") == text);
    CHECK(typed(KindId::function, "description", text, "") == text);
    CHECK(typed(KindId::messaging, "local", "local: false\n", "true") == "local: true\n");
}

TEST_CASE("an emptied field stays while one types, and goes where empty cannot be") {
    const std::string text = "id: x\nnotification:\n    email: a@b.org\ndescription: d\n";
    CHECK(typed(KindId::project, "notification/email", text, "", false) ==
          "id: x\nnotification:\n    email: \"\"\ndescription: d\n");
    CHECK(typed(KindId::project, "notification/email", text, "") == "id: x\ndescription: d\n");
    CHECK(typed(KindId::project, "description", text, "") ==
          "id: x\nnotification:\n    email: a@b.org\ndescription: \"\"\n");
    CHECK(typed(KindId::database, "access/network", "access:\n    network: all\nid: x\n", "") ==
          "id: x\n");
}

TEST_CASE("a block's key is its value, and what is in it stays") {
    const std::string text = "object:\n    size: 1GB\nmatch: a\n";
    const auto document = parsed(text);
    const FieldRow& size = row_of(KindId::storage, "{object|streaming}/size");
    CHECK(paths_of(document, size) == std::vector<std::string>{"object/size"});
    CHECK(typed(KindId::storage, "{object|streaming}", text, "streaming") ==
          "streaming:\n    size: 1GB\nmatch: a\n");
    CHECK(holds(document, kind(KindId::storage),
                row_of(KindId::storage, "object/versioning").shown_when));
    CHECK_FALSE(holds(document, kind(KindId::storage),
                      row_of(KindId::storage, "streaming/ttl").shown_when));
    CHECK(paths_of(parsed("clouds:\n    a.io:\n        plan: p\n    b.io: {}\n"),
                   row_of(KindId::project, "clouds/*/plan")) ==
          std::vector<std::string>{"clouds/a.io/plan", "clouds/b.io/plan"});
}

TEST_CASE("a form shows what the check reads") {
    struct Case {
        const char* written;
        const char* shown;
    };
    const FieldRow& regex = row_of(KindId::database, "regex");
    const FieldRow& text = row_of(KindId::database, "description");
    for (const Case& each :
         {Case{"true", "true"}, Case{"True", "true"}, Case{"TRUE", "true"}, Case{"yes", "true"},
          Case{"on", "true"}, Case{"\"yes\"", "true"}, Case{"*t", "true"}, Case{"False", "false"},
          Case{"no", "false"}, Case{"~", ""}, Case{"", ""}, Case{"\"true\"", ""}, Case{"1", ""}}) {
        CAPTURE(each.written);
        const auto document =
            parsed("x: &t true\nregex: " + std::string(each.written) + "\nmatch: a\n");
        const FieldValue value = read_field(document, regex, "regex");
        CHECK(value.text == each.shown);
        const Reading reading =
            read_value(regex.type, document.root()->find("regex"), document.root());
        CHECK((value.text == "true") == (reading.state == Reading::State::good && reading.truth));
        if (!value.text.empty()) { // an empty one goes, as nobody can choose it
            CHECK(*write_field(document, regex, value, false) == document.text());
        }
    }
    for (const Case& each : {Case{"~", ""}, Case{"null", ""}, Case{"\"~\"", "~"},
                             Case{"'null'", "null"}, Case{"5", "5"}, Case{"*t", ""}}) {
        CAPTURE(each.written);
        const auto document = parsed("x: &t ~\ndescription: " + std::string(each.written) + "\n");
        CHECK(read_field(document, text, "description").text == each.shown);
    }
    CHECK(typed(KindId::database, "description", "description: a\n", "~") ==
          "description: \"~\"\n");
    CHECK(typed(KindId::database, "description", "description: \"~\"\n", "~x") ==
          "description: \"~x\"\n");
    // What is under the newer key and cannot be taken leaves the word to the older one.
    const auto both = parsed("trigger:\n    domains: {a: b}\ndomains: [c]\n");
    const FieldValue value =
        read_field(both, row_of(KindId::function, "trigger/domains"), "trigger/domains");
    CHECK(value.items == std::vector<std::string>{"c"});
    CHECK(value.path == yaml::Path{"domains"});
    CHECK_FALSE(read_field(parsed("tags: [a, {b: c}]\n"), row_of(KindId::database, "tags"), "tags")
                    .readable);
}
