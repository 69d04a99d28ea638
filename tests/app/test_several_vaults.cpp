// One project with three vaults: what each is given, and what happens when one of them is down.
#include "core/vault/network.h"
#include "tests/app/tau_project.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <sstream>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> arguments_of(const fs::path& process) {
    std::vector<std::string> arguments;
    std::istringstream text(read_file(process / "cmdline", 64U << 10U).value_or(""));
    for (std::string one; std::getline(text, one, '\0');) {
        arguments.push_back(one);
    }
    return arguments;
}

/// A network of three vaults, any of which can be killed and started again.
struct ThreeVaults {
    TemporaryDirectory folder;
    Localnet network{folder.path() / "net", 3};
    TauProject program{folder.path() / "home", network.network_file()};
    std::vector<vault::NodeRecord> nodes = [this] {
        const std::string yaml = read_file(network.network_file()).value();
        const auto read = vault::parse_network(yaml, SystemClock().now());
        REQUIRE(read.has_value());
        std::vector<vault::NodeRecord> records;
        for (const vault::ListedNode& node : read->nodes) {
            records.push_back(node.record);
        }
        REQUIRE(records.size() == 3);
        return records;
    }();

    /// Arguments that create a project with all three, in the order of the network.
    std::vector<std::string> create(const std::string& name) const {
        auto arguments = program.create(name);
        for (const vault::NodeRecord& node : nodes) {
            arguments.insert(arguments.end(), {"--vault", node.name});
        }
        return arguments;
    }

    /// Kills the vault; gives what starts it again at the same address.
    Command kill(const vault::NodeRecord& node) const {
        for (const auto& entry : fs::directory_iterator("/proc")) {
            const auto arguments = arguments_of(entry.path());
            const bool here =
                !arguments.empty() && arguments[0].ends_with("tau-vaultd") &&
                std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
                    return argument.starts_with(folder.path().string());
                });
            if (!here ||
                std::find(arguments.begin(), arguments.end(), node.name) == arguments.end()) {
                continue;
            }
            Command again;
            again.program = program_folder().value() / "tau-vaultd";
            again.arguments.assign(arguments.begin() + 1, arguments.end());
            const auto listen =
                std::find(again.arguments.begin(), again.arguments.end(), "--listen");
            REQUIRE(listen < again.arguments.end() - 1);
            *(listen + 1) = node.endpoint.substr(node.endpoint.rfind('/') + 1);
            again.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                 "HOME=" + folder.path().string()};
            REQUIRE(::kill(std::stoi(entry.path().filename().string()), SIGKILL) == 0);
            return again;
        }
        FAIL("The vault is not running.");
        return {};
    }

    static Process start(const Command& command) {
        auto process = Process::start(command);
        REQUIRE(process.has_value());
        const auto line = process->read_line(Wait::at_most(std::chrono::seconds(60)));
        REQUIRE_MESSAGE((line && *line), process->error_output());
        REQUIRE((*line)->starts_with("ready"));
        return std::move(*process);
    }

    Remains remains() const { return remains_of("shop", folder.path() / "net"); }
};

} // namespace

TEST_CASE("three vaults: each has keys, webhooks, a receipt and lines of its own") {
    ThreeVaults world;
    const TauProject& program = world.program;
    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), {"--vaults", "3"});
    const auto created = program.run(arguments);
    REQUIRE_MESSAGE(created.code == 0, created.errors << created.output);
    CHECK(contains(created.output, "run on the same host, 127.0.0.1"));
    CHECK(world.remains() == Remains{2, 6, 6, 3});

    const std::string file = (world.folder.path() / "shop.yaml").string();
    REQUIRE(program.run({"export", "shop", "--to", file}).code == 0);
    const auto verified = program.run_bare({"verify", file});
    CHECK(verified.code == 0);
    const auto status = program.run({"status", "shop"});
    CHECK(status.code == 0);
    CHECK_FALSE(contains(status.output, "never"));
    std::set<std::string> keys;
    for (const vault::NodeRecord& node : world.nodes) {
        CHECK(contains(verified.output, "ok  Receipt, " + node.name));
        CHECK(contains(verified.output, "ok  Webhook proof, code, " + node.name));
        CHECK(contains(status.output, "shop is active with " + node.name));
        const fs::path key = world.folder.path() / ("key-" + node.name);
        CHECK(program
                  .run({"deploy-key", "export", "shop", "code", "--to", key.string(), "--vault",
                        node.name})
                  .code == 0);
        keys.insert(read_file(key).value());
    }
    CHECK(keys.size() == 3);
    CHECK(
        program.run({"deploy-key", "export", "shop", "code", "--to", file, "--vault", "x"}).code ==
        1);

    // One changed letter of the second vault's receipt.
    std::string yaml = read_file(file).value();
    const std::size_t at = yaml.find("\"time\"", yaml.find("receipt:", yaml.find("receipt:") + 1));
    const std::size_t digit = yaml.find_first_of("0123456789", at) + 9;
    yaml[digit] = yaml[digit] == '1' ? '2' : '1';
    REQUIRE(write_file_atomic(file, yaml));
    const auto refused = program.run_bare({"verify", file});
    CHECK(refused.code == 1);
    CHECK(contains(refused.output, "no  Receipt, "));

    CHECK(program.run({"undo", program.flows().at(0), "--yes"}).code == 0);
    CHECK(world.remains() == Remains{});
}

