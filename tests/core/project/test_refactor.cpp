// Renames, moves, clones and deletions with every reference following.
#include "core/project/refactor.h"

#include "core/base/file.h"
#include "core/project/check.h"
#include "core/project/scalars.h"
#include "core/project/scope.h"
#include "core/project/templates.h"
#include "tests/core/project/configuration.h"
#include "tests/support/entropy.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace tau;
using namespace tau::project;
namespace fs = std::filesystem;

namespace {

std::string function(const std::string& domains, const std::string& source = ".") {
    return id + "source: " + source +
           "\ntrigger:\n    type: https\n    method: GET\n    paths:\n        - /\ndomains: " +
           domains + " # where\n" + execution;
}
std::string library() {
    return id + "source:\n    github:\n        id: 1\n        fullname: a/b\n";
}

Store shop() {
    const auto store = Store::from(
        {{"config.yaml", id + "name: shop\n"},
         {"domains/main.yaml", id + "name: main\nfqdn: a.b\ntags: [smartops:gpu]\n"},
         {"libraries/shared.yaml", library()},
         {"smartops/gpu.yaml", id + "source: libraries/shared\n" + execution},
         {"functions/top.yaml", function("[main]", "\"libraries/shared\"")},
         {"applications/a/config.yaml", id + "name: a\n"},
         {"applications/a/README.md", "x"},
         {"applications/a/domains/own.yaml", id + "fqdn: c.d\n"},
         {"applications/a/functions/f.yaml", function("[own, \"main\", /main]")},
         {"applications/a/functions/g.yaml", function("\n    - ../main # up\n    - own")},
         {"applications/b/config.yaml", id},
         {"applications/b/messaging/m.yaml", id + "channel:\n    match: orders\n"},
         {"applications/b/functions/listen.yaml",
          id + "source: .\ntrigger:\n    type: pubsub\n    channel: orders\n" + execution}});
    REQUIRE(store.has_value());
    return *store;
}

const Resource& at(const Store& store, const std::string& path) {
    for (const Resource& each : store.resources()) {
        if (each.path() == path) {
            return each;
        }
    }
    FAIL("no " << path);
    return store.resources()[0];
}

std::set<std::string> users(const Store& store, const std::string& path) {
    std::set<std::string> all;
    for (const Reference& each : References(store).used_by(at(store, path))) {
        all.insert(each.from.path() + " " + each.field);
    }
    return all;
}

Store after(Store store, const Result<Plan>& plan) {
    REQUIRE_MESSAGE(plan.has_value(), plan.error().message);
    REQUIRE(store.apply(plan->edits));
    return store;
}

std::string text(const Store& store, const std::string& path) {
    const File* file = store.file(path);
    return file == nullptr ? "(none)" : file->text();
}

} // namespace

TEST_CASE("who uses a resource") {
    const Store store = shop();
    CHECK(first_error(check(store)) == nullptr);
    CHECK(users(store, "domains/main.yaml") ==
          std::set<std::string>{"functions/top.yaml domains/0",
                                "applications/a/functions/f.yaml domains/1",
                                "applications/a/functions/f.yaml domains/2",
                                "applications/a/functions/g.yaml domains/0"});
    CHECK(users(store, "libraries/shared.yaml") ==
          std::set<std::string>{"functions/top.yaml source", "smartops/gpu.yaml source"});
    CHECK(users(store, "smartops/gpu.yaml") == std::set<std::string>{"domains/main.yaml tags/0"});
    CHECK(users(store, "applications/b/messaging/m.yaml") ==
          std::set<std::string>{"applications/b/functions/listen.yaml trigger/channel"});
    CHECK(users(store, "functions/top.yaml").empty());
    const auto uses = References(store).uses_of(at(store, "functions/top.yaml"));
    CHECK(uses.size() == 2);
}

