// A fix takes its problem away, and touches nothing else.
#include "core/project/fixes.h"

#include "core/base/file.h"
#include "core/project/check.h"
#include "core/project/refactor.h"
#include "core/project/suggest.h"
#include "core/yaml/edit.h"
#include "tests/core/project/configuration.h"
#include "tests/core/yaml/suite.h"
#include "tests/support/entropy.h"
#include "tests/support/vectors.h"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>

using namespace tau;
using namespace tau::project;

namespace {

const std::string other = "id: QmUcVJtgGZYkqFr2J9t2jV2fJJWZBvD7FJ6RyXzJY2kAj1\n";

const Problem* find(const std::vector<Problem>& problems, std::string_view code,
                    std::string_view field) {
    const auto found = std::find_if(problems.begin(), problems.end(), [&](const Problem& each) {
        return each.code == code && each.field == field;
    });
    return found == problems.end() ? nullptr : &*found;
}

struct Case {
    std::string path;
    std::string before;
    std::string code;
    std::string field;
    std::string after;
};

} // namespace

TEST_CASE("a missing config.yaml is made") {
    test::CountingEntropy entropy(1);
    const auto empty = Store::from({{"applications/a/functions/f.yaml", other}});
    REQUIRE(empty.has_value());
    CheckOptions options;
    options.registered_id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";
    for (const char* path : {"config.yaml", "applications/a/config.yaml"}) {
        CAPTURE(path);
        Store store = *empty;
        const auto problems = check(store, options);
        const auto found = std::find_if(problems.begin(), problems.end(), [&](const Problem& each) {
            return each.code == "missing-file" && each.path == path;
        });
        REQUIRE(found != problems.end());
        REQUIRE(found->fix.has_value());
        const auto edits = apply_fix(store, *found, entropy, 1000);
        REQUIRE(edits.has_value());
        REQUIRE(edits->size() == 1);
        REQUIRE(store.apply(*edits).has_value());
        const auto after = check(store, options);
        CHECK(std::none_of(after.begin(), after.end(), [&](const Problem& each) {
            return each.path == path && (each.code == "missing-file" || each.field == "id");
        }));
        CHECK(apply_fix(store, *found, entropy, 1000).has_value() == false);
    }
    CHECK(check(*empty)[0].path == "config.yaml"); // whose id nobody knows
    CHECK_FALSE(check(*empty)[0].fix.has_value());
}

TEST_CASE("each fix changes its own value and no other byte") {
    const std::string trigger = "trigger: {type: p2p, protocol: /a, command: b}\n";
    const std::string execution =
        "execution:\n    timeout: 10s\n    memory: 10MB\n    call: ping\n";
    const std::vector<Case> cases{
        {"functions/f.yaml", other + "# why\n" + trigger + execution, "required", "source",
         other + "# why\n" + trigger + execution + "source: .\n"},
        {"config.yaml", id + "name: my-project # ours\n", "variable-name", "name",
         id + "name: my_project # ours\n"},
        {"config.yaml", id + "name: 2fast\n", "variable-name", "name", id + "name: _2fast\n"},
        {"config.yaml", id + "name: x\nnotification:\n    email: \"\"\n", "email",
         "notification/email", id + "name: x\n"},
        {"databases/d.yaml", other + "match: x\nuseRegex: \"true\"\nstorage:\n    size: 1GB\n",
         "wrong-type", "useRegex", other + "match: x\nuseRegex: true\nstorage:\n    size: 1GB\n"},
        {"databases/d.yaml", other + "match: x\nstorage:\n    size: 10gb # big\n", "size",
         "storage/size", other + "match: x\nstorage:\n    size: 10GB # big\n"},
        {"databases/d.yaml", other + "match: x\nstorage:\n    size: 5 GB\n", "size", "storage/size",
         other + "match: x\nstorage:\n    size: 5GB\n"},
        {"smartops/s.yaml",
         other + "source: .\nexecution:\n    timeout: 20\n    memory: 1MB\n    call: x\n",
         "duration", "execution/timeout",
         other + "source: .\nexecution:\n    timeout: 20s\n    memory: 1MB\n    call: x\n"},
        {"domains/d.yaml", other + "fqdn: a.b\ncertificate:\n    type: AUTO\n", "choice",
         "certificate/type", other + "fqdn: a.b\ncertificate:\n    type: auto\n"},
        {"domains/d.yaml", other + "fqdn: a.b\ntags: x\n", "wrong-type", "tags",
         other + "fqdn: a.b\ntags:\n    - x\n"}};
    for (const Case& each : cases) {
        INFO(each.before);
        Store store = project_of({{each.path, each.before}});
        const auto problems = check(store);
        const Problem* problem = find(problems, each.code, each.field);
        REQUIRE(problem != nullptr);
        test::CountingEntropy entropy(1);
        const auto edits = apply_fix(store, *problem, entropy, 1000);
        REQUIRE_MESSAGE(edits.has_value(), edits.error().message);
        CHECK(edits->at(each.path) == each.after);
        REQUIRE(store.apply(*edits));
        CHECK(find(check(store), each.code, each.field) == nullptr);
    }
}

