// Clone, fetch and push over the real git host: sshd, the gate, tau-git.
#include "core/flow/clones.h"
#include "core/forge/local.h"
#include "core/git/branches.h"
#include "core/git/clone.h"
#include "core/git/commit.h"
#include "core/git/repository.h"
#include "tests/support/git_cli.h"
#include "tests/support/localnet.h"

#include <doctest/doctest.h>

using namespace tau;
using test::contents;
using test::write;
namespace fs = std::filesystem;

namespace {

const git::Author author{"Ada", "ada@example.org"};

struct Host {
    test::TemporaryDirectory folder;
    test::Localnet localnet{folder.path() / "net"};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::string login = forge->who_am_i({}).value().login;
    int made = 0;

    forge::Repository repository() {
        const std::string name = "tb_" + std::to_string(++made);
        return forge->create_repository({login, name, "", "main", true}, {}).value();
    }
    git::Remote remote(const forge::Repository& repository) {
        return forge->push_remote(repository, {}).value();
    }
};

Host& host() {
    static Host one;
    return one;
}

template <typename T>
std::string outcome(const Result<T>& result) {
    return result ? "" : result.error().message + " | " + result.error().detail;
}

/// A repository at the host with main and dev, and a folder for clones of it.
struct Hosted {
    test::TemporaryDirectory folder;
    forge::Repository repository = host().repository();
    Hosted() {
        auto first = git::Repository::init(folder.path() / "first", "main", false).value();
        REQUIRE(first.commit("main", {{"config.yaml", "id: Qm\n"}}, author, "Begin"));
        REQUIRE(first.commit("dev", {{"config.yaml", "id: dev\n"}}, author, "Dev"));
        const auto pushed =
            git::push(first.path(), remote(),
                      {"refs/heads/main:refs/heads/main", "refs/heads/dev:refs/heads/dev"}, {});
        CHECK(outcome(pushed) == "");
    }
    git::Remote remote() const { return host().remote(repository); }
    fs::path clone(const std::string& name) const {
        const fs::path path = folder.path() / name;
        CHECK(outcome(git::clone(path, remote(), {})) == "");
        return path;
    }
};

void commit(const fs::path& clone, const std::string& file, const std::string& text) {
    write(clone / file, text);
    CHECK(outcome(git::commit_files(clone, {file}, author, "Change " + file)) == "");
}

} // namespace

TEST_CASE("a clone has the default branch checked out and knows the others") {
    const Hosted hosted;
    const fs::path path = hosted.clone("clone");
    CHECK(contents(path / "config.yaml") == "id: Qm\n");
    CHECK(test::git(path, {"symbolic-ref", "--short", "HEAD"}) == "main\n");
    CHECK(test::git(path, {"status", "--porcelain"}).empty());
    CHECK(test::git(path, {"branch", "-r", "--format=%(refname:short)"}) ==
          "origin/dev\norigin/main\n");
    test::git(path, {"fsck", "--strict"});
    REQUIRE(git::switch_branch(path, "dev"));
    CHECK(contents(path / "config.yaml") == "id: dev\n");
    CHECK(git::clone(path, hosted.remote(), {}).error().code == ErrorCode::already_exists);

    // An empty repository is a clone without a commit.
    const auto empty = host().repository();
    CHECK(outcome(git::clone(hosted.folder.path() / "empty", host().remote(empty), {})) == "");
    CHECK_FALSE(git::status_of(hosted.folder.path() / "empty").value().commit);
}

TEST_CASE("a clone that is stopped leaves no folder") {
    const Hosted hosted;
    std::stop_source stop;
    stop.request_stop();
    const fs::path path = hosted.folder.path() / "stopped";
    CHECK(git::clone(path, hosted.remote(), stop.get_token()).error().code == ErrorCode::cancelled);
    for (const auto& entry : fs::directory_iterator(hosted.folder.path())) {
        CHECK_FALSE(entry.path().filename().string().starts_with("stopped"));
    }
}