TEST_CASE("a rename takes every reference along, and no other byte") {
    const Store before = shop();
    const auto plan = plan_rename(before, at(before, "domains/main.yaml"), "front");
    const Store store = after(before, plan);
    CHECK(plan->label == "Rename main to front");
    CHECK(text(store, "domains/main.yaml") == "(none)");
    CHECK(text(store, "domains/front.yaml") ==
          id + "name: front\nfqdn: a.b\ntags: [smartops:gpu]\n");
    CHECK(text(store, "functions/top.yaml") == function("[front]", "\"libraries/shared\""));
    CHECK(text(store, "applications/a/functions/f.yaml") == function("[own, \"front\", /front]"));
    CHECK(text(store, "applications/a/functions/g.yaml") ==
          function("\n    - ../front # up\n    - own"));
    CHECK(plan->edits.size() == 5);
    CHECK(first_error(check(store)) == nullptr);

    const Store library =
        after(before, plan_rename(before, at(before, "libraries/shared.yaml"), "x"));
    CHECK(text(library, "functions/top.yaml") == function("[main]", "\"libraries/x\""));
    const Store smartop =
        after(before, plan_rename(before, at(before, "smartops/gpu.yaml"), "tpu"));
    CHECK(text(smartop, "domains/main.yaml") ==
          id + "name: main\nfqdn: a.b\ntags: [\"smartops:tpu\"]\n");
}

TEST_CASE("a rename that another resource's name hides is written so that it is found") {
    const Store before = shop();
    // Global main becomes own, which application a has too: "own" there means another one.
    const auto plan = plan_rename(before, at(before, "domains/main.yaml"), "own");
    const Store store = after(before, plan);
    CHECK(text(store, "applications/a/functions/f.yaml") == function("[own, \"/own\", /own]"));
    CHECK(text(store, "functions/top.yaml") == function("[own]", "\"libraries/shared\""));
    CHECK(plan->notes.size() == 1);
    // The other way round, names that meant the global one must still mean it.
    const Store hidden =
        after(before, plan_rename(before, at(before, "applications/a/domains/own.yaml"), "main"));
    CHECK(text(hidden, "applications/a/functions/f.yaml") == function("[main, \"/main\", /main]"));
}

TEST_CASE("an inline function's code moves along") {
    const Store store = shop();
    const auto renamed = plan_rename(store, at(store, "applications/a/functions/f.yaml"), "h");
    REQUIRE(renamed.has_value());
    REQUIRE(renamed->code_moves.size() == 1);
    CHECK(renamed->code_moves[0].from == "a/functions/f");
    CHECK(renamed->code_moves[0].to == "a/functions/h");
    const auto gone = plan_remove(store, at(store, "applications/a/functions/f.yaml"));
    REQUIRE(gone.has_value());
    REQUIRE(gone->code_moves.size() == 1);
    CHECK(gone->code_moves[0].to.empty());
    CHECK(plan_remove(store, at(store, "functions/top.yaml"))->code_moves.empty());
    const auto library_made = plan_rename(store, at(store, "functions/top.yaml"), "h");
    REQUIRE(library_made.has_value());
    CHECK(library_made->code_moves.empty());
}

TEST_CASE("moves between applications keep what can be kept and refuse what cannot") {
    const Store before = shop();
    const auto up = plan_move(before, at(before, "applications/a/domains/own.yaml"), "");
    const Store store = after(before, up);
    CHECK(text(store, "domains/own.yaml") == id + "fqdn: c.d\n");
    CHECK(text(store, "applications/a/functions/f.yaml") ==
          text(before, "applications/a/functions/f.yaml"));
    CHECK(first_error(check(store)) == nullptr);

    const auto aside = plan_move(before, at(before, "applications/a/domains/own.yaml"), "b");
    REQUIRE(!aside.has_value());
    CHECK(aside.error().code == ErrorCode::conflict);
    CHECK(aside.error().detail.find("applications/a/functions/g.yaml") != std::string::npos);
    const auto away = plan_move(before, at(before, "applications/a/functions/f.yaml"), "");
    REQUIRE(!away.has_value());
    CHECK(away.error().code == ErrorCode::conflict);
    // "main" from application b is found as before.
    const auto listens = plan_move(before, at(before, "applications/b/messaging/m.yaml"), "a");
    REQUIRE(listens.has_value());
    CHECK(listens->notes.size() == 1);
}

