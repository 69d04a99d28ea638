#include "core/git/branches.h"
#include "core/git/commit.h"
#include "core/git/diff.h"
#include "core/git/merge.h"
#include "core/git/work_tree.h"
#include "core/yaml/document.h"
#include "tests/support/git_cli.h"

#include <csignal>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::contents;
using test::numbered;
using test::write;
namespace fs = std::filesystem;

namespace {

using State = Comparison::State;
using Verdict = MergeFile::Verdict;
const Author ada{"Ada", "ada@example.org"};

bool sound(const std::string& path, const std::string& text) {
    return !is_yaml_name(path) || yaml::Document::parse(text).has_value();
}

/// A clone whose remote branch can be given commits, by git.
struct Two : Clone {
    Two() { test::git(path, {"update-ref", "refs/remotes/origin/main", "main"}); }
    /// Runs `change` on the other side and leaves what was fetched of it.
    template <typename Change>
    void remote(const Change& change) const {
        test::git(path, {"checkout", "-q", "--detach", "refs/remotes/origin/main"});
        change();
        const std::string id = commit("Theirs");
        test::git(path, {"update-ref", "refs/remotes/origin/main", id});
        test::git(path, {"checkout", "-q", "main"});
    }
    template <typename Change>
    void local(const Change& change) const {
        change();
        commit("Ours");
    }
};

const MergeFile& file_of(const MergePlan& plan, const std::string& path) {
    for (const MergeFile& file : plan.files) {
        if (file.path == path) {
            return file;
        }
    }
    FAIL("the plan has no " << path);
    return plan.files.front();
}

} // namespace

TEST_CASE("how this side stands to what was fetched") {
    const Two two;
    CHECK(compare_with_remote(two.path).value().state == State::same);
    two.remote([&] { write(two.path / "a.yaml", "a: 1\n"); });
    auto found = compare_with_remote(two.path).value();
    CHECK(found.state == State::fast_forward);
    CHECK(found.behind == 1);
    CHECK(plan_merge(two.path, sound).error().code == ErrorCode::conflict);

    write(two.path / "config.yaml", "id: not committed\n"); // not in the way
    CHECK(fast_forward(two.path).value() == two.head("refs/remotes/origin/main"));
    CHECK(two.head() == two.head("refs/remotes/origin/main"));
    CHECK(contents(two.path / "a.yaml") == "a: 1\n");
    CHECK(test::git(two.path, {"status", "--porcelain"}) == " M config.yaml\n");

    two.commit("Ours");
    CHECK(compare_with_remote(two.path).value().state == State::ahead);
    CHECK(fast_forward(two.path).error().code == ErrorCode::conflict);
    two.remote([&] { write(two.path / "b.yaml", "b: 1\n"); });
    found = compare_with_remote(two.path).value();
    CHECK(found.state == State::both_changed);
    CHECK(found.ahead == 1);
    CHECK(found.behind == 1);
    test::git(two.path, {"checkout", "-q", "--orphan", "alone"});
    two.commit("Alone");
    test::git(two.path, {"update-ref", "refs/remotes/origin/alone", "main"});
    CHECK(compare_with_remote(two.path).value().state == State::unrelated);
    CHECK(two.problem() == "");
}

TEST_CASE("a shallow clone is compared as far as it goes") {
    const Two two;
    write(two.path / "a.yaml", "a: 1\n");
    two.commit("Second");
    const fs::path shallow = two.folder.path() / "shallow";
    test::git(two.folder.path(),
              {"clone", "-q", "--depth", "1", "file://" + two.path.string(), shallow.string()});
    CHECK(compare_with_remote(shallow).value().state == State::same);
    write(shallow / "b.yaml", "b: 1\n");
    test::git(shallow, {"add", "-A"});
    test::git(shallow, {"commit", "-q", "-m", "Ours"});
    const auto found = compare_with_remote(shallow).value();
    CHECK(found.state == State::ahead);
    CHECK(found.ahead == 1);
    const auto branches = list_branches(shallow).value();
    CHECK(branches.front().ahead == 1);
    CHECK(branches.front().behind == 0);

    // What the two sides have in common is just there, and then cut off.
    const std::vector<std::string> news{"fetch", "-q", "--depth=1", "origin",
                                        "+main:refs/remotes/origin/main"};
    write(two.path / "c.yaml", "c: 1\n");
    two.commit("Theirs");
    test::git(shallow, news);
    const auto near = plan_merge(shallow, sound);
    CHECK_MESSAGE(near.has_value(), (near ? "" : near.error().message));
    for (const char* text : {"c: 2\n", "c: 3\n"}) {
        write(two.path / "c.yaml", text);
        two.commit(text);
    }
    test::git(shallow, news);
    const auto plan = plan_merge(shallow, sound);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().hint.find("--unshallow") != std::string::npos);
    test::git(shallow, {"fetch", "-q", "--unshallow", "origin"});
    CHECK(plan_merge(shallow, sound));
}

