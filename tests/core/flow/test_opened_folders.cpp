// Repositories that were not made here, opened where they lie.
#include "core/flow/opened_folders.h"
#include "tests/support/git_cli.h"

#include <doctest/doctest.h>

using namespace tau;
namespace fs = std::filesystem;

namespace {

const std::string id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";

fs::path make_repository(const fs::path& folder, const git::Files& files = {}) {
    fs::create_directories(folder);
    test::git(folder, {"init", "-q", "-b", "main"});
    for (const auto& [path, text] : files) {
        test::write(folder / path, text);
    }
    return folder;
}

const git::Files shop{{"config.yaml", "id: " + id + "\nname: shop\n"}};

} // namespace

TEST_CASE("a repository's own words and its code beside it are found by name") {
    struct Case {
        const char* configuration;
        const char* code;
        bool found;
    };
    const Case cases[] = {{"tb_shop", "tb_code_shop", true},
                          {"config", "code", true},
                          {"configuration", "code", true},
                          {"tb_shop", "tb_code_other", false},
                          {"mine", "code", false}};
    for (const Case& c : cases) {
        CAPTURE(c.configuration);
        CAPTURE(c.code);
        const test::TemporaryDirectory folder;
        const fs::path configuration = make_repository(folder.path() / c.configuration, shop);
        const fs::path code = make_repository(folder.path() / c.code);
        const auto project = flow::open_folder(folder.path() / "data", configuration);
        REQUIRE(project);
        CHECK(project->name == "shop");
        CHECK(project->project_id == id);
        CHECK_FALSE(project->is_registered());
        CHECK(project->configuration == fs::canonical(configuration));
        CHECK(project->code == (c.found ? fs::canonical(code) : fs::path()));
    }
}

TEST_CASE("a configuration that is broken is opened to be mended") {
    const test::TemporaryDirectory folder;
    const auto project = flow::open_folder(
        folder.path() / "data",
        make_repository(folder.path() / "tb_shop", {{"config.yaml", "id: [\n\xff"}}));
    REQUIRE(project);
    CHECK(project->name == "tb_shop");
    CHECK(project->project_id.empty());
}

TEST_CASE("a repository without files is no code of a project, and none to open") {
    const test::TemporaryDirectory folder;
    const fs::path configuration = make_repository(folder.path() / "config", shop);
    test::git(folder.path(), {"init", "-q", "--bare", "code"});
    const auto project = flow::open_folder(folder.path() / "data", configuration);
    REQUIRE(project);
    CHECK(project->code.empty());
    const auto chosen =
        flow::use_code_folder(folder.path() / "data", *project, folder.path() / "code");
    REQUIRE_FALSE(chosen);
    CHECK(chosen.error().message.find("bare") != std::string::npos);
    // One that this libgit2 cannot read is one, and is not to be made anew.
    test::git(configuration, {"config", "core.repositoryformatversion", "9"});
    const auto later = flow::open_folder(folder.path() / "other", configuration);
    REQUIRE_FALSE(later);
    CHECK(later.error().hint.find("git init") == std::string::npos);
}

TEST_CASE("what is no configuration repository is refused, and nothing is listed") {
    const test::TemporaryDirectory folder;
    const fs::path plain = folder.path() / "plain";
    test::write(plain / "config.yaml", shop.at("config.yaml"));
    const fs::path empty = make_repository(folder.path() / "empty");
    const std::pair<fs::path, ErrorCode> cases[] = {
        {folder.path() / "none", ErrorCode::not_found},
        {plain / "config.yaml", ErrorCode::not_found},
        {empty, ErrorCode::not_found},
        {plain, ErrorCode::invalid_argument},
        {make_repository(folder.path() / "bad\xff", shop), ErrorCode::invalid_argument}};
    for (const auto& [path, code] : cases) {
        CAPTURE(path);
        const auto project = flow::open_folder(folder.path() / "data", path);
        REQUIRE_FALSE(project);
        CHECK(project.error().code == code);
        CHECK(project.error().message.find(path.filename().string().substr(0, 3)) !=
              (code == ErrorCode::invalid_argument && path != plain ? 0 : std::string::npos));
    }
    CHECK(flow::list_opened(folder.path() / "data")->empty());
}

TEST_CASE("what was opened is listed until it is taken off, with the code that was chosen") {
    const test::TemporaryDirectory folder;
    const fs::path data = folder.path() / "data";
    const fs::path configuration = make_repository(folder.path() / "mine", shop);
    const fs::path code = make_repository(folder.path() / "functions");
    CHECK(flow::list_opened(data)->empty());
    const auto opened = flow::open_folder(data, configuration);
    REQUIRE(opened);
    CHECK(opened->code.empty());
    const auto wrong = flow::use_code_folder(data, *opened, configuration);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::invalid_argument);
    REQUIRE(flow::use_code_folder(data, *opened, code));
    REQUIRE(flow::open_folder(data, configuration / ".." / "mine")); // once, and it keeps its code
    auto list = flow::list_opened(data);
    REQUIRE(list);
    REQUIRE(list->size() == 1);
    CHECK(list->front().code == fs::canonical(code));

    SUBCASE("the last opened comes first") {
        const fs::path other = make_repository(folder.path() / "other", shop);
        REQUIRE(flow::open_folder(data, other));
        CHECK(flow::list_opened(data)->front().configuration == fs::canonical(other));
        REQUIRE(flow::open_folder(data, configuration));
        CHECK(flow::list_opened(data)->front().configuration == fs::canonical(configuration));
    }
    SUBCASE("a folder that is not there is left out, and comes back") {
        fs::rename(configuration, folder.path() / "away");
        CHECK(flow::list_opened(data)->empty());
        fs::rename(folder.path() / "away", configuration);
        CHECK(flow::list_opened(data)->size() == 1);
    }
    SUBCASE("taken off, its files stay") {
        REQUIRE(flow::close_folder(data, list->front()));
        CHECK(flow::list_opened(data)->empty());
        CHECK(test::contents(configuration / "config.yaml") == shop.at("config.yaml"));
    }
    SUBCASE("a damaged list is an empty one") {
        for (const char* text : {"", "{", "[1, {}, {\"configuration\": 1}]", "{\"a\": []}"}) {
            CAPTURE(text);
            test::write(data / "opened.json", text);
            CHECK(flow::list_opened(data)->empty());
        }
        REQUIRE(flow::open_folder(data, configuration));
        CHECK(flow::list_opened(data)->size() == 1);
    }
}
