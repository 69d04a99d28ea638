// What tau-project takes back, and what it leaves: to whom it belongs, and what others added.
#include "tests/app/tau_project.h"

#include "core/git/remote.h"
#include "core/git/repository.h"

#include <csignal>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

/// As the owner's own git sees them.
std::vector<std::string> branches_of(forge::Forge& host, const std::string& owner,
                                     const std::string& name) {
    const auto repository = host.find_repository(owner, name, {});
    REQUIRE((repository && *repository));
    const auto refs = git::list_remote(host.push_remote(**repository, {}).value(), {});
    REQUIRE_MESSAGE(refs.has_value(), refs.error().message);
    std::vector<std::string> names;
    for (const git::RemoteRef& ref : *refs) {
        if (ref.name != "HEAD") {
            names.push_back(ref.name);
        }
    }
    return names;
}

/// A network and a person on it, and the git host as its owner sees it.
struct HostedWorld : World {
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(network.git_host()).value();
    std::string owner = forge->who_am_i({}).value().login;

    void make_empty(const std::string& name) const {
        REQUIRE(forge->create_repository({owner, name, "", "main", true}, {}));
    }
    void make_both_empty() const {
        make_empty("tb_shop");
        make_empty("tb_code_shop");
    }
};

} // namespace

TEST_CASE("a taken name is refused and what is there stays") {
    World world;
    REQUIRE(world.program.run(world.program.create("shop")).code == 0);
    const TauProject other(world.folder.path() / "other", world.network.network_file());
    const auto refused = other.run(other.create("shop"));
    CHECK(refused.code == 1);
    CHECK(contains(refused.errors, "already a repository"));
    CHECK(contains(refused.output, "tau-project undo shop-"));
    CHECK(other.run({"undo", other.flows().at(0), "--yes"}).code == 0);
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{2, 2, 2, 1});
}

TEST_CASE("a repository that somebody else made meanwhile is neither taken nor removed") {
    const HostedWorld world;
    const TauProject& program = world.program;
    const std::string& owner = world.owner;
    const std::string flow = program.crash("shop", "before effect create-repository/configuration");
    world.make_empty("tb_shop");

    const auto resumed = program.run({"resume", flow});
    CHECK(resumed.code == 1);
    CHECK(contains(resumed.errors, "already a repository"));
    const auto undone = program.run({"undo", flow, "--yes"});
    CHECK(undone.code == 0);
    CHECK_FALSE(contains(undone.output, "Taken back: The repository " + owner + "/tb_shop "));
    CHECK(contains(undone.output, "Nothing is left of it."));
    const auto theirs = world.forge->find_repository(owner, "tb_shop", {});
    REQUIRE(theirs.has_value());
    CHECK(theirs->has_value());
}

TEST_CASE("existing empty repositories are taken, and undo leaves them") {
    const HostedWorld world;
    world.make_both_empty();
    const std::string& owner = world.owner;
    const TauProject& program = world.program;
    auto arguments = program.create("shop");
    arguments.push_back("--use-existing");
    const auto created = program.run(arguments);
    REQUIRE_MESSAGE(created.code == 0, created.errors);
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{2, 2, 2, 1});

    // They are not empty any more, so nobody else takes them.
    const TauProject other(world.folder.path() / "other", world.network.network_file());
    const auto refused = other.run(arguments);
    CHECK(refused.code == 1);
    CHECK(contains(refused.errors, "is not empty"));
    CHECK(other.run({"undo", other.flows().at(0), "--yes"}).code == 0);
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{2, 2, 2, 1});

    const auto undone = program.run({"undo", program.flows().at(0), "--yes"});
    CHECK(undone.code == 0);
    CHECK_FALSE(contains(undone.output, "with all that is in it"));
    CHECK_FALSE(contains(undone.output, "Taken back: Check that"));
    CHECK_FALSE(contains(undone.output, "Taken back: The empty repository"));
    // The git host keeps the branch that HEAD names, whoever made it.
    CHECK(contains(undone.output, "All of it is gone but for this:"));
    CHECK(contains(undone.output, "keeps the branch main of " + owner + "/tb_shop,"));
    CHECK(contains(undone.output, "keeps the branch main of " + owner + "/tb_code_shop,"));
    CHECK(contains(undone.output, "delete the repository there"));
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{2, 0, 0, 0});
    for (const char* name : {"tb_shop", "tb_code_shop"}) {
        CHECK(branches_of(*world.forge, owner, name) ==
              std::vector<std::string>{"refs/heads/main"});
    }
}

TEST_CASE("undo empties a repository that was taken, but for what others added") {
    const HostedWorld world;
    world.make_both_empty();
    const std::string& owner = world.owner;
    const TauProject& program = world.program;
    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), {"--use-existing", "--branch", "trunk"});
    REQUIRE(program.run(arguments).code == 0);
    // Somebody works on in the code: their commit is not ours to delete.
    const auto project = fs::directory_iterator(program.data / "projects")->path();
    auto clone = git::Repository::open(project / "code");
    REQUIRE(clone.has_value());
    const auto commit = clone->commit("trunk", {{"work", "theirs"}}, {"x", "x@example.org"}, "x");
    REQUIRE(commit.has_value());
    const auto code = world.forge->find_repository(owner, "tb_code_shop", {}).value();
    REQUIRE(git::push(project / "code", world.forge->push_remote(*code, {}).value(),
                      {"refs/heads/trunk:refs/heads/trunk"}, {}));

    const std::string flow = program.flows().at(0);
    // A crash right after the branches went must not forget what stayed.
    CHECK(program.run({"undo", flow, "--yes", "--crash-at", "after undo effect push/code"}).code ==
          128 + SIGKILL);
    const auto undone = program.run({"undo", flow, "--yes"});
    CHECK(undone.code == 0);
    CHECK(contains(undone.output, "The branch trunk of " + owner + "/tb_code_shop holds other"));
    CHECK(contains(undone.output, "--delete trunk"));
    CHECK_FALSE(contains(undone.output, owner + "/tb_shop holds"));
    CHECK_FALSE(contains(undone.output, "keeps the branch"));
    CHECK(branches_of(*world.forge, owner, "tb_shop").empty());
    CHECK(branches_of(*world.forge, owner, "tb_code_shop") ==
          std::vector<std::string>{"refs/heads/trunk"});

    // Empty again, so it can be taken again.
    REQUIRE(world.forge->delete_repository(code->id, {}));
    world.make_empty("tb_code_shop");
    const auto again = program.run(arguments);
    CHECK_MESSAGE(again.code == 0, again.errors);
}

TEST_CASE("a creation whose secrets are gone can still be taken back") {
    World world;
    const TauProject& program = world.program;
    const std::string flow = program.crash("shop", "before record intent register/1");
    REQUIRE(fs::remove(program.data / "secrets"));
    const auto refused = program.run({"resume", flow});
    CHECK(refused.code == 1);
    CHECK(contains(refused.errors, "no longer has your owner key"));
    CHECK(program.run({"undo", flow, "--yes"}).code == 0);
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{});
}
