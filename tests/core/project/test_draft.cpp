#include "core/project/draft.h"
#include "tests/core/vault/fixture.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>

using namespace tau;
using namespace tau::project;

namespace {
Draft good_draft() {
    Draft draft;
    draft.name = "shop";
    draft.git_host = "Git host on this computer";
    draft.owner = "me";
    draft.configuration.name = "tb_shop";
    draft.code.name = "tb_code_shop";
    draft.vaults.push_back(VaultChoice{"12D3KooW", Bytes{}});
    return draft;
}
} // namespace

TEST_CASE("a good draft has no issue, an empty one names every field that is needed") {
    CHECK(validate(good_draft()).empty());
    std::vector<Field> fields;
    for (const Issue& issue : validate(Draft{})) {
        CHECK(issue.sentence.back() == '.');
        fields.push_back(issue.field);
    }
    CHECK(fields == std::vector<Field>{Field::name, Field::git_host, Field::owner,
                                       Field::configuration, Field::code, Field::vault});
    CHECK(std::is_sorted(fields.begin(), fields.end()));
}

TEST_CASE("each wrong value is named at its own field") {
    struct Case {
        Field field;
        std::function<void(Draft&)> change;
        std::string sentence;
    };
    const std::vector<Case> cases{
        {Field::name, [](Draft& d) { d.name = "my-shop"; }, "The name may not contain a dash."},
        {Field::name, [](Draft& d) { d.name = "1shop"; }, "The name may not start with a digit."},
        {Field::name, [](Draft& d) { d.name = "sh op"; }, "letters a to z"},
        {Field::name, [](Draft& d) { d.name = "höhle"; }, "letters a to z"},
        {Field::name, [](Draft& d) { d.name = std::string(55, 'a'); }, "at most 54"},
        {Field::description, [](Draft& d) { d.description = "a\x01"; }, "control characters"},
        {Field::description, [](Draft& d) { d.description = "\xff"; }, "UTF-8"},
        {Field::description, [](Draft& d) { d.description = "\xef\xbf\xbe"; }, "no character"},
        {Field::description, [](Draft& d) { d.description = "\xef\xb7\x90"; }, "no character"},
        {Field::description, [](Draft& d) { d.description = "\xf0\x9f\xbf\xbf"; }, "no character"},
        {Field::description, [](Draft& d) { d.description = std::string(1001, 'a'); }, "1000"},
        {Field::email, [](Draft& d) { d.email = "me"; }, "not an e-mail address"},
        {Field::owner, [](Draft& d) { d.owner = "-x"; }, "account name"},
        {Field::configuration, [](Draft& d) { d.configuration.name = "A"; }, "lower-case"},
        {Field::code, [](Draft& d) { d.code.name = "tb_shop"; }, "two different"},
        {Field::code, [](Draft& d) { d.code.name = "x.git"; }, "lower-case"},
        {Field::branch, [](Draft& d) { d.branch = "a..b"; }, "not a name that git takes"},
        {Field::branch, [](Draft& d) { d.branch = "tau-owner"; }, "owner's claim"},
        {Field::vault, [](Draft& d) { d.vaults.clear(); }, "Choose the vault"},
        {Field::vault, [](Draft& d) { d.vaults.push_back(d.vaults[0]); }, "chosen twice"},
        {Field::vault,
         [](Draft& d) {
             for (const char* id : {"a", "b", "c"}) {
                 d.vaults.push_back(VaultChoice{id, Bytes{}});
             }
         },
         "at most 3 vaults"},
    };
    for (const Case& one : cases) {
        Draft draft = good_draft();
        one.change(draft);
        const auto issues = validate(draft);
        REQUIRE(issues.size() == 1);
        CHECK(to_string(issues[0].field) == to_string(one.field));
        CHECK_MESSAGE(issues[0].sentence.find(one.sentence) != std::string::npos,
                      issues[0].sentence);
    }
}

TEST_CASE("the longest good name still makes good repository names") {
    Draft draft = good_draft();
    draft.name = "A" + std::string(53, 'z');
    const auto names = default_repository_names(draft.name);
    CHECK(names[0] == "tb_a" + std::string(53, 'z'));
    draft.configuration.name = names[0];
    draft.code.name = names[1];
    CHECK(validate(draft).empty());
}

TEST_CASE("vaults that may fail together are noted, and may be taken all the same") {
    const auto choose = [](const char* name, std::uint16_t region, const char* endpoint) {
        const test::NodeKeys keys;
        vault::NodeRecord record = test::unsigned_record();
        record.name = name;
        record.region = region;
        record.endpoint = endpoint;
        REQUIRE(vault::sign_record(record, keys.sign, keys.seal));
        return choice_of(record);
    };
    Draft draft = good_draft();
    draft.vaults = {choose("ash", 1, "https://a.example.org:8443"),
                    choose("elm", 1, "https://b.example.org"),
                    choose("oak", 2, "https://a.example.org")};
    CHECK(validate(draft).empty());
    const auto found = notes(draft, test::now);
    REQUIRE(found.size() == 3);
    CHECK(found[0].field == Field::vault);
    CHECK(found[0].sentence.starts_with("ash and elm are in the same region, "));
    CHECK(found[1].sentence == "ash and oak run on the same host, a.example.org.");
    CHECK(found[2].sentence ==
          "elm and oak have addresses of one domain, example.org: the same operator may run both.");
    CHECK(notes(draft, test::now + 100000).empty()); // nothing is known of expired records
    draft.vaults = {choose("ash", 1, "https://[2001:db8::1]:8443"),
                    choose("elm", 2, "https://[2001:db8::2]")};
    CHECK(notes(draft, test::now).empty());
}