TEST_CASE("a clone of what was empty takes the first commits") {
    const Two two;
    const std::string first = two.head();
    test::git(two.path, {"update-ref", "refs/remotes/origin/main", first});
    test::git(two.path, {"update-ref", "-d", "refs/heads/main"});
    test::git(two.path, {"rm", "-q", "-r", "-f", "."});
    CHECK(compare_with_remote(two.path).value().state == State::fast_forward);
    write(two.path / "config.yaml", "id: mine\n");
    CHECK(fast_forward(two.path).error().code == ErrorCode::conflict);
    CHECK(contents(two.path / "config.yaml") == "id: mine\n");
    fs::remove(two.path / "config.yaml");
    CHECK(fast_forward(two.path).value() == first);
    CHECK(two.head() == first);
    CHECK(test::git(two.path, {"status", "--porcelain"}).empty());
}

TEST_CASE("a pull never overwrites what is not committed") {
    const Two two;
    two.remote([&] { write(two.path / "config.yaml", "id: theirs\n"); });
    write(two.path / "config.yaml", "id: mine\n");
    const auto refused = fast_forward(two.path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("config.yaml") != std::string::npos);
    CHECK(contents(two.path / "config.yaml") == "id: mine\n");
}

TEST_CASE("a merge plan says for each file what becomes of it") {
    const Two two;
    two.remote([&] {
        write(two.path / "functions/ping.yaml", numbered(30, {{28, "theirs"}}));
        write(two.path / "config.yaml", "id: Qm\nname: theirs\n");
        write(two.path / "theirs.yaml", "a: 1\n");
        write(two.path / "both.yaml", "a: 1\n");
        write(two.path / "alike.yaml", "a: 1\n");
        write(two.path / "picture", std::string("\0\1", 2));
    });
    two.local([&] {
        write(two.path / "functions/ping.yaml", numbered(30, {{2, "ours"}}));
        write(two.path / "config.yaml", "id: Qm\nname: ours\n");
        write(two.path / "ours.yaml", "a: 1\n");
        write(two.path / "both.yaml", "a: 2\n");
        write(two.path / "alike.yaml", "a: 1\n");
        write(two.path / "picture", std::string("\0\2", 2));
    });
    // No YAML, so that lines may be merged whatever they are.
    const auto plan =
        plan_merge(two.path, [](const std::string&, const std::string&) { return true; }).value();
    CHECK(plan.files.size() == 7);
    CHECK(file_of(plan, "alike.yaml").verdict == Verdict::ours);
    CHECK(file_of(plan, "ours.yaml").verdict == Verdict::ours);
    CHECK(file_of(plan, "theirs.yaml").verdict == Verdict::theirs);
    CHECK(file_of(plan, "functions/ping.yaml").verdict == Verdict::merged);
    CHECK(file_of(plan, "functions/ping.yaml").merged ==
          numbered(30, {{2, "ours"}, {28, "theirs"}}));
    const MergeFile& config = file_of(plan, "config.yaml");
    CHECK(config.verdict == Verdict::choose);
    CHECK(config.base == "id: Qm\nname: shop\n");
    CHECK(config.ours == "id: Qm\nname: ours\n");
    CHECK(config.theirs == "id: Qm\nname: theirs\n");
    CHECK_FALSE(config.why.empty());
    CHECK(file_of(plan, "both.yaml").verdict == Verdict::choose);
    CHECK_FALSE(file_of(plan, "picture").is_text);

    // Nothing was changed by planning, and nothing is without every decision.
    const std::string before = two.head();
    CHECK(merge(two.path, plan, {}, ada, "Merge", sound).error().code ==
          ErrorCode::invalid_argument);
    CHECK(test::git(two.path, {"status", "--porcelain"}).empty());
    CHECK(two.head() == before);
}

