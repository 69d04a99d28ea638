// Verdicts and sentences of the check beside those of the cloud's own compiler.
#include "core/project/check.h"

#include "tests/core/project/configuration.h"
#include "tests/core/project/problems.h"
#include "tests/support/vectors.h"

#include <array>
#include <doctest/doctest.h>
#include <set>
#include <tuple>

using namespace tau;
using namespace tau::project;

namespace {

std::vector<Problem> errors_of(const std::vector<Problem>& problems) {
    std::vector<Problem> errors;
    for (const Problem& each : problems) {
        if (each.severity == Severity::error) {
            errors.push_back(each);
        }
    }
    return errors;
}

struct Expected {
    std::string path;
    std::string text;
    std::string error;
};

} // namespace

TEST_CASE("the first error is the compiler's, word for word") {
    const std::string database_end = "match: x\nstorage:\n    size: 1GB\n";
    const std::vector<Expected> cases{
        {"functions/test_func.yaml", "name: test-function\n",
         "/functions/test_func.yaml:1:1: required attribute 'id'"},
        {"functions/f.yaml", id + "name: 12345\n", "/functions/f.yaml:2:7: invalid variable name"},
        {"functions/f.yaml", id + "type: http\nhttp-method: GET\nname: 999invalid\n",
         "/functions/f.yaml:4:7: invalid variable name"},
        {"functions/f.yaml", "id: not-a-valid-cid\n",
         "/functions/f.yaml:1:5: failed parsing `not-a-valid-cid` with invalid cid: selected "
         "encoding not supported"},
        {"config.yaml", id + "name: TrueTest\nnotification:\n    email: invalid-email\n",
         "/config.yaml:4:12: mail: missing '@' or angle-addr"},
        {"functions/f.yaml", id + "trigger:\n    type: invalid_type\n    method: get\n",
         "/functions/f.yaml:3:11: invalid value"},
        {"functions/f.yaml", id + "trigger:\n    type: http\n    method: INVALID_METHOD\n",
         "/functions/f.yaml:4:13: invalid http method"},
        {"smartops/s.yaml", id + "source: not_a_ref\n",
         "/smartops/s.yaml:2:9: must be \".\" or start with \"libraries/\", got \"not_a_ref\""},
        {"functions/f.yaml",
         id + "source: not_a_ref\ntrigger:\n    type: p2p\n    protocol: /a\n"
              "    command: b\n",
         "/functions/f.yaml:2:9: must be \".\" or start with \"libraries/\", got \"not_a_ref\""},
        {"domains/d.yaml", id + "fqdn: not-a-valid-fqdn!!!\n", "/domains/d.yaml:2:7: invalid fqdn"},
        {"domains/d.yaml", id + "fqdn: hal.computers.com\ncertificate:\n    type: invalid_type\n",
         "/domains/d.yaml:4:11: invalid value"},
        {"databases/d.yaml", id + "access:\n    network: invalid_access\n" + database_end,
         "/databases/d.yaml:3:14: invalid value"},
        {"storages/s.yaml", id + "access:\n    network: invalid_access\nstreaming:\n    ttl: 5m\n",
         "/storages/s.yaml:3:14: invalid value"},
        {"smartops/s.yaml", id + "name: invalid-name-with-dashes\n",
         "/smartops/s.yaml:2:7: invalid variable name"},
        {"websites/w.yaml", id + "name: 0invalid\n", "/websites/w.yaml:2:7: invalid variable name"},
        {"libraries/l.yaml", id + "name: -invalid\n",
         "/libraries/l.yaml:2:7: invalid variable name"},
        {"storages/s.yaml", id + "object:\n    size: 1GB\nstreaming:\n    size: 1GB\nmatch: x\n",
         "/storages/s.yaml:1:1: ambiguous path: object and streaming each match, and only one may "
         "be set"},
        {"storages/s.yaml", id + "match: x\nobject:\n    size: 1GB\nuseRegex: \"true\"\n",
         "/storages/s.yaml:5:11: attribute 'useRegex' has a value of the wrong type"},
        {"functions/f.yaml", id + "trigger:\n    type: p2p\n    command: x\n",
         "/functions/f.yaml:3:5: required attribute 'trigger/protocol'"},
        {"functions/f.yaml", id + "trigger:\n    type: https\n    method: GET\ndomains: []\n",
         "/functions/f.yaml:5:10: required attribute 'trigger/domains' is empty"},
        {"functions/f.yaml", id + "description:\n    - a\n",
         "/functions/f.yaml:3:5: attribute 'description' has a value of the wrong type"},
        {"services/s.yaml", id + "protocol: \"\"\n",
         "/services/s.yaml:2:11: required attribute 'protocol' is empty"},
        {"config.yaml", id + "notification:\n    email: \"\"\n",
         "/config.yaml:3:12: mail: no address"},
        {"applications/a/functions/f.yaml", "name: test-function\n",
         "/applications/a/functions/f.yaml:1:1: required attribute 'id'"}};
    for (const Expected& each : cases) {
        git::Files files{{each.path, each.text}};
        if (each.path.starts_with("applications")) {
            files["applications/a/config.yaml"] = id;
        }
        const auto problems = check(project_of(files));
        const Problem* first = first_error(problems);
        REQUIRE_MESSAGE(first != nullptr, each.path << "\n" << each.text);
        CHECK_MESSAGE(located(*first) == each.error, each.text << all_located(problems));
    }
}

