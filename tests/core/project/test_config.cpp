#include "core/project/config.h"

#include "core/base/file.h"
#include "tests/support/vectors.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>

using namespace tau;
using namespace tau::project;

namespace {

Draft draft_of(const std::string& name, const std::string& description, const std::string& email) {
    Draft draft;
    draft.name = name;
    draft.description = description;
    draft.email = email;
    draft.git_host = "host";
    draft.owner = "me";
    draft.configuration.name = "tb_x";
    draft.code.name = "tb_code_x";
    draft.vaults.push_back(VaultChoice{"node", Bytes{}});
    return draft;
}

ProjectConfig read_back(const Draft& draft) {
    const auto files = configuration_files(draft, "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4");
    const auto config = parse_config(files.at("config.yaml"));
    REQUIRE_MESSAGE(config.has_value(), files.at("config.yaml"));
    return *config;
}

} // namespace

TEST_CASE("config.yaml is written as the cloud's own tools write it") {
    const auto files =
        configuration_files(draft_of("testproject", "A project used in tests", "test@taubyte.com"),
                            "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4");
    CHECK(files.at("config.yaml") == "id: Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4\n"
                                     "name: testproject\n"
                                     "description: A project used in tests\n"
                                     "notification:\n"
                                     "    email: test@taubyte.com\n");
    CHECK(files.count("README.md") == 1);
    CHECK(code_files(draft_of("testproject", "", "")).count("README.md") == 1);
}

TEST_CASE("names and descriptions that YAML would take for something else come back as they were") {
    for (const std::string text : {"true", "no", "null", "y", "On"}) {
        CHECK(read_back(draft_of(text, text, "")).name == text);
    }
    for (const std::string text : {"",
                                   " ",
                                   "a: b",
                                   "a #b",
                                   "- a",
                                   "1e3",
                                   "0x1F",
                                   "2001-01-01",
                                   "~",
                                   "\"quoted\"",
                                   "'a'",
                                   "trailing ",
                                   "two\nlines\n",
                                   "tab\there",
                                   "\\n",
                                   "%TAG",
                                   "@at",
                                   "`tick`",
                                   "{a: b}",
                                   "é ü 漢字 🎉",
                                   "\xef\xbb\xbftext",
                                   "---",
                                   "...",
                                   "=",
                                   "<<"}) {
        CHECK(read_back(draft_of("shop", text, "")).description == text);
    }
}

TEST_CASE("naughty strings are kept exactly or refused with a sentence") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    const auto text = read_file(test::vectors() / "blns" / "blns.json");
    REQUIRE(text.has_value());
    std::size_t kept = 0;
    for (const auto& entry : nlohmann::json::parse(*text)) {
        const auto naughty = entry.get<std::string>();
        for (const Draft& draft : {draft_of(naughty, "", ""), draft_of("shop", naughty, ""),
                                   draft_of("shop", "", naughty)}) {
            if (!validate(draft).empty()) {
                CHECK(validate(draft)[0].sentence.size() > 10);
                continue;
            }
            ++kept;
            const ProjectConfig back = read_back(draft);
            CHECK(back.name == draft.name);
            CHECK(back.description == draft.description);
            CHECK(back.email == draft.email);
        }
    }
    CHECK(kept > 400);
}

TEST_CASE("project ids have the form of the cloud's, and never repeat") {
    SystemEntropy entropy;
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        const std::string id = new_project_id(entropy);
        CHECK(is_project_id(id));
        CHECK(seen.insert(id).second);
    }
    CHECK(is_project_id("Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4"));
    for (const char* bad : {"", "Qm", "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU",
                            "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDb0l",
                            "12D3KooWKAT00000000000000000000000000000000000"}) {
        CHECK_FALSE(is_project_id(bad));
    }
}

TEST_CASE("a broken config.yaml is refused with its place") {
    const auto message = [](std::string_view yaml) {
        const auto config = parse_config(yaml);
        return config ? std::string("accepted") : config.error().message;
    };
    CHECK(message("id: [\n").find("line 2") != std::string::npos);
    CHECK(message("name: shop\n").find("no id") != std::string::npos);
    CHECK(message("id: a\nname: [x]\n").find("line 2, column 7") != std::string::npos);
    CHECK(message("- a\n").find("not a list of settings") != std::string::npos);
    CHECK(message("").find("not a list of settings") != std::string::npos);
    CHECK(message(std::string(2U << 20U, 'a')).find("1 MB") != std::string::npos);
    CHECK(message(std::string(100000, '[')).find("cannot be read") != std::string::npos);
}

TEST_CASE("real configuration repositories can be read") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    for (const char* name : {"tb_test_project", "tb_ChatProject", "tb_examples"}) {
        const auto yaml = read_file(test::vectors() / "taubyte" / name / "config.yaml");
        REQUIRE(yaml.has_value());
        const auto config = parse_config(*yaml);
        REQUIRE(config.has_value());
        CHECK(is_project_id(config->id));
        CHECK_FALSE(config->name.empty());
    }
}
