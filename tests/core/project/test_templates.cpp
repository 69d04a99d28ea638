// New resources, and the domains that a cloud gives away.
#include "core/project/templates.h"

#include "core/project/check.h"
#include "core/project/generated_domain.h"
#include "core/project/scalars.h"
#include "tests/core/project/configuration.h"
#include "tests/support/entropy.h"

#include <doctest/doctest.h>
#include <set>

using namespace tau;
using namespace tau::project;

namespace {

Store shop_with_application() {
    auto store = Store::from(
        {{"config.yaml", id + "name: shop\n"},
         {"domains/front.yaml",
          "id: QmUcVJtgGZYkqFr2J9t2jV2fJJWZBvD7FJ6RyXzJY2kAj1\nfqdn: shop.example.org\n"},
         {"applications/a/config.yaml", "id: QmNc46BHaYyGHsQGTSxXyRSiL6NvW2JiFpHJ2kjVMqFztA\n"}});
    REQUIRE(store.has_value());
    return std::move(*store);
}

/// Fields that only a person can fill in.
std::set<std::string> open_fields(const Store& store, const CheckOptions& options = {}) {
    std::set<std::string> fields;
    for (const Problem& each : check(store, options)) {
        if (each.severity != Severity::note) {
            fields.insert(each.field + " " + std::string(each.code));
        }
    }
    return fields;
}

} // namespace

TEST_CASE("a new resource lacks only what a person must know") {
    const std::map<KindId, std::set<std::string>> open{
        {KindId::domain, {"fqdn empty"}},
        {KindId::library, {"source/github/id empty", "source/github/fullname empty"}},
        {KindId::website, {"source/github/id empty", "source/github/fullname empty"}}};
    for (const Kind& kind : kinds()) {
        if (kind.id == KindId::project) {
            continue;
        }
        for (const std::string application : {"", "a"}) {
            if (kind.id == KindId::application && !application.empty()) {
                continue;
            }
            INFO(kind.name << " " << application);
            Store store = shop_with_application();
            test::CountingEntropy entropy(1);
            NewResource wanted;
            wanted.kind = kind.id;
            wanted.name = "fresh";
            wanted.application = application;
            wanted.description = "Says: \"hello\" #1";
            const auto plan = plan_new(store, wanted, entropy, 1000);
            REQUIRE_MESSAGE(plan.has_value(), plan.error().message);
            REQUIRE(store.apply(plan->edits));
            const auto expected = open.find(kind.id);
            CHECK(open_fields(store) ==
                  (expected == open.end() ? std::set<std::string>() : expected->second));
            const std::string path = path_of(kind.id, application, "fresh");
            REQUIRE(store.file(path) != nullptr);
            const auto& document = *store.file(path)->document();
            CHECK(yaml::find(document, {"description"})->text() == wanted.description);
            CHECK(!cid_problem(yaml::find(document, {"id"})->text()));
            CHECK(plan_new(store, wanted, entropy, 1000).error().code == ErrorCode::already_exists);
        }
    }
}

TEST_CASE("inline code lies where the cloud's builder looks") {
    for (const LanguageInfo& language : languages()) {
        for (const KindId kind : {KindId::function, KindId::smartop}) {
            INFO(language.label);
            Store store = shop_with_application();
            test::CountingEntropy entropy(1);
            NewResource wanted;
            wanted.kind = kind;
            wanted.name = "to-do";
            wanted.application = "a";
            wanted.language = language.language;
            const auto plan = plan_new(store, wanted, entropy, 1000);
            REQUIRE(plan.has_value());
            REQUIRE(store.apply(plan->edits));
            git::Files code;
            std::string all;
            for (const auto& [path, text] : plan->code) {
                CHECK(path.starts_with("a/" + std::string(project::kind(kind).group) + "/to-do/"));
                code[path] = *text;
                all += *text;
            }
            CheckOptions options;
            options.code = std::make_shared<CodeStrings>(CodeStrings::from(code));
            CHECK(open_fields(store, options).empty());
            CHECK(all.find(std::string(language.image)) != std::string::npos);
            // The name that is called is the one that the code exports.
            CHECK(all.find("to_do(") != std::string::npos);
            const auto& document = *store.file(path_of(kind, "a", "to-do"))->document();
            CHECK(yaml::find(document, {"execution", "call"})->text() == "to_do");
        }
    }
}

TEST_CASE("no name makes Go leave the code out") {
    for (const char* name : {"login_test", "report_windows", "sync_arm64", "_hello"}) {
        test::CountingEntropy entropy(1);
        NewResource wanted;
        wanted.name = name;
        wanted.language = Language::go;
        const auto plan = plan_new(shop_with_application(), wanted, entropy, 1000);
        REQUIRE(plan.has_value());
        CHECK(plan->code.contains("functions/" + std::string(name) + "/lib.go"));
    }
}