TEST_CASE("two people push, pull and merge") {
    const Hosted hosted;
    const fs::path ada = hosted.clone("ada");
    const fs::path bob = hosted.clone("bob");
    commit(ada, "ada.yaml", "a: 1\n");
    CHECK(outcome(git::push_branch(ada, hosted.remote(), "main", {})) == "");
    CHECK(git::compare_with_remote(ada).value().state == git::Comparison::State::same);

    commit(bob, "bob.yaml", "b: 1\n");
    const auto refused = git::push_branch(bob, hosted.remote(), "main", {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(outcome(git::fetch_all(bob, hosted.remote(), {})) == "");
    const auto sound = [](const std::string&, const std::string&) { return true; };
    const auto plan = git::plan_merge(bob, sound);
    REQUIRE(plan);
    REQUIRE(git::merge(bob, *plan, {}, author, "Merge", sound));
    CHECK(outcome(git::push_branch(bob, hosted.remote(), "main", {})) == "");

    CHECK(outcome(git::fetch_all(ada, hosted.remote(), {})) == "");
    REQUIRE(git::fast_forward(ada));
    CHECK(contents(ada / "bob.yaml") == "b: 1\n");
    CHECK(test::git(ada, {"rev-parse", "main"}) == test::git(bob, {"rev-parse", "main"}));

    // A branch that somebody removed at the host is forgotten here.
    CHECK(outcome(git::push_branch(bob, hosted.remote(), "main", {})) == "");
    REQUIRE(git::create_branch(bob, "short"));
    CHECK(outcome(git::push_branch(bob, hosted.remote(), "short", {})) == "");
    CHECK(outcome(git::fetch_all(ada, hosted.remote(), {})) == "");
    CHECK(test::git(ada, {"branch", "-r"}).find("origin/short") != std::string::npos);
    const auto deleted = git::push(bob, hosted.remote(), {":refs/heads/short"}, {});
    if (deleted) { // the host may keep branches
        // Where it was is a folder of branches now; what HEAD is at the host is not forgotten.
        CHECK(outcome(git::fetch_all(bob, hosted.remote(), {})) == "");
        test::git(bob, {"branch", "-m", "short", "short/er"});
        CHECK(outcome(git::push_branch(bob, hosted.remote(), "short/er", {})) == "");
        test::git(ada, {"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"});
        CHECK(outcome(git::fetch_all(ada, hosted.remote(), {})) == "");
        CHECK(test::git(ada, {"for-each-ref", "refs/remotes/origin/short"}).find("short/er") !=
              std::string::npos);
        CHECK(test::git(ada, {"symbolic-ref", "refs/remotes/origin/HEAD"}) ==
              "refs/remotes/origin/main\n");
    }
}

TEST_CASE("a clone with nothing to push is passed over") {
    const Hosted configuration;
    const Hosted code;
    flow::LocalProject project;
    project.configuration = configuration.clone("clone");
    project.code = code.clone("clone");
    std::vector<vault::Role> asked;
    const flow::RemoteOf remote_of = [&](vault::Role role, std::stop_token) {
        asked.push_back(role);
        return Result<git::Remote>(role == vault::Role::configuration ? configuration.remote()
                                                                      : code.remote());
    };
    const fs::path other = code.clone("other");
    commit(other, "other.yaml", "a: 1\n");
    CHECK(outcome(git::push_branch(other, code.remote(), "main", {})) == "");
    CHECK(outcome(git::fetch_all(project.code, code.remote(), {})) == "");
    const auto push = [&](const std::string& file) {
        commit(project.configuration, file, "id: 1\n");
        asked.clear();
        CHECK(outcome(flow::push(project, remote_of, {}, {})) == "");
        CHECK(asked == std::vector{vault::Role::configuration});
    };
    REQUIRE(flow::look_at_clones(project)->back().remote.behind == 1);
    push("behind.yaml");
    test::git(project.code, {"checkout", "-q", "--detach"});
    push("detached.yaml");
    test::git(project.code, {"checkout", "-q", "--orphan", "unborn"});
    push("unborn.yaml");
}

TEST_CASE("both clones of a project go together, configuration first") {
    const Hosted configuration;
    const Hosted code;
    flow::LocalProject project;
    project.project_id = "Qm";
    project.export_file = configuration.folder.path() / "project/project.yaml";
    fs::create_directories(project.export_file.parent_path());
    std::vector<vault::Role> asked;
    const flow::RemoteOf remote_of = [&](vault::Role role, std::stop_token) {
        asked.push_back(role);
        return Result<git::Remote>(role == vault::Role::configuration ? configuration.remote()
                                                                      : code.remote());
    };
    const auto made = flow::make_clones(project, remote_of, {}, {});
    REQUIRE(outcome(made) == "");
    project = *made;
    CHECK(flow::look_at_clones(project).value().size() == 2);

    write(project.configuration / "config.yaml", "id: Qm\nname: x\n");
    write(project.code / "ping/main.go", "package main\n");
    CHECK(outcome(flow::commit(project,
                               {{vault::Role::code, {"ping/main.go"}},
                                {vault::Role::configuration, {"config.yaml"}}},
                               author, "Both")) == "");
    asked.clear();
    CHECK(outcome(flow::push(project, remote_of, {}, {})) == "");
    CHECK(asked == std::vector{vault::Role::configuration, vault::Role::code});
    asked.clear();
    CHECK(outcome(flow::push(project, remote_of, {}, {})) == "");
    CHECK(asked.empty()); // nothing new

    // Neither clone switches when one cannot.
    write(project.code / "config.yaml", "mine\n");
    const auto refused = flow::switch_branch(project, "dev");
    const std::size_t before = flow::look_at_clones(project)->front().branches.size();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("Code: "));
    for (const auto clones = flow::look_at_clones(project).value(); const auto& state : clones) {
        CHECK(state.status.branch == "main");
    }
    test::git(project.code, {"checkout", "-q", "config.yaml"});
    // Nor does one get a branch that the other cannot go to: here two versions wait for a choice.
    const std::string ours = "ping/main.go";
    write(project.code / ours, "package a\n");
    test::git(project.code, {"stash", "-q"});
    write(project.code / ours, "package b\n");
    test::git(project.code, {"commit", "-q", "-a", "-m", "Other"});
    CHECK(test::try_git(project.code, {"stash", "pop", "-q"}).code != 0);
    CHECK(outcome(flow::create_branch(project, "feature/x")).starts_with("Code: A merge"));
    for (const auto clones = flow::look_at_clones(project).value(); const auto& state : clones) {
        CHECK(state.branches.size() == before);
    }
    test::git(project.code, {"reset", "-q", "--hard", "HEAD~1"});
    CHECK(outcome(flow::create_branch(project, "feature/x")) == "");
    for (const auto clones = flow::look_at_clones(project).value(); const auto& state : clones) {
        CHECK(state.status.branch == "feature/x");
    }
    CHECK(outcome(flow::push(project, remote_of, {}, {})) == "");
    CHECK(outcome(flow::switch_branch(project, "main")) == "");

    // Somebody else pushes to the one; both sides change the other.
    const fs::path other = configuration.clone("other");
    commit(other, "other.yaml", "a: 1\n");
    CHECK(outcome(git::push_branch(other, configuration.remote(), "main", {})) == "");
    const fs::path coder = code.clone("coder");
    commit(coder, "ping/main.go", "package main // theirs\n");
    CHECK(outcome(git::push_branch(coder, code.remote(), "main", {})) == "");
    commit(project.code, "ping/main.go", "package main // mine\n");
    // A branch that the list of the remote cannot name is not forgotten for that.
    const std::string unnamed = "refs/remotes/origin/caf\xe9";
    test::git(project.code, {"update-ref", unnamed, "main"});
    const auto pulled = flow::pull(project, remote_of, {}, {});
    REQUIRE(outcome(pulled) == "");
    CHECK(test::try_git(project.code, {"rev-parse", "-q", "--verify", unnamed}).code == 0);
    REQUIRE(pulled->size() == 2);
    CHECK((*pulled)[0].found.state == git::Comparison::State::fast_forward);
    CHECK_FALSE((*pulled)[0].merge);
    CHECK(contents(project.configuration / "other.yaml") == "a: 1\n");
    REQUIRE((*pulled)[1].merge);
    const auto merged =
        flow::merge(project, vault::Role::code, *(*pulled)[1].merge,
                    {{"ping/main.go", git::MergeChoice::Take::theirs, {}}}, author, "Merge");
    CHECK(outcome(merged) == "");
    CHECK(contents(project.code / "ping/main.go") == "package main // theirs\n");
    CHECK(outcome(flow::push(project, remote_of, {}, {})) == "");
    test::git(project.code, {"fsck", "--strict"});
}
