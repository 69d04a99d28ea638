// What a person's own git made of a clone, and this program cannot do as git would.
#include "core/git/branches.h"
#include "core/git/commit.h"
#include "core/git/configuration.h"
#include "core/git/discard.h"
#include "core/git/history.h"
#include "core/git/repository.h"
#include "core/git/unpushed.h"
#include "core/git/work_tree.h"
#include "tests/support/git_cli.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::contents;
using test::write;
namespace fs = std::filesystem;

namespace {

const Author who{"Ada", "ada@example.org"};

std::string changes_of(const fs::path& clone) {
    const auto status = status_of(clone);
    REQUIRE(status);
    std::string text;
    for (const FileChange& file : status->files) {
        text += std::string(to_string(file.state)) + " " + file.path + "\n";
    }
    return text;
}

/// The error of what must not be done.
template <typename T>
Error error_of(const Result<T>& result) {
    REQUIRE_FALSE(result);
    return result.error();
}

bool says(const Error& error, const std::string& part) {
    return error.message.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a file that only git's own filter can store is left to git") {
    const Clone clone;
    write(clone.path / ".gitattributes", "secret.yaml filter=crypt\n*.utf working-tree-encoding="
                                         "UTF-16LE\n*.yml -filter\n");
    const std::string plain = clone.commit("Attributes");
    write(clone.path / "secret.yaml", "password: brandnew\n");
    write(clone.path / "a.utf", "a");
    write(clone.path / "b.yml", "b: 1\n");
    for (const char* path : {"secret.yaml", "a.utf"}) {
        CAPTURE(path);
        const Error refused = error_of(commit_files(clone.path, {path}, who, "x"));
        CHECK(refused.code == ErrorCode::unavailable);
        CHECK(says(refused, path));
    }
    CHECK(clone.head() == plain);
    CHECK(commit_files(clone.path, {"b.yml"}, who, "Others are committed"));
    fs::remove(clone.path / "b.yml");
    CHECK(commit_files(clone.path, {"b.yml"}, who, "Nothing is stored of what goes"));
    CHECK(clone.problem() == "");
}

TEST_CASE("a file is brought into the folder as git would, or not at all") {
    const Clone clone;
    test::git(clone.path, {"checkout", "-q", "-b", "dev"});
    write(clone.path / ".gitattributes", "secret.yaml filter=crypt\n");
    write(clone.path / "secret.yaml", "sealed\n");
    const std::string dev = clone.commit("As the filter stored it, with its attributes");
    test::git(clone.path, {"checkout", "-q", "main"});
    const std::string plain = clone.head();
    // A filter that nobody configured does nothing to git either.
    REQUIRE(switch_branch(clone.path, "dev"));
    CHECK(contents(clone.path / "secret.yaml") == "sealed\n");
    REQUIRE(switch_branch(clone.path, "main"));
    test::git(clone.path, {"config", "filter.crypt.smudge", "sed s/sealed/open/"});
    CHECK(error_of(files_against_switch(clone.path, "dev")).code == ErrorCode::unavailable);
    CHECK(says(error_of(switch_branch(clone.path, "dev")), "secret.yaml"));
    CHECK(clone.head() == plain);
    CHECK_FALSE(fs::exists(clone.path / "secret.yaml"));
    test::git(clone.path, {"checkout", "-q", "dev"});
    CHECK(contents(clone.path / "secret.yaml") == "open\n");
    write(clone.path / "secret.yaml", "open and changed\n");
    CHECK(error_of(discard_changes(clone.path, {"secret.yaml"})).code == ErrorCode::unavailable);
    CHECK(contents(clone.path / "secret.yaml") == "open and changed\n");
    CHECK(clone.head() == dev);
    CHECK(clone.problem() == "");
}

TEST_CASE("what git was told to forget goes, whatever lies there") {
    const Clone clone;
    write(clone.path / "secrets.yaml", "key: old\n");
    clone.commit("Secrets");
    write(clone.path / ".gitignore", "secrets.yaml\n");
    test::git(clone.path, {"rm", "-q", "--cached", "secrets.yaml"});
    write(clone.path / "secrets.yaml", "key: new\n");
    CHECK(changes_of(clone.path) == "untracked .gitignore\nremoved secrets.yaml\n");
    REQUIRE(commit_files(clone.path, {".gitignore", "secrets.yaml"}, who, "Forget"));
    CHECK(test::git(clone.path, {"ls-tree", "-r", "--name-only", "HEAD"}) ==
          ".gitignore\nconfig.yaml\nfunctions/ping.yaml\n");
    CHECK(contents(clone.path / "secrets.yaml") == "key: new\n");
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
    CHECK(clone.problem() == "");
}

TEST_CASE("what git was told to forget goes, though nothing ignores it") {
    const Clone clone;
    write(clone.path / ".env", "key: old\n");
    write(clone.path / "same.env", "key: same\n");
    clone.commit("Secrets");
    test::git(clone.path, {"rm", "-q", "--cached", ".env", "same.env"});
    write(clone.path / ".env", "key: new\n");
    CHECK(changes_of(clone.path) == "removed .env\nremoved same.env\n");
    REQUIRE(discard_changes(clone.path, {"same.env"})); // git is to know it again
    CHECK(changes_of(clone.path) == "removed .env\n");
    REQUIRE(commit_files(clone.path, {".env"}, who, "Forget"));
    CHECK(test::git(clone.path, {"ls-tree", "-r", "--name-only", "HEAD"}) ==
          "config.yaml\nfunctions/ping.yaml\nsame.env\n");
    CHECK(contents(clone.path / ".env") == "key: new\n");
    CHECK(test::git(clone.path, {"status", "--porcelain"}) == "?? .env\n");
}

TEST_CASE("what is discarded comes back although a list of ignored files names it") {
    const Clone clone;
    write(clone.path / ".gitignore", "config.yaml\n");
    clone.commit("Ignore");
    write(clone.path / "config.yaml", "id: mine\n");
    const auto discarded = discard_changes(clone.path, {"config.yaml"});
    REQUIRE(discarded);
    const auto back = bring_back(clone.path, *discarded);
    REQUIRE_MESSAGE(back, (back ? "" : back.error().message));
    CHECK(contents(clone.path / "config.yaml") == "id: mine\n");
}

TEST_CASE("a folder with files of one's own is not replaced by a link or a file") {
    for (const bool link : {true, false}) {
        CAPTURE(link);
        const Clone clone;
        test::git(clone.path, {"checkout", "-q", "-b", "dev"});
        fs::remove_all(clone.path / "functions");
        if (link) {
            fs::create_symlink("/tmp", clone.path / "functions");
        } else {
            write(clone.path / "functions", "x");
        }
        clone.commit("No folder");
        test::git(clone.path, {"checkout", "-q", "main"});
        CHECK(files_against_switch(clone.path, "dev")->empty());
        write(clone.path / ".git/info/exclude", "*.log\n");
        write(clone.path / "functions/mine.yaml", "x");
        write(clone.path / "functions/deep/er/a.log", "x");
        test::git(clone.path, {"init", "-q", "functions/own"});
        const auto files = files_against_switch(clone.path, "dev");
        REQUIRE(files);
        for (const char* path :
             {"functions/mine.yaml", "functions/deep/er/a.log", "functions/own"}) {
            CAPTURE(path);
            CHECK(std::find(files->begin(), files->end(), path) != files->end());
        }
        CHECK(error_of(switch_branch(clone.path, "dev")).code == ErrorCode::conflict);
        CHECK(contents(clone.path / "functions/mine.yaml") == "x");
        CHECK(contents(clone.path / "functions/deep/er/a.log") == "x");
        for (const char* path : {"mine.yaml", "deep", "own"}) {
            fs::remove_all(clone.path / "functions" / path);
        }
        REQUIRE(switch_branch(clone.path, "dev"));
        CHECK(fs::is_symlink(clone.path / "functions") == link);
        CHECK(clone.problem() == "");
    }
}

TEST_CASE("what a sparse checkout leaves out is not removed") {
    const Clone clone;
    test::git(clone.path, {"sparse-checkout", "set", "--no-cone", "/config.yaml"});
    REQUIRE_FALSE(fs::exists(clone.path / "functions"));
    CHECK(changes_of(clone.path).empty());
    write(clone.path / "config.yaml", "id: mine\n");
    CHECK(changes_of(clone.path) == "changed config.yaml\n");
    REQUIRE(commit_files(clone.path, {"config.yaml"}, who, "Mine"));
    CHECK(test::git(clone.path, {"ls-tree", "-r", "--name-only", "HEAD"}) ==
          "config.yaml\nfunctions/ping.yaml\n");
    test::git(clone.path, {"branch", "other"});
    const std::string other = test::git(
        clone.path, {"commit-tree", "-p", "HEAD", "-m", "Gone",
                     test::git(clone.path, {"rev-parse", "HEAD:functions"}).substr(0, 40)});
    test::git(clone.path, {"update-ref", "refs/heads/other", other.substr(0, 40)});
    CHECK(says(error_of(switch_branch(clone.path, "other")), "sparse"));
    // Changes of what git does not look at would be lost with the clone.
    CHECK(status_of(clone.path)->overlooked.empty());
    test::git(clone.path, {"update-index", "--assume-unchanged", "config.yaml"});
    write(clone.path / "config.yaml", "id: here\n");
    write(clone.path / "functions/ping.yaml", "mine\n");
    CHECK(status_of(clone.path)->overlooked ==
          std::vector<std::string>{"config.yaml", "functions/ping.yaml"});
}

TEST_CASE("a merge that git left in the index is finished with git, or discarded") {
    const Clone clone;
    write(clone.path / "f.go", "package a\n");
    write(clone.path / "g.go", "package a\n");
    clone.commit("Code");
    write(clone.path / "f.go", "package b\n");
    write(clone.path / "g.go", "package b\n");
    test::git(clone.path, {"stash", "-q"});
    write(clone.path / "f.go", "package c\n");
    fs::remove(clone.path / "g.go");
    const std::string head = clone.commit("Others");
    CHECK(test::try_git(clone.path, {"stash", "pop", "-q"}).code != 0);
    REQUIRE(contents(clone.path / "f.go").find("<<<<<<<") != std::string::npos);
    for (const char* path : {"f.go", "g.go"}) {
        CAPTURE(path);
        const Error refused = error_of(commit_files(clone.path, {path}, who, "x"));
        CHECK(refused.code == ErrorCode::conflict);
        CHECK(says(refused, path));
    }
    CHECK(clone.head() == head);
    CHECK(error_of(files_against_switch(clone.path, "main")).code == ErrorCode::conflict);
    test::git(clone.path, {"checkout", "-q", "--ours", "f.go"}); // as HEAD has it, and still open
    REQUIRE(discard_changes(clone.path, {"f.go", "g.go"}));
    CHECK(test::git(clone.path, {"ls-files", "f.go", "g.go"}) == "f.go\n");
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
    CHECK(contents(clone.path / "f.go") == "package c\n");
    CHECK_FALSE(fs::exists(clone.path / "g.go"));
}

TEST_CASE("a repository without files of its own is told from a clone") {
    const test::TemporaryDirectory folder;
    test::git(folder.path(), {"init", "-q", "--bare", "code"});
    CHECK(error_of(status_of(folder.path() / "code")).code == ErrorCode::invalid_argument);
    CHECK(says(error_of(list_branches(folder.path() / "code")), "bare"));
    const Clone clone;
    test::git(clone.path, {"config", "core.bare", "true"});
    CHECK(says(error_of(status_of(clone.path)), "bare"));
}

TEST_CASE("a folder that all repositories are to have is nobody's") {
    const Clone clone;
    const test::TemporaryDirectory home;
    write(home.path() / ".gitconfig", "[core]\n\tworktree = /tmp\n");
    REQUIRE(follow_configuration({{}, {}, home.path()}));
    const auto status = status_of(clone.path);
    const auto made = Repository::init(home.path() / "new", "main", false);
    REQUIRE(follow_configuration({}));
    CHECK(says(error_of(status), "core.worktree"));
    CHECK(says(error_of(made), "core.worktree"));
}

TEST_CASE("a shallow clone shows its history as far as it goes") {
    const Clone clone;
    for (const char* text : {"a: 1\n", "a: 2\n", "a: 3\n"}) {
        write(clone.path / "config.yaml", text);
        clone.commit(text);
    }
    const fs::path shallow = clone.folder.path() / "shallow";
    test::git(clone.folder.path(),
              {"clone", "-q", "--depth", "2", "file://" + clone.path.string(), shallow.string()});
    CHECK(unpushed(shallow)->empty());
    write(shallow / "config.yaml", "a: 4\n");
    const auto own = commit_files(shallow, {"config.yaml"}, who, "Own");
    REQUIRE(own);
    const auto page = history(shallow, "main", 0, 10);
    REQUIRE(page);
    CHECK_FALSE(page->more);
    std::string ids;
    for (const Commit& commit : page->commits) {
        ids += commit.id + "\n";
        CHECK(files_of(shallow, commit.id));
    }
    CHECK(ids == test::git(shallow, {"log", "--format=%H"}));
    CHECK(page->commits.size() == 3);
    const auto second = history(shallow, "main", 1, 1);
    CHECK(second->commits.size() == 1);
    CHECK(second->more);
    const auto left = unpushed(shallow);
    REQUIRE(left);
    REQUIRE(left->size() == 1);
    CHECK(left->front().where == "main");
    CHECK(left->front().commits == 1);
}

TEST_CASE("branches with any name hold commits that were not pushed") {
    const Clone clone;
    test::git(clone.path, {"update-ref", "refs/remotes/origin/main", "main"});
    write(clone.path / "config.yaml", "id: mine\n");
    const std::string mine = clone.commit("Mine");
    test::git(clone.path, {"reset", "-q", "--hard", "HEAD~1"});
    const std::string odd = "caf\xe9" + std::string(210, 'x');
    test::git(clone.path, {"update-ref", "refs/heads/" + odd, mine});
    const auto left = unpushed(clone.path);
    REQUIRE(left);
    REQUIRE(left->size() == 1);
    CHECK(left->front().where == odd);
}
