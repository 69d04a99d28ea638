#include "core/base/file.h"
#include "core/base/process.h"
#include "core/git/repository.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::git;
namespace fs = std::filesystem;

namespace {

const Author author{"Ada", "ada@example.org"};

/// The git command line, which knows nothing of our code.
std::string git_cli(const fs::path& repository, std::vector<std::string> arguments) {
    Command command{"/usr/bin/git",
                    std::move(arguments),
                    {"HOME=/nonexistent", "LC_ALL=C"},
                    repository,
                    false,
                    {},
                    {},
                    {}};
    const auto done = run_process(command, {}, Wait::at_most(std::chrono::seconds(20)));
    REQUIRE(done);
    INFO(done->errors);
    CHECK(done->code == 0);
    return done->output;
}

} // namespace

TEST_CASE("commits hold exactly the given files, and git agrees") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "work";
    auto repository = Repository::init(path, "main", false).value();
    CHECK_FALSE(repository.branch_commit("main").value());

    const auto first =
        repository.commit("main", {{"a.txt", "one\n"}, {"deep/er/b", "two"}}, author, "Begin")
            .value();
    CHECK(repository.branch_commit("main").value() == first);
    CHECK(tau::read_file(path / "deep/er/b").value() == "two");
    CHECK(repository.commit("main", {{"a.txt", "one\n"}, {"deep/er/b", "two"}}, author, "Again")
              .value() == first);

    const auto second = repository.commit("main", {{"a.txt", "three\n"}}, author, "Go on").value();
    CHECK_FALSE(fs::exists(path / "deep/er/b"));
    CHECK(git_cli(path, {"rev-list", "main"}) == second + "\n" + first + "\n");
    CHECK(git_cli(path, {"status", "--porcelain"}).empty());
    CHECK(git_cli(path, {"ls-tree", "-r", "--name-only", first}) == "a.txt\ndeep/er/b\n");
    CHECK(git_cli(path, {"log", "-1", "--format=%an <%ae> %s"}) == "Ada <ada@example.org> Go on\n");
    git_cli(path, {"fsck", "--strict"});

    const auto claim =
        repository.commit("tau-owner", {{"claim", "x"}}, author, "Claim", true).value();
    CHECK(git_cli(path, {"rev-list", "tau-owner"}) == claim + "\n");
    CHECK(fs::exists(path / "a.txt"));
    CHECK_FALSE(fs::exists(path / "claim"));

    auto again = Repository::open(path).value();
    CHECK(again.read_file(first, "deep/er/b").value() == "two");
    CHECK(again.read_file("main", "a.txt").value() == "three\n");
    CHECK_FALSE(again.read_file("main", "deep/er/b").value());
    CHECK_FALSE(again.read_file(first, "deep").value());
    CHECK_FALSE(again.read_file("none", "a.txt").value());
    CHECK(again.read_file("main", "a.txt", 5).error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("commits and folders that are too large to be honest are not read") {
    const test::TemporaryDirectory folder;
    auto repository = Repository::init(folder.path() / "bare", "main", true).value();
    const auto refusal = [&repository](const std::string& branch, const std::string& path) {
        const auto read = repository.read_file(branch, path);
        return read ? ErrorCode::internal : read.error().code;
    };
    const std::string long_text(65U << 10U, 'x');
    REQUIRE(repository.commit("wordy", {{"a", "x"}}, author, long_text));
    CHECK(refusal("wordy", "a") == ErrorCode::limit_exceeded);
    CHECK(repository.branch_commit("wordy").error().code == ErrorCode::limit_exceeded);

    Files many;
    for (std::size_t i = 0; i < 5000; ++i) {
        many.emplace("many/" + std::to_string(i) + std::string(200, 'n'), "x");
    }
    many.emplace("small/a", "x");
    REQUIRE(repository.commit("broad", many, author, "Begin"));
    CHECK(refusal("broad", "many/a") == ErrorCode::limit_exceeded);
    CHECK(repository.read_file("broad", "small/a").value() == "x");
    CHECK_FALSE(repository.read_file("broad", "small/a/b").value());
    Files root;
    for (std::size_t i = 0; i < 5000; ++i) {
        root.emplace(std::to_string(i) + std::string(200, 'n'), "x");
    }
    REQUIRE(repository.commit("broad-root", root, author, "Begin"));
    CHECK(refusal("broad-root", "a") == ErrorCode::limit_exceeded);
}

TEST_CASE("names that git must never see are refused") {
    const test::TemporaryDirectory folder;
    auto repository = Repository::init(folder.path() / "bare", "main", true).value();
    for (const std::string path :
         {".git/config", "../a", "a/../b", "/a", "", "a//b", ".GIT/config"}) {
        CAPTURE(path);
        CHECK_FALSE(repository.commit("main", {{path, "x"}}, author, "No"));
    }
    for (const std::string branch : {"", "a..b", "-a", "a b", "a.lock", "HEAD", "@{1}"}) {
        CAPTURE(branch);
        CHECK(repository.commit(branch, {{"a", "x"}}, author, "No").error().code ==
              ErrorCode::invalid_argument);
    }
    CHECK_FALSE(repository.branch_commit("main").value());
}

TEST_CASE("a folder that is no repository, or is not empty, is told apart") {
    const test::TemporaryDirectory folder;
    CHECK(Repository::open(folder.path()).error().code == ErrorCode::not_found);
    REQUIRE(write_file_atomic(folder.path() / "a", std::string_view("x")));
    CHECK(Repository::init(folder.path(), "main", false).error().code == ErrorCode::already_exists);
}

TEST_CASE("the user's git configuration changes nothing") {
    const test::TemporaryDirectory folder;
    REQUIRE(write_file_atomic(
        folder.path() / ".gitconfig",
        std::string_view("[core]\n\tautocrlf = true\n[init]\n\tdefaultBranch = x\n")));
    const char* home = ::getenv("HOME");
    const std::string old = home == nullptr ? "" : home;
    ::setenv("HOME", folder.path().c_str(), 1);
    auto repository = Repository::init(folder.path() / "work", "main", false).value();
    REQUIRE(repository.commit("main", {{"a", "one\ntwo\n"}}, author, "Begin"));
    ::setenv("HOME", old.c_str(), 1);
    CHECK(tau::read_file(folder.path() / "work/a").value() == "one\ntwo\n");
}
