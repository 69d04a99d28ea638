// What happens to a project after it was made: other keys, other vaults, other commits, its end.
#include "core/flow/clones.h"
#include "core/git/repository.h"
#include "tests/app/living_project.h"
#include "tests/support/git_cli.h"

#include <csignal>
#include <sstream>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

/// A person with a project named shop at the first of two vaults.
struct Owner : World {
    Owner() {
        auto arguments = program.create("shop");
        arguments.insert(arguments.end(), {"--vault", first});
        const auto made = program.run(arguments);
        REQUIRE_MESSAGE(made.code == 0, made.errors);
    }
    std::vector<vault::NodeRecord> nodes = [this] {
        const auto read =
            vault::parse_network(read_file(network.network_file()).value(), SystemClock().now());
        REQUIRE(read);
        std::vector<vault::NodeRecord> records;
        for (const vault::ListedNode& node : read->nodes) {
            records.push_back(node.record);
        }
        return records;
    }();
    std::string first = nodes.at(0).name;
    std::string second = nodes.at(1).name;

    Remains remains() const { return remains_of("shop", folder.path() / "net"); }
    void check() const { check_consistent(program, folder.path() / "net", "shop"); }
    std::vector<std::string> vault_names() const {
        std::vector<std::string> names;
        for (const auto& enrolment : project_file(program, "shop").vaults) {
            names.push_back(node_of(enrolment).name);
        }
        return names;
    }
    std::string tip(const std::string& role) const {
        const auto projects = flow::list_projects(program.data).value();
        const auto repository = git::Repository::open(
            role == "code" ? projects.front().code : projects.front().configuration);
        REQUIRE(repository);
        return repository->branch_commit("main").value().value();
    }
};

} // namespace

TEST_CASE("a project that was just made has nothing to push") {
    const Owner owner;
    const auto states = flow::look_at_clones(flow::list_projects(owner.program.data)->front());
    REQUIRE(states);
    CHECK(states->size() == 2);
    for (const flow::CloneState& state : *states) {
        CHECK(state.remote.theirs == state.remote.ours);
        CHECK(state.remote.state == git::Comparison::State::same);
    }
}

TEST_CASE("keys are rotated: everything is new and fits, and can be taken back") {
    const Owner owner;
    owner.check();
    const auto before = project_file(owner.program, "shop");
    const auto done = owner.program.run({"rotate", "shop"});
    REQUIRE_MESSAGE(done.code == 0, done.output << done.errors);
    owner.check();
    CHECK(owner.remains() == Remains{2, 2, 2, 1});
    const auto after = project_file(owner.program, "shop");
    CHECK(after.vaults[0].receipt.registration_id == before.vaults[0].receipt.registration_id);
    CHECK(after.vaults[0].receipt.proof_hashes != before.vaults[0].receipt.proof_hashes);
    const auto status = owner.program.run({"status", "shop"});
    CHECK(contains(status.output, "keys version 2"));
    CHECK(contains(status.output, "webhook (code): passed"));

    const auto again = owner.program.run({"rotate", "shop", "--json"});
    REQUIRE(again.code == 0);
    CHECK(contains(again.output, "\"kind\":\"rotate\""));
    owner.check();
    // The newest of the flows is the second rotation: take it back.
    std::string newest;
    for (const std::string& id : owner.program.flows()) {
        if (contains(again.output, id)) {
            newest = id;
        }
    }
    // The ones before it have to wait for it.
    for (const std::string& id : owner.program.flows()) {
        if (id != newest) {
            const auto early = owner.program.run({"undo", id, "--yes"});
            CHECK(early.code == 1);
            CHECK(contains(early.errors, "changed again since"));
        }
    }
    owner.check();
    const auto undone = owner.program.run({"undo", newest, "--yes"});
    REQUIRE_MESSAGE(undone.code == 0, undone.output << undone.errors);
    owner.check();
    CHECK(project_file(owner.program, "shop").vaults[0].receipt.proof_hashes ==
          after.vaults[0].receipt.proof_hashes);
}

