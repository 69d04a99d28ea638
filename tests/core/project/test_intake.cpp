#include "core/project/intake.h"
#include "core/project/one_file.h"
#include "core/project/transfer.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::project;

namespace {

constexpr const char* own_id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";
constexpr const char* other_id = "QmZvSFvZr7QfJzEWAC7DcBMNk4Tk3EJHupk8KNAPosHRq5";

git::Files shop(const std::string& id = own_id) {
    return {{"config.yaml", "# mine\nname:   shop\nid: " + id + "\n"},
            {"README.md", "hello\n"},
            {"functions/ping.yaml", "id: y   # why\nsource: '.'\n"},
            {"functions/pong.yaml", "id: z\n"}};
}

Store stored_shop() {
    return Store::from(shop()).value();
}

} // namespace

TEST_CASE("what is here already is left as it is, whatever its form") {
    const Store store = stored_shop();
    const auto same = plan_intake(store, shop());
    REQUIRE(same);
    CHECK(same->edits.empty());
    CHECK(same->removals.empty());
    CHECK(same->left_out == std::vector<std::string>{"README.md"});
    const auto canonical = plan_intake(store, *from_one_file(*to_one_file(store)));
    REQUIRE(canonical);
    CHECK(canonical->edits.empty());
    CHECK(canonical->removals.empty());
}

TEST_CASE("new, other and missing files are told apart") {
    const Store store = stored_shop();
    git::Files files = shop();
    files["functions/new.yaml"] = "id: n\n";
    files["functions/ping.yaml"] = "id: y   # another word\nsource: '.'\n";
    files.erase("functions/pong.yaml");
    const auto intake = plan_intake(store, files);
    REQUIRE(intake);
    CHECK(intake->added == 1);
    CHECK(intake->changed == 1);
    CHECK(intake->edits.at("functions/ping.yaml") == files["functions/ping.yaml"]);
    CHECK(intake->removals == Edits{{"functions/pong.yaml", std::nullopt}});
    CHECK_FALSE(intake->other_project);
}

TEST_CASE("another project's files come without its id and name") {
    const Store store = stored_shop();
    git::Files files = shop(other_id);
    files["config.yaml"] = std::string("name: garden # theirs\nid: ") + other_id + "\ntags: [a]\n";
    const auto intake = plan_intake(store, files);
    REQUIRE(intake);
    CHECK(intake->other_project);
    CHECK(intake->edits.at("config.yaml") ==
          std::string("name: shop # theirs\nid: ") + own_id + "\ntags: [a]\n");
}

TEST_CASE("what is no YAML, or leads elsewhere, is refused whole") {
    const Store store = stored_shop();
    git::Files files = shop();
    files["functions/bad.yaml"] = "id: y\n  a: [\n";
    const auto broken = plan_intake(store, files);
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == ErrorCode::corrupt);
    CHECK(broken.error().message.find("functions/bad.yaml") != std::string::npos);
    for (const char* path : {"../x.yaml", "/etc/x.yaml", ".git/x.yaml", "a\\b.yaml", "a:b.yaml"}) {
        CAPTURE(path);
        const auto outside = plan_intake(store, {{path, "id: y\n"}});
        REQUIRE_FALSE(outside);
        CHECK(outside.error().code == ErrorCode::untrusted);
    }
}

TEST_CASE("work on many files tells how far it is and can be stopped") {
    git::Files many;
    for (int i = 0; i < 1000; ++i) {
        many["functions/f" + std::to_string(i) + ".yaml"] = std::string(200, 'x') + "\n";
    }
    many["config.yaml"] = "id: x\n";
    const test::TemporaryDirectory folder;
    const std::string zip = to_zip(many).value();
    REQUIRE(write_folder(many, folder.path() / "there"));
    const auto each = [&](const Watch& watch) {
        return std::vector<Result<std::size_t>>{
            to_zip(many, watch).map([](const auto& bytes) { return bytes.size(); }),
            from_zip(zip, {}, watch).map([](const auto& files) { return files.size(); }),
            read_folder(folder.path() / "there", {}, watch).map([](const auto& files) {
                return files.size();
            }),
            write_folder(many, folder.path() / "new", watch).map([] { return std::size_t{1}; })};
    };
    std::size_t told = 0;
    std::size_t calls = 0;
    for (const auto& done : each({{}, [&](std::size_t files) {
                                      ++calls;
                                      told = std::max(told, files);
                                  }})) {
        CHECK(done);
    }
    CHECK(calls >= 4 * 10);
    CHECK(told <= many.size());
    CHECK(told > many.size() / 2);
    std::filesystem::remove_all(folder.path() / "new");
    std::stop_source source;
    for (const auto& stopped :
         each({source.get_token(), [&](std::size_t) { source.request_stop(); }})) {
        REQUIRE_FALSE(stopped);
        CHECK(stopped.error().code == ErrorCode::cancelled);
    }
}

TEST_CASE("what no cloud reads is taken in as it is") {
    const git::Files files{{"config.yaml", shop().at("config.yaml")},
                           {"chart/x.yaml", "{{- if .x }}\na: b: c\n"},
                           {".github/workflows/x.yaml", "a: 1\n---\nb: 2\n"}};
    const Store store = stored_shop();
    const auto intake = plan_intake(store, files);
    REQUIRE(intake);
    CHECK(intake->added == 2);
    for (const char* path : {"chart/x.yaml", ".github/workflows/x.yaml"}) {
        CHECK(intake->edits.at(path) == files.at(path));
    }
    CHECK_FALSE(plan_intake(store, {{"functions/x.yaml", files.at("chart/x.yaml")}}));
}