TEST_CASE("what the compiler takes has no error") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"functions/f.yaml",
         id + "trigger:\n    type: p2p\n    service: /a\n    command: b\n" + function_end},
        {"functions/f.yaml", id + "trigger:\n    type: pubsub\n    channel: c\n" + function_end},
        {"functions/f.yaml",
         id + "trigger:\n    type: http\n    method: get\n    paths: [/]\ndomains: [d]\n" +
             function_end},
        {"databases/d.yaml", id + "useRegex: true\nstorage: {size: 1GiB}\n"},
        {"databases/d.yaml", id + "regex: yes\nstorage: {size: 1.5GB}\n"},
        {"storages/s.yaml", id + "object:\n    size: 1GB500MB\n"},
        {"storages/s.yaml", id + "streaming:\n    size: 5GB\n    ttl: 1h15m\n"},
        {"websites/w.yaml", id + "domains: [d]\npaths: [/]\nsource:\n    github:\n        id: "
                                 "560611693\n        fullname: a/b\n"},
        {"websites/w.yaml", id + "domains: [d]\nsource:\n    paths:\n        - /\n    github:\n"
                                 "        id: \"1\"\n        fullname: a/b\n"},
        {"messaging/m.yaml", id + "channel: {match: 12}\n"},
        {"domains/x.yaml", "id: bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi\n"
                           "fqdn: a.b\n"},
        {"domains/x.yaml", id + "fqdn: a.b\ncertificate:\n"},
        {"smartops/s.yaml", "base: &t 10s\n" + id +
                                "source: .\nexecution:\n    timeout: *t\n"
                                "    memory: 10MB\n    call: x\n"},
        {"services/s.yaml", id + "description:\nprotocol: /a/v1\n"}};
    for (const auto& [path, text] : cases) {
        const auto problems =
            check(project_of({{path, text}, {"domains/d.yaml", id + "fqdn: shop.example.org\n"}}));
        CHECK_MESSAGE(first_error(problems) == nullptr, text << all_located(problems));
    }
}

TEST_CASE("everything is said at once") {
    const auto problems =
        check(project_of({{"functions/f.yaml", "name: a-b\ntrigger:\n    type: nope\nextra: 1\n"},
                          {"domains/d.yaml", id + "fqdn: ''\n"}}));
    std::multiset<std::string_view> codes;
    for (const Problem& each : problems) {
        codes.insert(each.code);
    }
    CHECK(codes == std::multiset<std::string_view>{"choice", "empty", "required", "required",
                                                   "required", "required", "required", "same-id",
                                                   "unknown-field", "variable-name"});
    CHECK(problems[0].path == "domains/d.yaml"); // as the compiler goes
}