TEST_CASE("the merge has two parents and holds what was decided") {
    const Two two;
    two.remote([&] {
        write(two.path / "functions/ping.yaml", "a: 1\nb: 2\nc: 3\nd: 4\ne: theirs\n");
        write(two.path / "config.yaml", "id: Qm\nname: theirs\n");
        write(two.path / "one.yaml", "a: theirs\n");
        write(two.path / "two.yaml", "a: theirs\n");
        fs::remove(two.path / "functions/ping.yaml");
        write(two.path / "docs/readme.md", "theirs\n");
    });
    two.local([&] {
        write(two.path / "config.yaml", "id: Qm\nname: ours\n");
        write(two.path / "one.yaml", "a: ours\n");
        write(two.path / "two.yaml", "a: ours\n");
        write(two.path / "functions/ping.yaml", "a: changed\n");
    });
    write(two.path / "beside.yaml", "not: committed\n");
    const auto plan = plan_merge(two.path, sound).value();
    CHECK(file_of(plan, "functions/ping.yaml").verdict == Verdict::choose); // removed there
    CHECK_FALSE(file_of(plan, "functions/ping.yaml").in_theirs);
    std::vector<MergeChoice> choices{
        {"config.yaml", MergeChoice::Take::text, "id: Qm\nname: <<<<<<< both\n"},
        {"one.yaml", MergeChoice::Take::ours, {}},
        {"two.yaml", MergeChoice::Take::theirs, {}},
        {"functions/ping.yaml", MergeChoice::Take::theirs, {}}};
    const std::string before = two.head();
    for (const std::string text :
         {"id: [\n", "a: 1\na: 2\n", "<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n"}) {
        CAPTURE(text);
        choices[0].text = text;
        CHECK(merge(two.path, plan, choices, ada, "Merge", sound).error().code ==
              ErrorCode::invalid_argument);
        CHECK(two.head() == before);
        CHECK(test::git(two.path, {"status", "--porcelain"}) == "?? beside.yaml\n");
    }
    choices[0].text = "id: Qm\nname: both\n";
    const auto made = merge(two.path, plan, choices, ada, "Merge both", sound);
    REQUIRE(made);
    CHECK(two.head() == *made);
    CHECK(two.head("HEAD^1") == plan.ours);
    CHECK(two.head("HEAD^2") == plan.theirs);
    CHECK(contents(two.path / "config.yaml") == "id: Qm\nname: both\n");
    CHECK(contents(two.path / "one.yaml") == "a: ours\n");
    CHECK(contents(two.path / "two.yaml") == "a: theirs\n");
    CHECK(contents(two.path / "docs/readme.md") == "theirs\n");
    CHECK_FALSE(fs::exists(two.path / "functions/ping.yaml"));
    CHECK(test::git(two.path, {"status", "--porcelain"}) == "?? beside.yaml\n");
    CHECK(compare_with_remote(two.path).value().state == State::ahead);
    // The same plan again: the branch is elsewhere by now.
    CHECK(merge(two.path, plan, choices, ada, "Again", sound).error().code == ErrorCode::conflict);
    CHECK(two.problem() == "");
}