TEST_CASE("a project moves to another vault and takes its deployments with it") {
    const Owner owner;
    const std::string code = owner.tip("code");
    REQUIRE(
        owner.program.run({"deployments", "shop", "--set", "region:eu-west=code:" + code}).code ==
        0);
    const auto moved = owner.program.run({"move", "shop", "--vault", owner.second});
    REQUIRE_MESSAGE(moved.code == 0, moved.output << moved.errors);
    CHECK(owner.vault_names() == std::vector{owner.second});
    CHECK(owner.remains() == Remains{2, 2, 2, 1});
    owner.check();
    const auto shown = owner.program.run({"deployments", "shop"});
    CHECK(contains(shown.output, owner.second));
    CHECK(contains(shown.output, "region:eu-west  code  fixed  " + code));
    // It went too far to be taken back, and says so.
    for (const std::string& id : owner.program.flows()) {
        if (contains(moved.output, id)) {
            const auto late = owner.program.run({"undo", id, "--yes"});
            CHECK(late.code == 1);
            CHECK(contains(late.errors, "too far"));
        }
    }
    owner.check();
}

TEST_CASE("registering again with the same vault makes everything anew") {
    const Owner owner;
    const auto before = project_file(owner.program, "shop");
    const auto done = owner.program.run({"move", "shop", "--again"});
    REQUIRE_MESSAGE(done.code == 0, done.output << done.errors);
    const auto after = project_file(owner.program, "shop");
    CHECK(after.vaults.size() == 1);
    CHECK(after.vaults[0].receipt.registration_id != before.vaults[0].receipt.registration_id);
    CHECK(after.vaults[0].receipt.node_id == before.vaults[0].receipt.node_id);
    CHECK(owner.remains() == Remains{2, 2, 2, 1});
    owner.check();
}

TEST_CASE("removing ends registrations, keys and webhooks; more only when asked") {
    const Owner owner;
    const auto folder =
        fs::path(flow::list_projects(owner.program.data)->front().export_file).parent_path();
    const auto asked = owner.program.run({"remove", "shop"});
    CHECK(asked.code == 2); // nobody can answer here
    CHECK(owner.remains() == Remains{2, 2, 2, 1});
    const auto removed = owner.program.run({"remove", "shop", "--yes"});
    REQUIRE_MESSAGE(removed.code == 0, removed.output << removed.errors);
    CHECK(owner.remains() == Remains{2, 0, 0, 0});
    CHECK(flow::list_projects(owner.program.data)->empty());
    CHECK(fs::exists(folder / "code" / "README.md"));
    CHECK(fs::exists(folder / "project.yaml.removed"));
}

TEST_CASE("removing takes repositories and files along when asked") {
    const Owner owner;
    const auto removed =
        owner.program.run({"remove", "shop", "--yes", "--repositories", "--files"});
    REQUIRE_MESSAGE(removed.code == 0, removed.output << removed.errors);
    CHECK(owner.remains() == Remains{});
    CHECK(fs::is_empty(owner.program.data / "projects"));
}

TEST_CASE("work that is nowhere else is not removed unasked") {
    const Owner owner;
    const auto project = flow::list_projects(owner.program.data)->front();
    const fs::path& configuration = project.configuration;
    const fs::path& code = project.code;
    using Strings = std::vector<std::string>;
    const struct {
        const char* what;
        const fs::path& clone;
        std::vector<Strings> before; // with git, after a file was changed and one was added
        std::string said;
        std::vector<Strings> after;
    } cases[]{
        {"changed", configuration, {}, "configuration: README.md is not committed", {}},
        {"new", code, {}, "code: new/mine.go is not committed", {}},
        {"committed",
         code,
         {{"add", "-A"}, {"commit", "-qm", "Mine"}},
         "code: 1 commit on main is not pushed",
         {{"reset", "-q", "--hard", "HEAD~1"}}},
        {"on another branch",
         configuration,
         {{"checkout", "-qb", "idea"},
          {"add", "-A"},
          {"commit", "-qm", "Mine"},
          {"checkout", "-q", "main"}},
         "configuration: 1 commit on idea is not pushed",
         {{"branch", "-qD", "idea"}}},
        {"on no branch",
         code,
         {{"checkout", "-q", "--detach"}, {"add", "-A"}, {"commit", "-qm", "Mine"}},
         "code: 1 commit on HEAD is not pushed",
         {{"checkout", "-q", "main"}}},
        {"put aside",
         code,
         {{"stash", "-qu"}},
         "code: what git stash put aside is on no branch",
         {{"stash", "drop", "-q"}}},
    };
    for (const auto& one : cases) {
        CAPTURE(one.what);
        test::write(one.clone / "README.md", "mine\n");
        test::write(one.clone / "new/mine.go", "package mine\n");
        for (const Strings& arguments : one.before) {
            test::git(one.clone, arguments);
        }
        for (const Strings& arguments :
             {Strings{"remove", "shop", "--files", "--yes"},
              Strings{"remove", "shop", "--files", "--repositories", "--dry-run"}}) {
            const auto refused = owner.program.run(arguments);
            CHECK(refused.code == 1);
            CHECK_MESSAGE(contains(refused.errors, one.said), refused.errors);
            CHECK(contains(refused.errors, "--discard-work"));
        }
        CHECK(fs::exists(configuration / ".git"));
        CHECK(owner.remains() == Remains{2, 2, 2, 1});
        for (const Strings& arguments : one.after) {
            test::git(one.clone, arguments);
        }
        test::git(one.clone, {"checkout", "-q", "."});
        test::git(one.clone, {"clean", "-qfd"});
    }
    test::write(code / "README.md", "mine\n");
    const Strings discarding{"remove", "shop", "--files", "--discard-work"};
    CHECK(owner.program.run({"remove", "shop", "--discard-work", "--yes"}).code == 2);
    const auto asked = owner.program.run(discarding);
    CHECK(asked.code == 2);
    CHECK(contains(asked.output, "code: README.md is not committed"));
    auto sure = discarding;
    sure.push_back("--yes");
    const auto removed = owner.program.run(sure);
    REQUIRE_MESSAGE(removed.code == 0, removed.output << removed.errors);
    CHECK(contains(asked.output, "Take the deploy key"));
    CHECK_FALSE(contains(asked.output, "old deploy key"));
    CHECK(fs::is_empty(owner.program.data / "projects"));
}