TEST_CASE("a missing, wrong or doubled id is made anew") {
    for (const std::string before : {"fqdn: a.b\n",
                                     "id: 550e8400-e29b-41d4-a716-446655440000\n"
                                     "fqdn: a.b\n",
                                     "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n"
                                     "fqdn: a.b\n"}) {
        Store store = project_of({{"domains/d.yaml", before}});
        const auto problems = check(store);
        const auto problem = std::find_if(problems.begin(), problems.end(),
                                          [](const Problem& each) { return each.field == "id"; });
        REQUIRE(problem != problems.end());
        test::CountingEntropy entropy(1);
        const auto edits = apply_fix(store, *problem, entropy, 1000);
        REQUIRE(edits.has_value());
        REQUIRE(store.apply(*edits));
        CHECK(check(store).empty());
    }
}

TEST_CASE("the project's id is never made up, and written where it is known") {
    const std::string known = "QmUcVJtgGZYkqFr2J9t2jV2fJJWZBvD7FJ6RyXzJY2kAj1";
    for (const std::string before : {"", "id: \"\"\n", "id:\n", "id: nonsense\n", "id: 5\n"}) {
        CAPTURE(before);
        const Store store = project_of({{"config.yaml", before + "name: shop\n"}});
        const auto unknown = check(store);
        REQUIRE(first_error(unknown) != nullptr);
        CHECK(std::none_of(unknown.begin(), unknown.end(), [](const Problem& each) {
            return each.fix && each.fix->act == Fix::Act::new_id;
        }));
        const auto problems = check(store, CheckOptions{.registered_id = known});
        for (const Problem& problem : problems) {
            REQUIRE(problem.fix.has_value());
            CHECK(problem.fix->title == "Use the project's id " + known);
            test::CountingEntropy entropy(1);
            const auto edits = apply_fix(store, problem, entropy, 1000);
            REQUIRE(edits.has_value());
            Store mended = store;
            REQUIRE(mended.apply(*edits));
            CHECK(check(mended, CheckOptions{.registered_id = known}).empty());
        }
    }
}

TEST_CASE("names that nearly are") {
    CHECK(as_variable_name("my-shop 2") == "my_shop_2");
    CHECK(as_variable_name("2fast") == "_2fast");
    CHECK(as_variable_name(" grün ") == "gr_n");
    CHECK(as_variable_name("") == "");
    CHECK(as_variable_name("ok_1") == "ok_1");
}

