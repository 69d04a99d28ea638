// A creation that is killed at any moment can be resumed to its end, and taken back to nothing.
// The cases are spread over several processes.
#include "tests/app/crash_moments.h"

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

constexpr Remains nothing{};

std::vector<std::string> create(const TauProject& program, const std::string& name, int vaults) {
    auto arguments = program.create(name);
    arguments.insert(arguments.end(), {"--vaults", std::to_string(vaults)});
    return arguments;
}

/// The steps of a creation with so many vaults.
std::vector<std::string> steps_with(const TauProject& program, int vaults) {
    return planned_steps(program, create(program, "plan", vaults));
}

/// Every moment of a creation, and those inside the longer steps.
std::vector<std::string> moments_of_creation(const std::vector<std::string>& ids) {
    auto moments = moments_of_flow(ids);
    moments.insert(moments.end(),
                   {"committed configuration", "committed code", "registration kept/1"});
    return moments;
}

/// Each point twice: one creation is resumed, another taken back.
std::size_t kill_at(const std::vector<std::string>& points, const Localnet& network,
                    const fs::path& folder, int vaults) {
    const Remains everything{2, 2 * vaults, 2 * vaults, vaults};
    std::size_t done = 0;
    for (std::size_t i = 0; i < 2 * points.size(); ++i) {
        if (!is_mine(i)) {
            continue;
        }
        const bool resume = i % 2 == 0;
        const std::string& point = points[i / 2];
        const std::string name = "p" + std::to_string(i);
        CAPTURE(point);
        CAPTURE(resume);
        const TauProject program(folder / name, network.network_file());
        auto arguments = create(program, name, vaults);
        arguments.insert(arguments.end(), {"--crash-at", point});
        REQUIRE(program.run(arguments).code == killed);

        const auto ids = program.flows();
        REQUIRE(ids.size() == 1);
        const auto end = program.run(resume ? std::vector<std::string>{"resume", ids[0]}
                                            : std::vector<std::string>{"undo", ids[0], "--yes"});
        if (point == "before record plan") {
            CHECK(end.code == 1); // nothing was planned yet, so nothing is known
            CHECK(remains_of(name, folder / "net") == nothing);
        } else {
            CHECK_MESSAGE(end.code == 0, end.output << end.errors);
            CHECK(remains_of(name, folder / "net") == (resume ? everything : nothing));
        }
        fs::remove_all(program.data.parent_path());
        ++done;
    }
    return done;
}

} // namespace

TEST_CASE("killed at every moment, resume reaches done and undo reaches clean") {
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 1);
    const TauProject planner(folder.path() / "planner", network.network_file());
    const auto points = moments_of_creation(steps_with(planner, 1));
    REQUIRE(points.size() > 80);
    CHECK(kill_at(points, network, folder.path(), 1) > 10);
}

TEST_CASE("the same with three vaults, at the moments that one vault alone does not have") {
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 3);
    const TauProject planner(folder.path() / "planner", network.network_file());
    const auto ids = steps_with(planner, 3);
    REQUIRE(ids.size() == 1 + 2 * (2 + 3 * 3) + 2 * 3 + 1);
    // Some vaults have been given something, others nothing.
    const auto points = moments_of_steps({"make-keys", "webhook/code/2", "register/2"});
    CHECK(kill_at(points, network, folder.path(), 3) > 2);
}

TEST_CASE("git's locks of a killed process do not stop resume") {
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 1);
    const TauProject program(folder.path() / "home", network.network_file());
    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), {"--crash-at", "committed configuration"});
    REQUIRE(program.run(arguments).code == killed);
    int planted = 0;
    for (const auto& project : fs::directory_iterator(program.data / "projects")) {
        const fs::path git = project.path() / "configuration" / ".git";
        for (const char* name :
             {"HEAD.lock", "refs/heads/main.lock", "refs/heads/tau-owner.lock"}) {
            REQUIRE(write_file_atomic(git / name, std::string_view()));
            ++planted;
        }
    }
    REQUIRE(planted == 3);
    const auto end = program.run({"resume", program.flows().at(0)});
    CHECK_MESSAGE(end.code == 0, end.output << end.errors);
    CHECK(remains_of("shop", folder.path() / "net") == Remains{2, 2, 2, 1});
}

TEST_CASE("an undo that is killed at every moment goes on to clean") {
    const char* shard = std::getenv("TAU_SHARD");
    if (shard != nullptr && std::string(shard).rfind("0/", 0) != 0) {
        return; // one process is enough for this one
    }
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 2);
    const TauProject program(folder.path() / "home", network.network_file());
    auto ids = steps_with(program, 2);
    REQUIRE(program.run(create(program, "shop", 2)).code == 0);
    const std::string flow = program.flows().at(0);
    std::reverse(ids.begin(), ids.end());
    for (const std::string& id : ids) {
        for (const char* when :
             {"before record undoing ", "after record undoing ", "before undo effect ",
              "after undo effect ", "before record undone ", "after record undone "}) {
            if (id.starts_with("check-webhooks/") &&
                std::string(when).find("effect") != std::string::npos) {
                continue; // it made nothing
            }
            CAPTURE(when);
            CAPTURE(id);
            CHECK(program.run({"undo", flow, "--yes", "--crash-at", when + id}).code == killed);
        }
    }
    CHECK(program.run({"undo", flow, "--yes"}).code == 0);
    CHECK(remains_of("shop", folder.path() / "net") == nothing);
    CHECK(program.run({"list"}).output.find("no project here") != std::string::npos);
}