TEST_CASE("a function in a library has no code of its own") {
    const Store store = shop_with_application();
    test::CountingEntropy entropy(1);
    NewResource wanted;
    wanted.name = "f";
    wanted.language = std::nullopt;
    const auto plan = plan_new(store, wanted, entropy, 1000);
    REQUIRE(plan.has_value());
    CHECK(plan->code.empty());
    CHECK(plan->edits.at("functions/f.yaml")->find("source: libraries/\n") != std::string::npos);
}

TEST_CASE("an application's folder without config.yaml is filled, and is no goal for another") {
    const auto made = Store::from({{"config.yaml", id + "name: x\n"},
                                   {"applications/a/README.md", ""},
                                   {"applications/b/config.yaml", id}});
    REQUIRE(made.has_value());
    test::CountingEntropy entropy(1);
    const auto plan = plan_new(*made, {KindId::application, "", "a", "", std::nullopt}, entropy, 1);
    REQUIRE(plan.has_value());
    CHECK(plan->edits.contains("applications/a/config.yaml"));
    const auto renamed = plan_rename(*made, {KindId::application, "b", "b"}, "a");
    REQUIRE_FALSE(renamed.has_value());
    CHECK(renamed.error().message == "applications/a/ is there already.");
}

TEST_CASE("what cannot be made is refused") {
    const Store store = shop_with_application();
    test::CountingEntropy entropy(1);
    NewResource wanted;
    wanted.name = "a/b";
    CHECK(plan_new(store, wanted, entropy, 0).error().code == ErrorCode::invalid_argument);
    wanted.name = "f";
    wanted.application = "none";
    CHECK(plan_new(store, wanted, entropy, 0).error().code == ErrorCode::not_found);
    wanted.application = "";
    wanted.description = "\xff";
    CHECK(plan_new(store, wanted, entropy, 0).error().code == ErrorCode::invalid_argument);
    wanted.kind = KindId::project;
    CHECK(plan_new(store, wanted, entropy, 0).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a generated domain is one that no other domain of the project has") {
    const auto with_id = [](const std::string& fqdn) { return id + "fqdn: " + fqdn + "\n"; };
    const auto name = [](int number) {
        return generated_domain("QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR",
                                static_cast<std::size_t>(number), "g.tau.link");
    };
    const Store store = project_of({{"domains/a.yaml", with_id(name(1))},
                                    {"domains/b.yaml", with_id("b.example.org")},
                                    {"applications/s/config.yaml", id},
                                    {"applications/s/domains/c.yaml", with_id(name(2))}});
    CHECK(free_generated_domain(store, "domains/b.yaml", "g.tau.link") == name(3));
    CHECK(free_generated_domain(store, "", ".G.tau.link") ==
          name(3).substr(0, name(3).find('.')) + ".G.tau.link");
    CHECK(free_generated_domain(store, "", "other.link").starts_with(name(1).substr(0, 9)));
    // What a domain has already is free for it.
    CHECK(free_generated_domain(store, "domains/a.yaml", "g.tau.link") == name(1));
    CHECK(free_generated_domain(project_of({}), "", "g.tau.link") == name(1));
}

TEST_CASE("generated domains and the record for one's own") {
    const std::string project = "QmZXAh5aAtkPYrtA5ytDonQ5MkqQz9kQseyXGuHEK5tx6o";
    CHECK(generated_domain(project, 1, "g.tau.link") == "hek5tx6o1.g.tau.link");
    CHECK(generated_domain(project, 2, ".g.tau.link", "Shop") == "shop-hek5tx6o2.g.tau.link");
    CHECK(is_generated_domain("hek5tx6o1.g.tau.link", ".g.tau.link"));
    for (const char* other :
         {"a.b.g.tau.link", "g.tau.link", ".g.tau.link", "xg.tau.link", "a.g.tau.link.org", ""}) {
        CHECK_FALSE(is_generated_domain(other, "g.tau.link"));
    }
    CHECK_FALSE(is_generated_domain("a.", ""));
    CHECK(!generated_domain_problem("hek5tx6o1.g.tau.link", "g.tau.link", project));
    CHECK(!generated_domain_problem("a.b.g.tau.link", "g.tau.link", project));
    CHECK(generated_domain_problem("abc.g.tau.link", "g.tau.link", project));
    CHECK(txt_entry("Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4", "shop.example.com") ==
          "Qmc3WjpD.shop.example.com");
}