namespace {

/// Every fix that is offered can be applied, and takes its problem away.
std::size_t try_fixes(const Store& store) {
    std::size_t tried = 0;
    for (const Problem& problem : check(store)) {
        if (!problem.fix) {
            continue;
        }
        CAPTURE(problem.path);
        CAPTURE(problem.sentence);
        CAPTURE(problem.fix->title);
        CAPTURE(store.file(problem.path)->text());
        test::CountingEntropy entropy(1);
        const auto edits = apply_fix(store, problem, entropy, 1000);
        REQUIRE_MESSAGE(edits.has_value(), (edits ? "" : edits.error().message));
        Store after = store;
        REQUIRE(after.apply(*edits));
        const auto left = check(after);
        CHECK(std::none_of(left.begin(), left.end(), [&](const Problem& each) {
            return each.path == problem.path && each.field == problem.field &&
                   each.code == problem.code;
        }));
        ++tried;
    }
    return tried;
}

} // namespace

TEST_CASE("every fix that is offered can be applied and takes its problem away") {
    const std::array values{"5",        "[]",   "{}",     "~",        "[a, b]", "{a: b}",
                            "\"true\"", "*e",   "true",   "{<<: *e}", "x y",    "!!int 5",
                            "&x a-b",   "[*e]", "[5, ~]", "\"\""};
    const std::array parts{KindId::database, KindId::function, KindId::domain, KindId::storage,
                           KindId::website};
    std::size_t tried = 0;
    for (const KindId part : parts) {
        const Kind& of = kind(part);
        for (const std::string value : values) {
            std::set<std::string> keys;
            for (const FieldRow& row : of.rows) {
                const std::string key = key_path(with_choice(row.path, "object")).front();
                if (keys.insert(key).second) {
                    tried += try_fixes(project_of(
                        {{std::string(of.group) + "/x.yaml",
                          "e: &e {a: b}\n" + (key == "id" ? "" : other) + key + ": " + value +
                              "\nz: " + (value.starts_with('&') ? "*x" : "1") + "\n"}}));
                }
            }
        }
    }
    for (const char* whole : {"[]\n", "5\n", "null\n", "", "# only\n", "- a\n", "{}\n"}) {
        for (const Kind& of : kinds()) {
            if (of.id != KindId::project) {
                tried += try_fixes(project_of({{path_of(of.id, "x", "x"), whole}}));
            }
        }
    }
    MESSAGE(tried << " fixes");
    CHECK(tried > 300);
}

TEST_CASE("every fix that is offered for public YAML can be applied, too") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    std::size_t tried = 0;
    for (const test::SuiteCase& each : test::yaml_test_suite()) {
        CAPTURE(each.id);
        for (const Kind& of : kinds()) {
            tried += try_fixes(project_of(
                {{path_of(of.id, {}, "x"), each.text}, {path_of(of.id, "x", "x"), each.text}}));
        }
    }
    MESSAGE(tried << " fixes for the yaml-test-suite");
    CHECK(tried > 1000);
}

TEST_CASE("every fix that is offered for real projects, each value spoilt, can be applied") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    std::size_t tried = 0;
    for (const char* name : {"tb_test_project", "tb_ChatProject", "tb_examples"}) {
        const auto whole = Store::load(test::vectors() / "taubyte" / name);
        REQUIRE(whole);
        tried += try_fixes(*whole);
        for (const auto& [path, file] : whole->files()) {
            for (const yaml::Path& place : test::scalar_paths(*file.document())) {
                CAPTURE(yaml::to_string(place));
                for (const auto& spoilt :
                     {yaml::remove(*file.document(), place),
                      yaml::set(*file.document(), place, yaml::Value::of_text("no-such 1")),
                      yaml::set(*file.document(), place, yaml::Value::of_text("")),
                      yaml::set(*file.document(), place, yaml::Value::of_plain("5")),
                      yaml::set(*file.document(), place, yaml::Value::of_plain("true")),
                      yaml::set(*file.document(), place, yaml::Value::of_map())}) {
                    if (spoilt) {
                        tried += try_fixes(project_of({{path, *spoilt}}));
                    }
                }
            }
        }
    }
    MESSAGE(tried << " fixes for real projects");
    CHECK(tried > 300);
}

