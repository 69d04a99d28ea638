// tau-project check from outside: exit codes, and what other programs read.
#include "core/base/file.h"
#include "core/base/process.h"
#include "tests/support/git_cli.h"
#include "tests/support/vectors.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <sys/stat.h>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

Finished check(const fs::path& folder, std::vector<std::string> options = {},
               const fs::path& from = {}) {
    Command command;
    command.program = program_folder().value() / "tau-project";
    command.folder = from;
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

/// The program, "$0", in a line of the shell.
Finished run_in_shell(const std::string& line, const fs::path& folder,
                      const std::vector<std::string>& arguments = {}) {
    Command command;
    command.program = "/bin/sh";
    command.folder = folder;
    command.arguments = {"-c", line, (program_folder().value() / "tau-project").string()};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment = {"HOME=/nonexistent", "PATH=/usr/bin:/bin"};
    auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
    REQUIRE(ended.has_value());
    return std::move(*ended);
}

/// The program behind a shell's redirection.
Finished redirected(const std::string& redirection, const std::vector<std::string>& arguments) {
    return run_in_shell("exec \"$0\" \"$@\" " + redirection, {}, arguments);
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

const std::string id = "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n";

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
    fs::create_directories(folder.path() / ".git");
    write(here / "config.yaml", id + "name: my-shop\n");
    write(here / "functions/a b\xc3\xa9.yaml", "id: x\n");
    const auto json = check(here, {"--format", "json"});
    CHECK(json.code == 1);
    const auto listed = nlohmann::json::parse(json.output);
    const auto& first = listed.at("problems").at(0);
    CHECK(first.at("file") == (here / "config.yaml").string());
    CHECK(first.at("path") == "my project/config.yaml");
    CHECK(listed.at("repository") == fs::canonical(folder.path()).string());
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
    CHECK(uris == std::set<std::string>{"my%20project/config.yaml",
                                        "my%20project/functions/a%20b%C3%A9.yaml"});
}

TEST_CASE("files are named as their repository has them, however the folder is named") {
    TemporaryDirectory folder;
    const fs::path repository = folder.path() / "a repository";
    write(repository / ".git/HEAD", "ref: refs/heads/main\n");
    write(repository / "conf/config.yaml", "name: a-b\n");
    fs::create_directories(repository / "other");
    const struct {
        fs::path from;
        std::string named;
        std::string below;
    } cases[]{{repository / "conf", "", "conf/"},
              {repository, "conf", "conf/"},
              {repository, "./conf/", "conf/"},
              {repository / "other", "../conf", "conf/"},
              {"/", (repository / "conf").string(), "conf/"},
              {repository, "other", "other/"}};
    for (const auto& each : cases) {
        CAPTURE(each.named);
        const auto log =
            nlohmann::json::parse(check(each.named, {"--format", "sarif"}, each.from).output);
        const auto& run = log.at("runs").at(0);
        CHECK(run.at("invocations").at(0).at("executionSuccessful") == true);
        CHECK(run.at("originalUriBaseIds").at("%SRCROOT%").at("uri") ==
              "file://" + fs::canonical(folder.path()).string() + "/a%20repository/");
        REQUIRE(!run.at("results").empty());
        for (const auto& result : run.at("results")) {
            const auto& artifact =
                result.at("locations").at(0).at("physicalLocation").at("artifactLocation");
            CHECK(artifact.at("uri") == each.below + "config.yaml");
            CHECK(artifact.at("uriBaseId") == "%SRCROOT%");
        }
    }
    // In no repository, the folder is the root.
    write(folder.path() / "alone/config.yaml", "name: a-b\n");
    const auto alone =
        nlohmann::json::parse(check(folder.path() / "alone", {"--format", "json"}).output);
    CHECK(alone.at("problems").at(0).at("path") == "config.yaml");
}

TEST_CASE("a file that cannot be read is a problem among the others") {
    TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id + "name: my-shop\n");
    write(folder.path() / "functions/big.yaml", std::string(2U << 20U, '#'));
    write(folder.path() / "functions/broken.yaml", "id: x\nname: [a\n");
    write(folder.path() / "functions/a\nb.yaml", "id: x\n");
    fs::create_symlink("config.yaml", folder.path() / "functions/link.yaml");
    fs::create_directory_symlink("functions", folder.path() / "websites");
    REQUIRE(mkfifo((folder.path() / "functions/pipe.yaml").c_str(), 0600) == 0);
    const auto json = check(folder.path(), {"--format", "json"});
    CHECK(json.code == 1);
    std::map<std::string, std::set<std::string>> codes; // by path
    const auto listed = nlohmann::json::parse(json.output);
    for (const auto& problem : listed.at("problems")) {
        codes[problem.at("path").get<std::string>()].insert(problem.at("code").get<std::string>());
    }
    CHECK(codes["functions/big.yaml"] == std::set<std::string>{"unreadable"});
    CHECK(codes["functions/a\\x0ab.yaml"] == std::set<std::string>{"unreadable"});
    CHECK(codes["functions/broken.yaml"] == std::set<std::string>{"yaml"});
    CHECK(codes["config.yaml"].count("variable-name") == 1);
    CHECK(codes["functions/link.yaml"] == std::set<std::string>{"unknown-file"});
    CHECK(codes["functions/pipe.yaml"] == std::set<std::string>{"unknown-file"});
    CHECK(codes["websites"] == std::set<std::string>{"unknown-file"});
    const auto text = check(folder.path(), {"--notes"});
    CHECK(text.code == 1);
    CHECK(contains(text.output, "is a link, or no regular file; it is not read"));
    CHECK(contains(text.output, "broken.yaml:3:1: error: "));
    CHECK_FALSE(contains(text.output, "Line 3"));
    CHECK(check(folder.path(), {"--format", "sarif"}).code == 1);
}