TEST_CASE("deployments are set, shown, resolved for a part of the network, and refused") {
    const Owner owner;
    const std::string tip = owner.tip("code");
    const auto set =
        owner.program.run({"deployments", "shop", "--set", "region:eu-west=code:" + tip, "--json"});
    REQUIRE_MESSAGE(set.code == 0, set.errors);
    CHECK(contains(set.output, "\"resolved\":\"" + tip + "\""));
    const auto there =
        owner.program.run({"deployments", "shop", "--for", "region:eu-west", "--json"});
    REQUIRE(there.code == 0);
    const auto version = nlohmann::json::parse(there.output);
    CHECK(version["repositories"][1]["reason"] == "commit_fixed");
    CHECK(version["repositories"][1]["commit"] == tip);
    CHECK(version["repositories"][0]["reason"] == "branch_followed");

    const auto none = owner.program.run({"deployments", "shop", "--set", "*=code:none"});
    CHECK(none.code == 1);
    CHECK(contains(none.errors, "no branch none"));
    CHECK(contains(none.errors, "Push that branch first."));
    CHECK_FALSE(contains(none.errors, "{"));
    const auto commit =
        owner.program.run({"deployments", "shop", "--set", "*=code:" + std::string(40, '1')});
    CHECK(commit.code == 1);
    CHECK(contains(commit.errors, "has the commit"));
    CHECK(contains(commit.errors, "Push that commit first"));
    for (const char* row : {"nowhere=code:main", "*=site:main", "*=code", "*=code:a b"}) {
        CAPTURE(row);
        CHECK(owner.program.run({"deployments", "shop", "--set", row}).code == 2);
    }
    REQUIRE(owner.program.run({"deployments", "shop", "--remove", "region:eu-west"}).code == 0);
    CHECK_FALSE(contains(owner.program.run({"deployments", "shop"}).output, "eu-west"));
    CHECK(owner.program.run({"deployments", "shop", "--remove", "region:eu-west"}).code == 1);
    CHECK(contains(owner.program.run({"status", "shop"}).output, "* runs code main, " + tip));
}

TEST_CASE("a change needs a project of one's own") {
    const Owner owner;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"rotate", "none"},
          {"remove", "none", "--yes"},
          {"move", "none", "--again"},
          {"deployments", "none"},
          {"rotate", "shop", "--vault", "none"},
          {"move", "shop", "--vault", owner.first, "--from", owner.second}}) {
        CHECK(owner.program.run(arguments).code == 1);
    }
    CHECK(owner.program.run({"move", "shop"}).code == 2);
    // Somebody else has project.yaml, but not the owner's key.
    const TauProject other(owner.folder.path() / "other", owner.network.network_file());
    const auto file = flow::list_projects(owner.program.data)->front().export_file.string();
    REQUIRE(other.run({"import", file}).code == 0);
    const auto refused =
        other.run({"rotate", "shop", "--network", owner.network.network_file().string()});
    CHECK(refused.code == 1);
    CHECK(owner.remains() == Remains{2, 2, 2, 1});
    owner.check();
}