TEST_CASE("changes that fit line by line but make no YAML need a decision") {
    const Two two;
    write(two.path / "config.yaml", "a: 1\n\n\n\n\n\n\n\nz: 1\n");
    two.commit("Base");
    test::git(two.path, {"update-ref", "refs/remotes/origin/main", "main"});
    two.remote([&] { write(two.path / "config.yaml", "a: 1\nb: 2\n\n\n\n\n\n\n\nz: 1\n"); });
    two.local([&] { write(two.path / "config.yaml", "a: 1\n\n\n\n\n\n\n\nz: 1\nb: 3\n"); });
    const auto plan = plan_merge(two.path, sound).value();
    CHECK(file_of(plan, "config.yaml").verdict == Verdict::choose);
    CHECK(file_of(plan, "config.yaml").why.find("YAML") != std::string::npos);
    // git would have merged it, with a key twice.
    CHECK(test::try_git(two.path, {"merge", "-q", "refs/remotes/origin/main"}).code == 0);
    CHECK_FALSE(sound("config.yaml", contents(two.path / "config.yaml")));
}

TEST_CASE("clean merges are the trees that git makes") {
    const Two two;
    two.remote([&] {
        write(two.path / "functions/ping.yaml", numbered(30, {{20, "theirs"}}));
        write(two.path / "theirs/a.yaml", "a: 1\n");
        fs::remove(two.path / "config.yaml");
    });
    two.local([&] {
        write(two.path / "functions/ping.yaml", numbered(30, {{5, "ours"}}));
        write(two.path / "ours/run", "#!/bin/sh\n");
        fs::permissions(two.path / "ours/run", fs::perms::owner_all);
    });
    const auto any = [](const std::string&, const std::string&) { return true; };
    const auto plan = plan_merge(two.path, any).value();
    REQUIRE(merge(two.path, plan, {}, ada, "Merge", any));
    const std::string ours = two.head("HEAD^{tree}");
    test::git(two.path, {"checkout", "-q", "-B", "judge", plan.ours});
    test::git(two.path, {"merge", "-q", "--no-edit", plan.theirs});
    CHECK(two.head("HEAD^{tree}") == ours);
    CHECK(two.problem() == "");
}

TEST_CASE("a file on one side and a folder on the other is not merged into nothing") {
    const Two two;
    two.remote([&] { write(two.path / "thing", "a file\n"); });
    two.local([&] { write(two.path / "thing/a.yaml", "a: 1\n"); });
    const auto plan = plan_merge(two.path, sound).value();
    const std::string before = two.head();
    CHECK(merge(two.path, plan, {}, ada, "Merge", sound).error().code == ErrorCode::conflict);
    CHECK(two.head() == before);
    CHECK(contents(two.path / "thing/a.yaml") == "a: 1\n");
}

TEST_CASE("a program that is killed while it merges loses nothing") {
    const Two two;
    constexpr int files = 300;
    two.remote([&] {
        for (int i = 0; i < files; ++i) {
            write(two.path / ("many/" + std::to_string(i) + ".yaml"), numbered(200));
        }
    });
    two.local([&] { write(two.path / "ours.yaml", "a: 1\n"); });
    const std::string mine = "id: not committed\n";
    write(two.path / "config.yaml", mine);
    const auto plan = plan_merge(two.path, sound).value();
    int cut_short = 0;
    for (int round = 0; round < 6; ++round) {
        CAPTURE(round);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::_exit(merge(two.path, plan, {}, ada, "Merge", sound) ? 0 : 1);
        }
        const fs::path watched = two.path / "many" / (std::to_string(round * 40) + ".yaml");
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        int code = 0;
        while (::waitpid(child, &code, WNOHANG) == 0) {
            if (fs::exists(watched) || std::chrono::steady_clock::now() > until) {
                ::kill(child, SIGKILL);
                ::waitpid(child, &code, 0);
                break;
            }
        }
        REQUIRE(status_of(two.path));
        CHECK(contents(two.path / "config.yaml") == mine);
        if (two.head() == plan.ours) {
            cut_short += WIFSIGNALED(code) ? 1 : 0;
            CHECK(test::git(two.path, {"status", "--porcelain"}) == " M config.yaml\n");
        } else {
            test::git(two.path, {"reset", "-q", "--keep", plan.ours});
        }
    }
    CHECK(cut_short > 0);
    const auto made = merge(two.path, plan, {}, ada, "Merge", sound);
    REQUIRE(made);
    CHECK(test::git(two.path, {"status", "--porcelain"}) == " M config.yaml\n");
    CHECK(contents(two.path / "many/299.yaml") == numbered(200));
    CHECK(two.problem() == "");
}
