// tau-project check from outside: exit codes, and what other programs read.
#include "core/base/file.h"
#include "core/base/process.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/vectors.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

Finished check(const fs::path& folder, std::vector<std::string> options = {}) {
    Command command;
    command.program = program_folder().value() / "tau-project";
    command.arguments = {"check"};
    if (!folder.empty()) {
        command.arguments.push_back(folder.string());
    }
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    command.environment = {"HOME=/nonexistent", "PATH=/usr/bin:/bin"};
    auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
    REQUIRE(ended.has_value());
    return std::move(*ended);
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

const std::string id = "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n";

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    REQUIRE(write_file_atomic(path, std::string_view(text)));
}

} // namespace

TEST_CASE("the real repositories end as the cloud's verdict") {
    const fs::path vectors = test::vectors();
    if (vectors.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    for (const char* name : {"tb_test_project", "tb_ChatProject"}) {
        const auto good = check(vectors / "taubyte" / name);
        CHECK_MESSAGE(good.code == 0, good.output << good.errors);
        CHECK(contains(good.output, "0 errors"));
    }
    const auto bad = check(vectors / "taubyte/tb_examples");
    CHECK(bad.code == 1);
    CHECK(contains(bad.output,
                   "applications/avatar_backend/functions/goavatar.yaml:1:1: error: required "
                   "attribute 'source' [required]"));
    CHECK(contains(bad.output, "Fix: Add `source: .`."));
    CHECK(contains(bad.output, "4 errors"));
    CHECK(contains(bad.output, "Clouds up to v1.1.10 take it as it is."));
}

TEST_CASE("json and sarif say the same") {
    TemporaryDirectory folder;
    const fs::path here = folder.path() / "my project";
    write(here / "config.yaml", id + "name: my-shop\n");
    write(here / "functions/a b\xc3\xa9.yaml", "id: x\n");
    const auto json = check(here, {"--format", "json"});
    CHECK(json.code == 1);
    const auto listed = nlohmann::json::parse(json.output);
    const auto& first = listed.at("problems").at(0);
    CHECK(first.at("file") == (here / "config.yaml").string());
    CHECK(first.at("line") == 2);
    CHECK(first.at("column") == 7);
    CHECK(first.at("severity") == "error");
    CHECK(first.at("code") == "variable-name");
    CHECK(first.at("field") == "name");
    CHECK(first.at("sentence") == "invalid variable name");
    CHECK(first.at("fix") == "Rename to `my_shop`");
    CHECK(listed.at("errors").get<std::size_t>() == 7);

    const auto sarif = check(here, {"--format", "sarif"});
    CHECK(sarif.code == 1);
    const auto log = nlohmann::json::parse(sarif.output);
    CHECK(log.at("version") == "2.1.0");
    const auto& run = log.at("runs").at(0);
    const auto& driver = run.at("tool").at("driver");
    CHECK(driver.at("name") == "tau-project");
    CHECK(run.at("results").size() == listed.at("problems").size());
    std::set<std::string> uris;
    for (const auto& result : run.at("results")) {
        const std::size_t rule = result.at("ruleIndex");
        CHECK(driver.at("rules").at(rule).at("id") == result.at("ruleId"));
        CHECK(!result.at("message").at("text").get<std::string>().empty());
        CHECK(std::set<std::string>{"error", "warning", "note"}.count(result.at("level")) == 1);
        const auto& place = result.at("locations").at(0).at("physicalLocation");
        CHECK(place.at("region").at("startLine") >= 1);
        CHECK(place.at("region").at("startColumn") >= 1);
        uris.insert(place.at("artifactLocation").at("uri"));
    }
    CHECK(uris.size() == 2);
    for (const std::string& uri : uris) {
        CHECK(uri.find_first_of(" \\") == std::string::npos);
    }
    CHECK(std::any_of(uris.begin(), uris.end(), [](const std::string& uri) {
        return uri.ends_with("my%20project/functions/a%20b%C3%A9.yaml");
    }));
}

TEST_CASE("warnings are errors when that is wanted, and code is looked at") {
    TemporaryDirectory folder;
    write(folder.path() / "config/config.yaml", id + "name: shop\n");
    write(folder.path() / "config/smartops/s.yaml",
          "id: QmUcVJtgGZYkqFr2J9t2jV2fJJWZBvD7FJ6RyXzJY2kAj1\nsource: .\nexecution:\n"
          "    timeout: 10s\n    memory: 1MB\n    call: x\n");
    fs::create_directories(folder.path() / "code");
    const std::string code = (folder.path() / "code").string();
    CHECK(check(folder.path() / "config").code == 0);
    const auto warned = check(folder.path() / "config", {"--code", code});
    CHECK(warned.code == 0);
    CHECK(contains(warned.output, "no taubyte directory found in smartops/s [code-missing]"));
    CHECK(check(folder.path() / "config", {"--code", code, "--strict"}).code == 1);
    write(folder.path() / "code/smartops/s/.taubyte/config.yaml", "version: 1.00\n");
    CHECK(check(folder.path() / "config", {"--code", code, "--strict"}).code == 0);
}

TEST_CASE("used wrongly it says how") {
    TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id);
    CHECK(check(folder.path() / "none").code == 2);
    CHECK(check(folder.path(), {"--format", "xml"}).code == 2);
    CHECK(check(folder.path(), {"--code", (folder.path() / "none").string()}).code == 2);
    CHECK(check(folder.path(), {"more"}).code == 2);
    CHECK(check(folder.path(), {"--nonsense"}).code == 2);
    const auto help = check({}, {"--help"});
    CHECK(help.code == 0);
    CHECK(contains(help.output, "sarif"));
}

TEST_CASE("what a project's files say reaches no terminal as a command") {
    TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id + "name: \"\\e[2Jx\\u009b\"\n");
    write(folder.path() / "functions/f.yaml", "id: \"a\\nb\\e]0;x\\a\"\n");
    const auto ended = check(folder.path(), {"--notes"});
    CHECK(ended.code == 1);
    CHECK(ended.output.find('\x1b') == std::string::npos);
    CHECK(ended.output.find('\a') == std::string::npos);
}