TEST_CASE("applications are renamed, cloned and deleted with all that is in them") {
    const Store before = shop();
    const Resource& a = at(before, "applications/a/config.yaml");
    const auto plan = plan_rename(before, a, "front");
    const Store store = after(before, plan);
    CHECK(text(store, "applications/front/config.yaml") == id + "name: front\n");
    CHECK(text(store, "applications/front/functions/f.yaml") ==
          text(before, "applications/a/functions/f.yaml"));
    CHECK(text(store, "applications/a/functions/f.yaml") == "(none)");
    CHECK(plan->notes.empty());
    CHECK(plan->code_moves[0].to == "front");
    CHECK(move_edits(plan->other_moves, {{"applications/a/README.md", "hello"},
                                         {"applications/ab/README.md", "not this"}}) ==
          Edits{{"applications/a/README.md", std::nullopt},
                {"applications/front/README.md", "hello"}});

    test::CountingEntropy entropy(1);
    const auto clone = plan_clone(before, a, "copy", "", entropy, 1000);
    const Store both = after(before, clone);
    CHECK(text(both, "applications/a/functions/f.yaml") ==
          text(before, "applications/a/functions/f.yaml"));
    const std::string copied = text(both, "applications/copy/functions/f.yaml");
    CHECK(copied.substr(50) == text(before, "applications/a/functions/f.yaml").substr(50));
    CHECK(!copied.starts_with(id));
    CHECK(!cid_problem(copied.substr(4, 46)));
    CHECK(clone->code_moves[0].copy);
    CHECK(move_edits(clone->other_moves, {{"applications/a/x.bin", "x"}}) ==
          Edits{{"applications/copy/x.bin", "x"}});

    const auto removed = plan_remove(before, a);
    const Store gone = after(before, removed);
    CHECK(move_edits(removed->code_moves, {{"a/functions/f/f.go", "x"}, {"b/x", "y"}}) ==
          Edits{{"a/functions/f/f.go", std::nullopt}});
    CHECK(removed->other_moves.size() == 1);
    CHECK(gone.file("applications/a/functions/f.yaml") == nullptr);
    CHECK(gone.file("applications/b/config.yaml") != nullptr);
}

TEST_CASE("an application with a file that was not read is not copied without it") {
    const test::TemporaryDirectory folder;
    for (const auto& [path, text] :
         {std::pair("config.yaml", id + "name: shop\n"),
          {"applications/a/config.yaml", id},
          {"applications/a/functions/f.yaml", id + "# " + std::string(1000, 'x') + "\n"}}) {
        fs::create_directories((folder.path() / path).parent_path());
        REQUIRE(write_file_atomic(folder.path() / path, std::string_view(text)));
    }
    const auto store = Store::load(folder.path(), {.file_bytes = 500});
    REQUIRE(store.has_value());
    test::CountingEntropy entropy(1);
    const Resource& a = at(*store, "applications/a/config.yaml");
    for (const auto& plan :
         {plan_clone(*store, a, "copy", "", entropy, 1000), plan_rename(*store, a, "front")}) {
        REQUIRE_FALSE(plan);
        CHECK(plan.error().message.find("functions/f.yaml") != std::string::npos);
    }
}

TEST_CASE("a clone has an id and a name of its own") {
    const Store before = shop();
    test::CountingEntropy entropy(1);
    const auto plan =
        plan_clone(before, at(before, "domains/main.yaml"), "copy", "a", entropy, 1000);
    const Store store = after(before, plan);
    const std::string copied = text(store, "applications/a/domains/copy.yaml");
    CHECK(copied.substr(50) == "\nname: copy\nfqdn: a.b\ntags: [smartops:gpu]\n");
    CHECK(!copied.starts_with(id));
    CHECK(text(store, "domains/main.yaml") == text(before, "domains/main.yaml"));
}

TEST_CASE("nothing new takes the place of what others mean") {
    const Store store = shop();
    test::CountingEntropy entropy(1);
    const auto clone = [&](const std::string& name, const std::string& application) {
        const auto plan = plan_clone(store, at(store, "applications/a/domains/own.yaml"), name,
                                     application, entropy, 1000);
        return plan ? "" : std::string(to_string(plan.error().code)) + ": " + plan.error().message;
    };
    CHECK(clone("main", "a").find("conflict: applications/a/functions/f.yaml means") == 0);
    CHECK(clone("main", "b") == ""); // nobody there means it
    NewResource wanted;
    wanted.kind = KindId::domain;
    wanted.application = "a";
    wanted.name = "main";
    CHECK(plan_new(store, wanted, entropy, 1000).error().code == ErrorCode::conflict);
    wanted.application = "b";
    CHECK(plan_new(store, wanted, entropy, 1000));
}

TEST_CASE("deleting names the users, and can be undone") {
    Store store = shop();
    const auto plan = plan_remove(store, at(store, "domains/main.yaml"));
    REQUIRE(plan.has_value());
    CHECK(plan->notes.size() == 4);
    const auto undo = store.apply(plan->edits);
    REQUIRE(undo.has_value());
    CHECK(first_error(check(store)) != nullptr);
    REQUIRE(store.apply(*undo));
    CHECK(store.changes().empty());
}

