// Names that configuration and code have in common: channels, matchers, and what code opens.
#include "core/project/check.h"
#include "tests/core/project/configuration.h"
#include "tests/core/project/problems.h"
#include "tests/support/vectors.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::project;

TEST_CASE("channels and matchers are compared with who uses them") {
    const std::string function =
        id + "trigger:\n    type: pubsub\n    channel: orders\n" + function_end;
    const auto messaging = [](const std::string& rest) { return id + "channel:\n" + rest; };
    const auto channel = [&](const std::string& path, const std::string& text) {
        return has(check(project_of({{"applications/a/config.yaml", id},
                                     {"applications/b/config.yaml", id},
                                     {"applications/a/functions/f.yaml", function},
                                     {path, text}})),
                   "channel");
    };
    CHECK_FALSE(channel("messaging/m.yaml", messaging("    match: orders\n")));
    CHECK_FALSE(channel("applications/a/messaging/m.yaml", messaging("    match: orders\n")));
    CHECK_FALSE(channel("messaging/m.yaml", messaging("    match: ord.*\n    regex: true\n")));
    CHECK_FALSE(channel("messaging/m.yaml", messaging("    match: (or|x)\n    regex: true\n")));
    CHECK(channel("messaging/m.yaml", messaging("    match: ^other\n    regex: true\n")));
    CHECK(channel("applications/b/messaging/m.yaml", messaging("    match: orders\n")));
    CHECK(channel("messaging/m.yaml", messaging("    match: Orders\n")));

    const Store store =
        project_of({{"applications/a/config.yaml", id},
                    {"applications/a/functions/f.yaml", function},
                    {"functions/g.yaml", function},
                    {"databases/d.yaml", id + "match: /orders\nstorage: {size: 1GB}\n"},
                    {"databases/e.yaml", id + "match: /other\nstorage: {size: 1GB}\n"},
                    {"messaging/m.yaml", messaging("    match: orders\n")}});
    CheckOptions options;
    options.code = std::make_shared<CodeStrings>(CodeStrings::from(
        {{"functions/g/.taubyte/config.yaml", ""},
         {"functions/g/g.go", "// it's\nfunc f() { database.New(\"/orders\"); x := `orders` }\n"},
         {"applications/a/functions/f/.taubyte/build.sh", ""}}));
    const auto problems = check(store, options);
    CHECK(only(problems, "matcher").path == "databases/e.yaml");
    CHECK(only(problems, "matcher").severity == Severity::note); // code is missing
    const Problem missing = only(problems, "code-missing");
    CHECK(missing.sentence == "no taubyte directory found in a/functions/f");
    CHECK(store.file(missing.path)->document()->root()->find("source")->position() ==
          missing.position);
    CHECK(missing.hint.find("applications/a/functions/f") != std::string::npos);
}