TEST_CASE("references are looked up by scope") {
    const auto function = [](const std::string& source) {
        return id + "trigger:\n    type: p2p\n    protocol: /a\n    command: b\nsource: " + source +
               "\n" + execution;
    };
    const std::string library = id + "source:\n    github:\n        id: 1\n        fullname: a/b\n";
    const auto verdict = [&](const std::string& source, const std::string& place) {
        const Store store = project_of({{"applications/a/config.yaml", id},
                                        {"applications/b/config.yaml", id},
                                        {"libraries/shared.yaml", library},
                                        {"applications/a/libraries/own.yaml", library},
                                        {place + "functions/f.yaml", function(source)}});
        return first_error(check(store)) == nullptr;
    };
    CHECK(verdict("libraries/own", "applications/a/"));
    CHECK(verdict("libraries/shared", "applications/a/"));
    CHECK(verdict("libraries/shared", ""));
    CHECK(verdict("libraries//shared", "applications/a/"));
    CHECK(verdict("libraries/../shared", "applications/a/"));
    CHECK(verdict("libraries//shared", ""));
    CHECK_FALSE(verdict("libraries/own", "applications/b/"));
    CHECK_FALSE(verdict("libraries/own", ""));
    CHECK_FALSE(verdict("libraries//own", "applications/a/"));
    CHECK_FALSE(verdict("libraries/../own", "applications/a/"));
    CHECK_FALSE(verdict("libraries/../../shared", "applications/a/"));
    CHECK_FALSE(verdict("libraries/../shared", ""));
    CHECK_FALSE(verdict("libraries/", ""));

    const auto problems = check(project_of(
        {{"libraries/my_lib.yaml", library}, {"functions/f.yaml", function("libraries/My-Lib")}}));
    const Problem wrong = only(problems, "reference");
    CHECK(located(wrong) == "/functions/f.yaml:6:9: no libraries named \"My-Lib\" in scope");
    REQUIRE(wrong.fix.has_value());
    CHECK(wrong.fix->value == "libraries/my_lib");
    const auto scoped = check(project_of(
        {{"libraries/shared.yaml", library}, {"functions/f.yaml", function("libraries//shared")}}));
    CHECK(only(scoped, "older-scope").severity == Severity::warning);
}

TEST_CASE("tags attach smart operations that must be there") {
    const std::string domain = "fqdn: a.b\ntags:\n    - x\n    - smartops:gpu\n";
    const auto without = check(project_of({{"domains/d.yaml", id + domain}}));
    CHECK(located(only(without, "reference")) ==
          "/domains/d.yaml:5:7: no smartops named \"gpu\" in scope");
    const auto with = check(project_of(
        {{"domains/d.yaml", id + domain}, {"smartops/gpu.yaml", id + "source: .\n" + execution}}));
    CHECK(first_error(with) == nullptr);
}

TEST_CASE("unknown and older keys are mentioned, and are no errors") {
    const auto problems = check(project_of(
        {{"databases/d.yaml", id + "match: /x\npath: /x\nreplicas:\n    min: 3\n    max: 3\n"
                                   "storage:\n    size: 1GB\n    speed: 3\nmine: {a: b}\n"},
         {"domains/d.yaml", id + "fqdn: a.b\ndescription: {a: 1}\n"}}));
    CHECK(first_error(problems) == nullptr);
    std::set<std::string> unknown;
    std::set<std::string> older;
    for (const Problem& each : problems) {
        if (each.code == "unknown-field") {
            unknown.insert(each.field);
            CHECK(each.severity == Severity::note);
        } else if (each.code == "older-field") {
            older.insert(each.field);
        }
    }
    CHECK(unknown == std::set<std::string>{"storage/speed", "mine"});
    CHECK(older == std::set<std::string>{"path", "replicas/min", "replicas/max"});
    CHECK(only(problems, "older-replicas").severity == Severity::warning);
    CHECK(only(problems, "ignored-value").severity == Severity::warning);
}

TEST_CASE("a value where keys are expected is told") {
    const struct {
        std::string path;
        std::string text;
        std::string warning; ///< empty: none
    } cases[]{
        {"databases/d.yaml", "access: host\n", "2:9: field \"access\" expects map, got string"},
        {"databases/d.yaml", "access: [host]\n",
         "2:9: field \"access\" expects map, got []interface {}"},
        {"databases/d.yaml", "access: ''\n", "2:9: field \"access\" expects map, got string"},
        {"databases/d.yaml", "x: &a {network: host}\naccess: *a\n",
         "3:9: field \"access\" expects map, got alias"},
        {"databases/d.yaml", "replicas: 3\n", "2:11: field \"replicas\" expects map, got int"},
        {"databases/d.yaml", "access:\n", ""},
        {"databases/d.yaml", "access: ~\nreplicas: {}\n", ""},
        {"domains/d.yaml", "certificate: inline\n",
         "2:14: field \"certificate\" expects map, got string"},
        {"messaging/m.yaml", "bridges: mqtt\n", "2:10: field \"bridges\" expects map, got string"},
        {"messaging/m.yaml", "bridges: {mqtt: true}\n",
         "2:17: field \"bridges/mqtt\" expects map, got bool"},
        {"config.yaml", "clouds: []\n", "2:9: field \"clouds\" expects map, got []interface {}"},
        {"config.yaml", "clouds: {tau-cloud.io: 1.5}\n",
         "2:24: field \"clouds/tau-cloud.io\" expects map, got float64"},
        {"config.yaml", "notification: x\n",
         "2:15: field \"notification\" expects map, got string"},
        // What the cloud demands below it says so already.
        {"databases/d.yaml", "storage: 1GB\n", ""},
        {"functions/f.yaml", "trigger: https\n", ""}};
    for (const auto& each : cases) {
        CAPTURE(each.text);
        std::string told;
        for (const Problem& problem : check(project_of({{each.path, id + each.text}}))) {
            if (problem.code == "ignored-value") {
                CHECK(problem.severity == Severity::warning);
                CHECK_FALSE(problem.hint.empty());
                told += located(problem);
            }
        }
        CHECK(told == (each.warning.empty() ? "" : "/" + each.path + ":" + each.warning));
    }
}