TEST_CASE("what cannot be is refused") {
    const Store store = shop();
    const Resource& main = at(store, "domains/main.yaml");
    const Resource& own = at(store, "applications/a/domains/own.yaml");
    for (const std::string name : {"", "a/b", "..", "2x", "-x", "a b", "a.b", "ä"}) {
        const auto plan = plan_rename(store, main, name);
        REQUIRE(!plan.has_value());
        CHECK(plan.error().code == ErrorCode::invalid_argument);
    }
    CHECK(plan_rename(store, main, "main").error().code == ErrorCode::already_exists);
    CHECK(plan_rename(store, at(store, "applications/a/config.yaml"), "b").error().code ==
          ErrorCode::already_exists);
    CHECK(plan_move(store, own, "none").error().code == ErrorCode::not_found);
    const Resource& project = at(store, "config.yaml");
    CHECK(plan_move(store, project, "a").error().code == ErrorCode::invalid_argument);
    CHECK(plan_remove(store, project).error().code == ErrorCode::invalid_argument);
    CHECK(plan_rename(store, project, "my-shop").error().code == ErrorCode::invalid_argument);
    const auto renamed = plan_rename(store, project, "my_shop");
    REQUIRE(renamed.has_value());
    CHECK(*renamed->edits.at("config.yaml") == id + "name: my_shop\n");
}

TEST_CASE("an application's name that is a folder of global code is refused, and takes no code") {
    const Store plain = project_of({{"functions/a.yaml", function("[]")}});
    for (const char* name : {"functions", "smartops", "Functions"}) {
        CAPTURE(name);
        const auto checked = check_place(plain, {KindId::application, name, name});
        REQUIRE_FALSE(checked);
        CHECK(checked.error().code == ErrorCode::invalid_argument);
    }
    CHECK(check_place(plain, {KindId::application, "databases", "databases"}));

    const Store store = project_of({{"functions/a.yaml", function("[]")},
                                    {"applications/functions/config.yaml", id},
                                    {"applications/functions/functions/b.yaml", function("[]")}});
    const auto problems = check(store);
    const auto found = std::find_if(problems.begin(), problems.end(), [](const Problem& each) {
        return each.code == "application-name";
    });
    REQUIRE(found != problems.end());
    CHECK(found->path == "applications/functions/config.yaml");
    CHECK(found->severity == Severity::warning);
    const git::Files code{{"functions/a/a.go", "x"}, {"functions/functions/b/b.go", "y"}};
    const Resource& application = at(store, "applications/functions/config.yaml");
    for (const auto& plan :
         {plan_remove(store, application), plan_rename(store, application, "shop")}) {
        REQUIRE(plan);
        CHECK(move_edits(plan->code_moves, code).empty());
        REQUIRE(plan->notes.size() == 1);
        CHECK(plan->notes.front().find("holds global code") != std::string::npos);
    }
}

TEST_CASE("what can be named is one's own, then what is global and not hidden by it") {
    const Store store = project_of({{"domains/a.yaml", id},
                                    {"domains/b.yaml", id},
                                    {"libraries/a.yaml", id},
                                    {"applications/x/domains/b.yaml", id},
                                    {"applications/x/domains/c.yaml", id},
                                    {"applications/y/domains/d.yaml", id}});
    using Names = std::vector<std::string>;
    CHECK(names_in_reach(store, KindId::domain, {}) == Names{"a", "b"});
    CHECK(names_in_reach(store, KindId::domain, "x") == Names{"b", "c", "a"});
    CHECK(names_in_reach(store, KindId::domain, "y") == Names{"d", "a", "b"});
    CHECK(names_in_reach(store, KindId::library, "x") == Names{"a"});
    CHECK(names_in_reach(store, KindId::service, "x").empty());
    for (const char* where : {"", "x", "y"}) {
        for (const std::string& name : names_in_reach(store, KindId::domain, where)) {
            CHECK(Scope(store.resources()).resolve(KindId::domain, where, name) != nullptr);
        }
    }
}

TEST_CASE("a rename that a file's alias forbids names that file") {
    const std::string user = id + "source: .\ntrigger: {type: https, method: GET, paths: [/]}\n" +
                             execution + "domains: &d [shop]\nold: *d\n";
    const Store store = project_of(
        {{"domains/shop.yaml", id + "fqdn: a.example.org\n"}, {"functions/ping.yaml", user}});
    const auto plan = plan_rename(store, *store.find(KindId::domain, {}, "shop"), "store");
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == ErrorCode::conflict);
    CHECK(plan.error().message.starts_with("functions/ping.yaml: "));
}