TEST_CASE("no fix is offered where something else stands, and the hint says what") {
    struct Obstacle {
        std::string path;
        std::string text;
        std::string field;
        std::string hint;
    };
    const std::array cases{
        Obstacle{"databases/d.yaml", other + "match: a\nstorage: 5\n", "storage/size",
                 "What stands there holds no keys: write a map in its place."},
        Obstacle{"storages/s.yaml", other + "match: a\nobject: 3\n", "object/size",
                 "What stands there holds no keys: write a map in its place."},
        Obstacle{"messaging/m.yaml", "[]\n", "id",
                 "What stands there holds no keys: write a map in its place."},
        Obstacle{"functions/f.yaml", other + "b: &e {timeout: 1s}\nexecution: *e\n",
                 "execution/timeout", "The cloud does not follow *e here: write its keys out."}};
    for (const Obstacle& each : cases) {
        CAPTURE(each.text);
        const auto problems = check(project_of({{each.path, each.text}}));
        const Problem* problem = find(problems, "required", each.field);
        REQUIRE(problem != nullptr);
        CHECK_FALSE(problem->fix.has_value());
        CHECK(problem->hint == each.hint);
    }
    const auto merged =
        check(project_of({{"functions/f.yaml",
                           other + "b: &e {timeout: 1s}\nexecution:\n    <<: *e\n    call: x\n"}}));
    const Problem* missing = find(merged, "required", "execution/timeout");
    const Problem* unknown = find(merged, "unknown-field", "execution/<<");
    REQUIRE(missing != nullptr);
    REQUIRE(unknown != nullptr);
    CHECK(missing->hint.starts_with("The cloud does not follow <<"));
    CHECK(unknown->hint == missing->hint);
}

TEST_CASE("naughty strings as any value are taken or refused, and never break the file") {
    const auto vectors = test::vectors();
    if (vectors.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    const auto strings = nlohmann::json::parse(read_file(vectors / "blns/blns.json").value());
    std::size_t fixed = 0;
    for (const auto& each : strings) {
        const auto text = each.get<std::string>();
        INFO(text);
        Store store = project_of(
            {{"databases/d.yaml", other + "match: x\nname: x\nuseRegex: x\nstorage:\n    size: x\n"
                                          "access:\n    network: x\n"}});
        for (const std::string field : {"name", "match", "useRegex", "storage/size", "id",
                                        "access/network", "description", "tags/0"}) {
            const auto& document = *store.file("databases/d.yaml")->document();
            const auto set = yaml::set(document, key_path(field == "tags/0" ? "tags" : field),
                                       field == "tags/0" ? yaml::Value::of_list({text})
                                                         : yaml::Value::of_text(text));
            if (set) {
                REQUIRE(store.put("databases/d.yaml", *set));
            }
        }
        for (const Problem& problem : check(store)) {
            test::CountingEntropy entropy(1);
            const auto edits = apply_fix(store, problem, entropy, 1000);
            if (edits) {
                const auto after = yaml::Document::parse(*edits->begin()->second);
                CHECK(after.has_value());
                ++fixed;
            }
        }
    }
    CHECK(fixed > strings.size());
}

TEST_CASE("a value that is refused is told how it is written") {
    const std::pair<const char*, const char*> cases[]{
        {"storage:\n    size: \"5\"\nmatch: a\n", "Write a number and a unit, like 1GB."},
        {"storage:\n    size: many\nmatch: a\n", "Write a number and a unit, like 1GB."}};
    for (const auto& [text, hint] : cases) {
        CAPTURE(text);
        const auto store = Store::from({{"config.yaml", "id: x\n"}, {"databases/d.yaml", text}});
        REQUIRE(store);
        const auto problems = check(*store);
        const auto found = std::find_if(problems.begin(), problems.end(),
                                        [](const Problem& one) { return one.code == "size"; });
        REQUIRE(found != problems.end());
        CHECK(found->hint == hint);
    }
}