TEST_CASE("clouds have an account and a plan, or neither") {
    const auto verdict = [](const std::string& clouds) {
        return check(project_of({{"config.yaml", id + "clouds:\n    tau-cloud.io:\n" + clouds}}));
    };
    CHECK(only(verdict("        account: acme\n"), "cloud-incomplete").sentence ==
          "clouds[\"tau-cloud.io\"] is incomplete; fields [account plan] must all be set or all "
          "omitted");
    CHECK(verdict("        account: acme\n        plan: prod\n").empty());
}

TEST_CASE("generated domains name their project, others need a record") {
    const auto verdict = [](const std::string& fqdn) {
        const std::string project = "id: QmZXAh5aAtkPYrtA5ytDonQ5MkqQz9kQseyXGuHEK5tx6o\n";
        return check(
            project_of({{"config.yaml", project}, {"domains/d.yaml", id + "fqdn: " + fqdn + "\n"}}),
            CheckOptions{.generated_suffix = "g.tau.link"});
    };
    CHECK(verdict("hek5tx6o1.g.tau.link").empty());
    CHECK(verdict("shop-hek5tx6o1.g.tau.link").empty());
    CHECK(only(verdict("abc.g.tau.link"), "generated-domain").sentence ==
          "generated fqdn `abc.g.tau.link` does not contain last 8 of project id "
          "QmZXAh5aAtkPYrtA5ytDonQ5MkqQz9kQseyXGuHEK5tx6o");
    CHECK(only(verdict("a.b.g.tau.link"), "txt-record").sentence ==
          "The cloud asks for a TXT record at QmZXAh5a.a.b.g.tau.link.");
}

TEST_CASE("a name that two domains have is told at the second") {
    const Store store = project_of({{"applications/a/config.yaml", id},
                                    {"applications/a/domains/d.yaml", id + "fqdn: Shop.org\n"},
                                    {"domains/b.yaml", id + "fqdn: shop.org\n"},
                                    {"domains/c.yaml", id + "fqdn: other.org\n"}});
    const Problem found = only(check(store), "same-fqdn");
    CHECK(located(found) ==
          "/applications/a/domains/d.yaml:2:7: This is the name of domains/b.yaml too.");
    CHECK(found.severity == Severity::warning);
}

TEST_CASE("the project's id is the one that the cloud knows") {
    const auto problems = check(project_of({}), CheckOptions{.registered_id = "QmOther"});
    CHECK(only(problems, "project-id").sentence ==
          "project ids not equal `QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR` != `QmOther`");
}

TEST_CASE("documents that must be there") {
    const auto none = Store::from({{"functions/f.yaml", "id: [\n"}});
    REQUIRE(none.has_value());
    const auto problems = check(*none);
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].code == "missing-file");
    CHECK(problems[1].code == "yaml");
    const auto application =
        check(project_of({{"applications/a/README.md", ""}, {"applications/b/config.yaml", id}}));
    CHECK(only(application, "missing-file").path == "applications/a/config.yaml");
    CHECK(has(check(project_of({{"functions/f.yaml", "# nothing\n"}})), "required"));
    CHECK(has(check(project_of({{"functions/f.yaml", "- a\n"}})), "required"));
}

TEST_CASE("files that stand where no cloud looks are mentioned") {
    const auto problems = check(project_of({{"function/f.yaml", id},
                                            {"functions/a/b.yaml", id},
                                            {"functions/g.yml", id},
                                            {"functions/h.YAML", id},
                                            {"functions/i.Yml", id},
                                            {"functions/README.md", ""}}));
    std::set<std::string> paths;
    for (const Problem& each : problems) {
        CHECK(each.code == "unknown-file");
        CHECK(each.severity == Severity::note);
        paths.insert(each.path);
    }
    CHECK(paths == std::set<std::string>{"function/f.yaml", "functions/a/b.yaml", "functions/g.yml",
                                         "functions/h.YAML", "functions/i.Yml"});
}