TEST_CASE("what git ignores is not checked, for no cloud sees it") {
    const TemporaryDirectory folder;
    const fs::path shop = folder.path() / "shop";
    write(shop / "config.yaml", id + "name: shop\nemail: a@b.example\n");
    write(shop / "functions/draft.yaml", "id: [\n");
    CHECK(check(shop, {}).code == 1);
    test::git(shop, {"init", "-q"});
    CHECK(check(shop, {}).code == 1);
    write(shop / ".gitignore", "draft.yaml\n");
    const auto done = check(shop, {});
    CHECK_MESSAGE(done.code == 0, done.output);
}

TEST_CASE("problems are listed by file and line") {
    TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id + "name: my-shop\n");
    write(folder.path() / "functions/a.yaml",
          "id: x\ntrigger:\n    type: https\n    domains: [none]\n    method: eat\n");
    write(folder.path() / "functions/b.yaml", "id: y\n");
    const auto ended = check(folder.path());
    CHECK(ended.code == 1);
    std::vector<std::pair<std::string, int>> places;
    std::istringstream lines(ended.output);
    for (std::string line; std::getline(lines, line);) {
        const std::string start = folder.path().string() + "/";
        if (line.starts_with(start)) {
            const std::size_t colon = line.find(':');
            places.emplace_back(line.substr(0, colon), std::stoi(line.substr(colon + 1)));
        }
    }
    CHECK(places.size() > 5);
    CHECK(std::is_sorted(places.begin(), places.end()));
}

TEST_CASE("a check that cannot be done is a document too") {
    TemporaryDirectory folder;
    const fs::path none = folder.path() / "none";
    write(folder.path() / "file", "x\n");
    const auto file = check(folder.path() / "file");
    CHECK(file.code == 2);
    CHECK(contains(file.errors, "/file is a file, not a folder."));
    const auto json = check(none, {"--format", "json"});
    CHECK(json.code == 2);
    const auto told = nlohmann::json::parse(json.output);
    CHECK(told.at("error").at("code") == "not_found");
    CHECK(told.at("problems").empty());
    const auto sarif = check(none, {"--format", "sarif"});
    CHECK(sarif.code == 2);
    const auto run = nlohmann::json::parse(sarif.output).at("runs").at(0);
    CHECK(run.at("results").empty());
    const auto& invocation = run.at("invocations").at(0);
    CHECK(invocation.at("executionSuccessful") == false);
    CHECK(contains(invocation.at("toolExecutionNotifications").at(0).at("message").at("text"),
                   none.string()));
}

TEST_CASE("help shows the options that a command uses, and scripts may give them to all") {
    const struct {
        std::vector<std::string> command;
        bool data;
        bool secrets;
    } cases[]{{{"check"}, false, false},  {{"fmt"}, false, false},
              {{"verify"}, false, false}, {{"list"}, true, false},
              {{"export"}, true, false},  {{"import"}, true, false},
              {{"vaults"}, true, false},  {{"status"}, true, true},
              {{"create"}, true, true},   {{"owner-key", "export"}, true, true}};
    for (const auto& each : cases) {
        CAPTURE(each.command.front());
        Command command;
        command.program = program_folder().value() / "tau-project";
        command.arguments = each.command;
        command.arguments.insert(command.arguments.end(),
                                 {"--help", "--data", "x", "--passphrase-file", "y"});
        command.environment = {"HOME=/nonexistent", "PATH=/usr/bin:/bin"};
        const auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
        REQUIRE(ended);
        CHECK(ended->code == 0);
        CHECK(contains(ended->output, "--data") == each.data);
        CHECK(contains(ended->output, "--passphrase-file") == each.secrets);
    }
}

TEST_CASE("output that does not arrive is a failure") {
    TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id + "name: shop\n");
    const std::string shop = folder.path().string();
    const std::vector<std::string> commands[]{{"check", shop},
                                              {"check", shop, "--format", "sarif"},
                                              {"export", shop, "--as", "yaml"},
                                              {"fmt", "--check", shop},
                                              {"check", "--help"},
                                              {"--version"}};
    for (const auto& command : commands) {
        CAPTURE(command.back());
        for (const std::string redirection : {">/dev/full", ">&-"}) {
            const auto lost = redirected(redirection, command);
            CHECK(lost.code == 1);
            CHECK_MESSAGE(contains(lost.errors, "could not be written"), lost.errors);
        }
        CHECK(redirected(">/dev/null", command).code == 0);
    }
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

TEST_CASE("a value that a script left empty is no path") {
    TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id);
    for (const char* name : {"--code", "--data", "--project-id", "--format"}) {
        const auto ended = check(folder.path(), {name, ""});
        CHECK(ended.code == 2);
        CHECK(contains(ended.errors, "The value of " + std::string(name) + " is empty."));
    }
    CHECK(check(folder.path(), {"--code="}).code == 2);
    CHECK(redirected("", {"check", ""}).code == 2);
    CHECK(redirected("", {"export", "x", "--to", ""}).code == 2);
}

TEST_CASE("a folder that is gone under the program is told") {
    TemporaryDirectory folder;
    const auto ended =
        run_in_shell("mkdir gone && cd gone && rmdir ../gone && exec \"$0\" check", folder.path());
    CHECK(ended.code == 1);
    CHECK(contains(ended.errors, "The current folder is gone"));
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