TEST_CASE("names that code opens are compared with what matches them") {
    const std::string function = id + "trigger:\n    type: pubsub\n    channel: c\n" + function_end;
    const git::Files configuration{
        {"config.yaml", id},
        {"applications/a/config.yaml", id},
        {"applications/b/config.yaml", id},
        {"functions/g.yaml", function},
        {"applications/a/functions/f.yaml", function},
        {"databases/d.yaml", id + "match: /kv\nstorage: {size: 1GB}\n"},
        {"applications/a/storages/s.yaml", id + "match: files\nobject: {size: 1GB}\n"},
        {"messaging/m.yaml", id + "channel:\n    match: ^room/[a-z]+$\n    regex: true\n"},
        {"applications/b/databases/b.yaml", id + "match: b\nstorage: {size: 1GB}\n"}};
    const std::string database = "import \"github.com/taubyte/go-sdk/database\"\n";
    const std::string storage = "import files \"bitbucket.org/taubyte/go-sdk/storage\"\n";
    const std::string node = "import \"github.com/taubyte/go-sdk/pubsub/node\"\n";
    const std::string rust = "use taubyte_sdk::{database::Database, pubsub::node::Channel};\n";
    const std::string global = "functions/g/main.go";
    const std::string own = "a/functions/f/lib/main.go";
    const struct {
        std::string path;
        std::string code;
        std::string opens; ///< what nothing matches; empty: all is well
    } cases[]{
        {global, database + "x := database.New(\"/kv\")", ""},
        {global, database + "x := database.New(\"/kv/more\")", ""},
        {global, database + "x := database.New( `kv` )", "database \"kv\""},
        {global, database + "x := database.New(\"/kV\")", "database \"/kV\""},
        {own, database + "x := database.New(\"/kv\")", ""},
        {own, database + "x := database.New(\"b\")", "database \"b\""},
        {own, storage + "x := files.Get(\"files\")", ""},
        {global, storage + "x := files.Get(\"files\")", "storage \"files\""},
        {global, storage + "x := storage.Get(\"none\")", ""}, // another package of that name
        {global, node + "x := pubsubnode.Channel(\"room/ab\")", ""},
        {global, node + "x := pubsubnode.Channel(\"room/AB\")", "messaging \"room/AB\""},
        {global, database + "x := database.New(\"/k\" + name)", ""},
        {global, database + "x := database.New(name)", ""},
        {global, database + "// database.New(\"none\")\n/* database.New(\"none\") */", ""},
        {global, database + "x := \"database.New(\" + `database.New(\"none\")`", ""},
        {global, database + "c := '\"'; x := my.database.New(\"none\")", ""},
        {global, "x := database.New(\"none\")", ""}, // not the SDK's
        {"functions/g/main_test.go", database + "x := database.New(\"none\")", ""},
        {"libs/main.go", database + "x := database.New(\"none\")", ""},
        {"functions/g/lib.rs", rust + "let d = Database::new(\"none\")?;", "database \"none\""},
        {"functions/g/lib.rs", rust + "fn f<'a>(x: &'a str) { Database::new(\"/kv\"); }", ""},
        {"functions/g/lib.rs", rust + "let c = Channel::new(\"lobby\".to_string());",
         "messaging \"lobby\""},
        {"functions/g/lib.rs", "let d = Database::new(\"none\")?;", ""}};
    const Store store = project_of(configuration);
    for (const auto& each : cases) {
        CAPTURE(each.path);
        CAPTURE(each.code);
        CheckOptions options;
        options.code = std::make_shared<CodeStrings>(
            CodeStrings::from({{"functions/g/.taubyte/config.yaml", ""},
                               {"a/functions/f/.taubyte/config.yaml", ""},
                               {each.path, each.code + "\n"}}));
        const auto problems = check(store, options);
        REQUIRE(has(problems, "opens") == !each.opens.empty());
        if (!each.opens.empty()) {
            const Problem found = only(problems, "opens");
            CHECK(found.severity == Severity::warning);
            CHECK_MESSAGE(found.sentence.find(each.opens) != std::string::npos, found.sentence);
            CHECK(found.sentence.starts_with(each.path + ":2 opens"));
            CHECK(found.position == yaml::Position{5, 9}); // source: .
        }
        // All code is here, so a matcher that none of it has is of no use to it.
        for (const Problem& problem : problems) {
            if (problem.code == "matcher") {
                CHECK(problem.severity == (problem.path.starts_with("applications/b/")
                                               ? Severity::note
                                               : Severity::warning));
            }
        }
    }
}

TEST_CASE("a real project and its code agree") {
    const auto vectors = test::vectors();
    if (vectors.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    const auto store = Store::load(vectors / "taubyte/tb_ChatProject");
    REQUIRE(store);
    const auto problems = [&](const std::string& name) {
        git::Files code;
        for (const char* function : {"Get_Messages", "Get_SocketURL", "Save_Messages"}) {
            const std::string folder = std::string("functions/") + function;
            code[folder + "/.taubyte/config.yaml"] = "";
            code[folder + "/code.go"] =
                "package lib\n\nimport (\n\t\"bitbucket.org/taubyte/go-sdk/database\"\n"
                "\t\"bitbucket.org/taubyte/go-sdk/pubsub\"\n)\n\nfunc open() {\n"
                "\tdatabase.New(\"" +
                name + "\")\n\tpubsub.Channel(\"chatChannel\")\n}\n";
        }
        CheckOptions options;
        options.code = std::make_shared<CodeStrings>(CodeStrings::from(code));
        return check(*store, options);
    };
    const auto good = problems("Chat_Database");
    CHECK_FALSE(has(good, "opens"));
    CHECK_FALSE(has(good, "matcher"));
    CHECK_FALSE(has(good, "code-missing"));
    const auto bad = problems("chat_database");
    CHECK(has(bad, "opens"));
    CHECK(only(bad, "matcher").severity == Severity::warning);
}