TEST_CASE("the real repositories have the verdicts that the cloud gives") {
    const auto vectors = test::vectors();
    if (vectors.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    for (const std::string name : {"tb_test_project", "tb_ChatProject"}) {
        const auto store = Store::load(vectors / "taubyte" / name);
        REQUIRE(store.has_value());
        const auto problems = check(*store);
        CHECK_MESSAGE(first_error(problems) == nullptr, all_located(problems));
    }
    const auto store = Store::load(vectors / "taubyte/tb_examples");
    REQUIRE(store.has_value());
    const auto errors = errors_of(check(*store));
    CHECK(errors.size() == 4);
    for (const Problem& each : errors) {
        CHECK(each.sentence == "required attribute 'source'");
        CHECK(each.older_accept);
        REQUIRE(each.fix.has_value());
        CHECK(each.fix->title == "Add `source: .`");
    }
}

TEST_CASE("checking again after one change gives what checking all gives") {
    Store store = project_of({{"applications/a/config.yaml", id},
                              {"applications/a/functions/f.yaml",
                               id +
                                   "trigger:\n    type: http\n    method: GET\n    paths: [/]\n"
                                   "    domains: [d]\n" +
                                   function_end},
                              {"domains/d.yaml", id + "fqdn: a.b\n"}});
    Checker checker;
    checker.check(store);
    const auto agree = [&](const std::string& path, const std::optional<std::string>& text) {
        REQUIRE(store.apply({{path, text}}));
        checker.check(store);
        CHECK(all_located(checker.problems()) == all_located(check(store)));
    };
    agree("domains/d.yaml", std::nullopt);
    CHECK(has(checker.problems(), "reference"));
    agree("domains/d.yaml", id + "fqdn: '!'\n");
    agree("applications/a/domains/d.yaml", id + "fqdn: a.b\n");
    agree("applications/a/config.yaml", std::nullopt);
    agree("domains/d.yaml", "a: [\n");
    agree("databases/first.yaml", id + "match: a\n"); // everything behind it moves by one
    agree("databases/first.yaml", std::nullopt);
    agree("config.yaml", id + "name: a-b\n");
    agree("applications/a/config.yaml", id);
}

TEST_CASE("what the cloud passes over is a warning that says what it does") {
    struct Case {
        std::string text;
        std::string code;
        std::string located;
    };
    const std::string good =
        "id: bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy\nfqdn: a.b\n";
    const std::array cases{
        Case{good + "fqdn: '!'\n", "repeated-key",
             "/domains/d.yaml:3:1: The key \"fqdn\" is here a second time: the cloud takes the one "
             "in line 2."},
        Case{good + "---\nx: [\n", "second-document",
             "/domains/d.yaml:3:1: A second document begins here, and the cloud reads only the "
             "first."},
        Case{
            std::string("\xff\xfe"
                        "a\0",
                        4),
            "encoding",
            "/domains/d.yaml:1:1: The file is UTF-16: the cloud reads it, but nothing in it can be "
            "checked here."}};
    for (const Case& each : cases) {
        CAPTURE(each.code);
        const auto problems = check(project_of({{"domains/d.yaml", each.text}}));
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].code == each.code);
        CHECK(problems[0].severity == Severity::warning);
        CHECK("/" + problems[0].path + ":" + std::to_string(problems[0].position.line) + ":" +
                  std::to_string(problems[0].position.column) + ": " + problems[0].sentence ==
              each.located);
        CHECK_FALSE(problems[0].hint.empty());
    }
    // Where it lists the keys of a map, go-yaml looks at all of them.
    const std::string bucket = id + "match: a\nobject: {size: 1GB}\n";
    const std::string library = id + "source:\n    github: {id: 1, fullname: a/b}\n";
    for (const auto& [path, text, refused] :
         {std::tuple{"storages/s.yaml", bucket + "object: {size: 2GB}\n", true},
          std::tuple{"storages/s.yaml", bucket + "access: {network: all, network: all}\n", true},
          std::tuple{"libraries/l.yaml", library + "    branch: a\n    branch: b\n", true},
          std::tuple{"libraries/l.yaml", library + "tags: [a]\ntags: [b]\n", false}}) {
        CAPTURE(text);
        const auto problems = check(project_of({{path, text}}));
        const Problem* error = first_error(problems);
        CHECK((error != nullptr) == refused);
        CHECK((error == nullptr ||
               (error->code == "repeated-key" &&
                error->sentence.find("already defined at line") != std::string::npos)));
    }
}