TEST_CASE("the choice of vaults is checked before anything is made") {
    const ThreeVaults world;
    struct Case {
        std::vector<std::string> options;
        int code;
        std::string sentence;
    };
    const std::string one = world.nodes[0].name;
    const std::vector<Case> cases{
        {{"--vault", one, "--vault", one}, 2, "chosen twice"},
        {{"--vault", one, "--vault", world.nodes[0].node_id()}, 2, "chosen twice"},
        {{"--vault", one, "--vault", "none"}, 1, "no vault \"none\""},
        {{"--vaults", "4"}, 2, "from 1 to 3"},
        {{"--vaults", "0"}, 2, "from 1 to 3"},
        {{"--vaults", "two"}, 2, "from 1 to 3"},
        {{"--vaults", "2", "--vault", one}, 2, "either"},
    };
    for (const Case& one_case : cases) {
        auto arguments = world.program.create("shop");
        arguments.insert(arguments.end(), one_case.options.begin(), one_case.options.end());
        const auto ended = world.program.run(arguments);
        CAPTURE(one_case.sentence);
        CHECK(ended.code == one_case.code);
        CHECK_MESSAGE(contains(ended.errors, one_case.sentence), ended.errors);
    }
    CHECK(world.program.flows().empty());
}

TEST_CASE("a vault that is down stops the creation at its step; resume goes on when it is back") {
    const ThreeVaults world;
    const TauProject& program = world.program;
    const Command again = world.kill(world.nodes[1]);
    const auto stopped = program.run(world.create("shop"));
    CHECK(stopped.code == 1);
    CHECK_MESSAGE(contains(stopped.errors, world.nodes[1].name), stopped.errors);
    CHECK(contains(stopped.output, "tau-project resume shop-"));
    // The others were asked at the same time.
    CHECK(world.remains() == Remains{2, 6, 6, 2});

    const Process back = ThreeVaults::start(again);
    const auto resumed = program.run({"resume", program.flows().at(0)});
    CHECK_MESSAGE(resumed.code == 0, resumed.errors);
    CHECK(world.remains() == Remains{2, 6, 6, 3});
    const auto file = fs::directory_iterator(program.data / "projects")->path() / "project.yaml";
    CHECK(program.run_bare({"verify", file.string()}).code == 0);
}

TEST_CASE("a vault that was down all the time does not hold up taking back") {
    const ThreeVaults world;
    const TauProject& program = world.program;
    (void)world.kill(world.nodes[2]);
    CHECK(program.run(world.create("shop")).code == 1);
    const auto undone = program.run({"undo", program.flows().at(0), "--yes"});
    CHECK_MESSAGE(undone.code == 0, undone.errors);
    CHECK(world.remains() == Remains{});
}

TEST_CASE("a registered vault that is down keeps its registration until it can be told") {
    const ThreeVaults world;
    const TauProject& program = world.program;
    REQUIRE(program.run(world.create("shop")).code == 0);
    const Command again = world.kill(world.nodes[0]);
    const auto status = program.run({"status", "shop"});
    CHECK(status.code == 1);
    CHECK(contains(status.errors, world.nodes[0].name));
    CHECK(contains(status.output, "shop is active with " + world.nodes[2].name));

    const std::string flow = program.flows().at(0);
    const auto stuck = program.run({"undo", flow, "--yes"});
    CHECK(stuck.code == 1);
    CHECK_MESSAGE(contains(stuck.errors, world.nodes[0].name), stuck.errors);
    CHECK(world.remains().registrations == 1);

    const Process back = ThreeVaults::start(again);
    const auto undone = program.run({"undo", flow, "--yes"});
    CHECK_MESSAGE(undone.code == 0, undone.errors);
    INFO(undone.output);
    CHECK(world.remains() == Remains{});
}
