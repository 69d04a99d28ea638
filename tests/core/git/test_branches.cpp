#include "core/git/branches.h"
#include "core/git/clone.h"
#include "core/git/merge.h"
#include "core/git/work_tree.h"
#include "tests/support/git_cli.h"

#include <csignal>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::contents;
using test::numbered;
using test::write;
namespace fs = std::filesystem;

namespace {

std::string branch_lines(const std::vector<Branch>& branches) {
    std::string text;
    for (const Branch& branch : branches) {
        text += (branch.current ? "*" : " ") + branch.name + (branch.local ? " here" : "") +
                (branch.remote ? " there" : "") + " +" + std::to_string(branch.ahead) + " -" +
                std::to_string(branch.behind) + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("branches here and at the remote, and how far apart they are") {
    const Clone clone;
    const std::string begin = clone.head();
    write(clone.path / "a.yaml", "a: 1\n");
    const std::string second = clone.commit("Second");
    write(clone.path / "a.yaml", "a: 2\n");
    clone.commit("Third");
    test::git(clone.path, {"update-ref", "refs/remotes/origin/main", second});
    test::git(clone.path, {"update-ref", "refs/remotes/origin/release", begin});
    test::git(clone.path, {"update-ref", "refs/remotes/other/main", begin});
    test::git(clone.path, {"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"});
    test::git(clone.path, {"branch", "feature/x", begin});
    test::git(clone.path, {"pack-refs", "--all"});
    CHECK(branch_lines(list_branches(clone.path).value()) ==
          " feature/x here +0 -0\n*main here there +1 -0\n release there +0 -0\n");

    REQUIRE(create_branch(clone.path, "dev"));
    CHECK(clone.head("dev") == clone.head("main"));
    for (const std::string name : {"dev", "release"}) {
        CHECK(create_branch(clone.path, name).error().code == ErrorCode::already_exists);
    }
    CHECK(create_branch(clone.path, "a..b").error().code == ErrorCode::invalid_argument);
    CHECK(switch_branch(clone.path, "nowhere").error().code == ErrorCode::not_found);

    REQUIRE(switch_branch(clone.path, "release")); // only the remote has it
    CHECK(test::git(clone.path, {"symbolic-ref", "--short", "HEAD"}) == "release\n");
    CHECK(clone.head() == begin);
    CHECK_FALSE(fs::exists(clone.path / "a.yaml"));
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
    CHECK(clone.problem() == "");
}

TEST_CASE("switching takes changes along that are not in the way, and refuses to lose others") {
    const Clone clone;
    test::git(clone.path, {"checkout", "-q", "-b", "dev"});
    write(clone.path / "functions/ping.yaml", numbered(30, {{3, "dev"}}));
    write(clone.path / "new.yaml", "dev: 1\n");
    write(clone.path / "ignored.log", "of dev\n");
    clone.commit("Dev");
    test::git(clone.path, {"checkout", "-q", "main"});

    struct Case {
        const char* file;
        const char* content; ///< empty: removed
        bool in_the_way;
    };
    for (const Case& one :
         {Case{"config.yaml", "id: mine\n", false}, Case{"functions/ping.yaml", "mine\n", true},
          Case{"new.yaml", "mine\n", true}, Case{"beside.yaml", "mine\n", false}}) {
        CAPTURE(one.file);
        test::git(clone.path, {"checkout", "-q", "-f", "main"});
        test::git(clone.path, {"clean", "-qfd"});
        write(clone.path / one.file, one.content);
        // git itself is the judge of what may be lost.
        const bool git_refuses = test::try_git(clone.path, {"checkout", "-q", "dev"}).code != 0;
        CHECK(git_refuses == one.in_the_way);
        test::git(clone.path, {"checkout", "-q", "-m", "main"});
        const std::string before = test::git(clone.path, {"status", "--porcelain"});

        const auto files = files_against_switch(clone.path, "dev").value();
        CHECK(files ==
              (one.in_the_way ? std::vector<std::string>{one.file} : std::vector<std::string>{}));
        const auto switched = switch_branch(clone.path, "dev");
        CHECK(switched.has_value() == !one.in_the_way);
        CHECK(contents(clone.path / one.file) == one.content);
        if (one.in_the_way) {
            CHECK(switched.error().code == ErrorCode::conflict);
            CHECK(switched.error().message.find(one.file) != std::string::npos);
            CHECK(test::git(clone.path, {"symbolic-ref", "--short", "HEAD"}) == "main\n");
            CHECK(test::git(clone.path, {"status", "--porcelain"}) == before);
        }
        CHECK(clone.problem() == "");
    }
    SUBCASE("an ignored file is somebody's, too") {
        test::git(clone.path, {"checkout", "-q", "-f", "main"});
        write(clone.path / ".git/info/exclude", "*.log\n");
        write(clone.path / "ignored.log", "mine\n");
        CHECK_FALSE(switch_branch(clone.path, "dev"));
        CHECK(contents(clone.path / "ignored.log") == "mine\n");
    }
}

TEST_CASE("a branch is not taken for another that is written alike") {
    const Clone clone;
    const std::string begin = clone.head();
    write(clone.path / "a.yaml", "a: 1\n");
    const std::string second = clone.commit("Second");
    // Whoever pushed "HEAD:origin/main", or a name like a commit's, did so at the host.
    test::git(clone.path, {"update-ref", "refs/remotes/origin/main", second});
    test::git(clone.path, {"update-ref", "refs/remotes/origin/origin/main", begin});
    test::git(clone.path, {"update-ref", "refs/remotes/origin/" + second, begin});
    for (const std::string& name : {std::string("origin/main"), second}) {
        CAPTURE(name);
        REQUIRE(switch_branch(clone.path, name));
        CHECK(test::git(clone.path, {"symbolic-ref", "HEAD"}) == "refs/heads/" + name + "\n");
        CHECK(test::git(clone.path, {"rev-parse", "HEAD"}) == begin + "\n");
        CHECK_FALSE(fs::exists(clone.path / "a.yaml"));
        CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
        REQUIRE(switch_branch(clone.path, "main"));
    }
    // Here there is a branch "origin/main" now, at another commit than the fetched one.
    const auto branches = list_branches(clone.path).value();
    for (const Branch& branch : branches) {
        CHECK((branch.name != "main" || (branch.ahead == 0 && branch.behind == 0)));
    }
    CHECK(compare_with_remote(clone.path)->state == Comparison::State::same);
}

TEST_CASE("a pushed branch takes the place of what the remote has no more") {
    for (const auto& [before, now] : {std::pair("dev", "dev/shop"), {"dev/shop/a", "dev/shop"}}) {
        CAPTURE(before);
        const Clone clone;
        const std::string tracking = "refs/remotes/origin/";
        test::git(clone.path, {"update-ref", tracking + before, "main"});
        test::git(clone.path, {"update-ref", tracking + "other", "main"});
        test::git(clone.path, {"branch", now});
        const auto remembered = remember_pushed(clone.path, now);
        CHECK_MESSAGE(remembered.has_value(), (remembered ? "" : remembered.error().message));
        CHECK(test::git(clone.path, {"for-each-ref", "--format=%(refname)", "refs/remotes"}) ==
              tracking + now + "\n" + tracking + "other\n");
    }
}

TEST_CASE("a repository in the clone is in the way, and never removed") {
    const Clone clone;
    const fs::path inner = clone.path / "tools";
    fs::create_directory(inner);
    test::git(inner, {"init", "-q", "-b", "main"});
    write(inner / "a", "a\n");
    test::git(inner, {"add", "-A"});
    test::git(inner, {"commit", "-q", "-m", "Tools"});
    test::git(inner, {"branch", "never-pushed"});
    test::git(clone.path, {"add", "tools"});
    const std::string with = clone.commit("With tools");
    test::git(clone.path, {"branch", "with"});
    test::git(clone.path, {"rm", "-q", "--cached", "tools"});
    test::git(clone.path, {"commit", "-q", "-m", "Without"});
    test::git(clone.path, {"branch", "without"});
    test::git(clone.path, {"reset", "-q", "--hard", "with"});
    REQUIRE(status_of(clone.path)->repositories == std::vector<std::string>{"tools"});
    CHECK(files_against_switch(clone.path, "without").value() == std::vector<std::string>{"tools"});
    CHECK(switch_branch(clone.path, "without").error().code == ErrorCode::conflict);
    CHECK(test::git(inner, {"branch", "--list", "never-pushed"}) == "  never-pushed\n");
    CHECK(clone.head() == with);
    fs::rename(inner, clone.folder.path() / "tools");
    fs::create_directory(inner);
    CHECK(switch_branch(clone.path, "without"));      // an empty folder holds nothing
    fs::rename(clone.folder.path() / "tools", inner); // and one that git does not know is told
    CHECK(status_of(clone.path)->repositories == std::vector<std::string>{"tools"});
}

TEST_CASE("a program that is killed between index and HEAD leaves neither changed") {
    const Clone clone;
    test::git(clone.path, {"checkout", "-q", "-b", "dev"});
    write(clone.path / "only-dev.yaml", numbered(100));
    write(clone.path / "also/only-dev.yaml", numbered(10));
    write(clone.path / "config.yaml", "id: dev\n");
    fs::remove(clone.path / "functions/ping.yaml");
    write(clone.path / "functions/ping.yaml/a.yaml", "a: 1\n"); // a folder where a file was
    clone.commit("Dev");
    test::git(clone.path, {"checkout", "-q", "main"});
    write(clone.path / "mine.yaml", "id: not committed\n");
    // What the program writes before, then the files and the index; it did not get further.
    std::string target = test::git(clone.path, {"rev-parse", "dev"});
    target.pop_back();
    write(clone.path / ".git/tau-console-change", target + '\0' + "mine.yaml");
    test::git(clone.path, {"read-tree", "-m", "-u", "HEAD", "dev"});
    REQUIRE(contents(clone.path / "also/only-dev.yaml") == numbered(10));

    const auto found = git::status_of(clone.path);
    REQUIRE(found);
    CHECK(found->branch == "main");
    CHECK(test::git(clone.path, {"status", "--porcelain"}) == "?? mine.yaml\n");
    CHECK(contents(clone.path / "mine.yaml") == "id: not committed\n");
}

TEST_CASE("a program that is killed while it switches loses nothing, and the next one goes on") {
    const Clone clone;
    constexpr int files = 400;
    for (int i = 0; i < files; ++i) {
        write(clone.path / ("many/" + std::to_string(i) + ".yaml"), numbered(200));
    }
    clone.commit("Many");
    test::git(clone.path, {"checkout", "-q", "-b", "dev"});
    for (int i = 0; i < files; ++i) {
        write(clone.path / ("many/" + std::to_string(i) + ".yaml"), numbered(300, {{1, "dev"}}));
    }
    write(clone.path / "only-dev.yaml", numbered(100));
    fs::remove(clone.path / "functions/ping.yaml");
    clone.commit("Dev");
    test::git(clone.path, {"checkout", "-q", "main"});
    const std::string mine = "id: not committed\n";
    write(clone.path / "config.yaml", mine);

    int cut_short = 0;
    for (int round = 0; round < 12; ++round) {
        CAPTURE(round);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const bool done = switch_branch(clone.path, "dev").has_value();
            ::_exit(done ? 0 : 1);
        }
        // Killed at another moment in each round: as soon as so many files are written.
        const fs::path watched = clone.path / "many" / (std::to_string(round * 30) + ".yaml");
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        int status = 0;
        while (::waitpid(child, &status, WNOHANG) == 0) {
            if (contents(watched).starts_with("dev") || std::chrono::steady_clock::now() > until) {
                ::kill(child, SIGKILL);
                ::waitpid(child, &status, 0);
                break;
            }
        }
        const auto looked = git::status_of(clone.path);
        REQUIRE(looked);
        CHECK(contents(clone.path / "config.yaml") == mine);
        if (WIFSIGNALED(status) && looked->branch == "main") {
            ++cut_short;
            CHECK(test::git(clone.path, {"status", "--porcelain"}) == " M config.yaml\n");
        }
        REQUIRE(switch_branch(clone.path, "dev"));
        CHECK(test::git(clone.path, {"status", "--porcelain"}) == " M config.yaml\n");
        CHECK(contents(clone.path / "only-dev.yaml") == numbered(100));
        CHECK(clone.problem() == "");
        REQUIRE(switch_branch(clone.path, "main"));
    }
    CHECK(cut_short > 0);
}

TEST_CASE("two programs do not change a clone at the same time") {
    const Clone clone;
    test::git(clone.path, {"branch", "dev"});
    std::vector<std::jthread> threads;
    std::atomic<int> failures = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            for (int k = 0; k < 5; ++k) {
                failures += switch_branch(clone.path, i % 2 == 0 ? "dev" : "main") ? 0 : 1;
            }
        });
    }
    threads.clear();
    CHECK(failures == 0);
    CHECK(clone.problem() == "");
}
