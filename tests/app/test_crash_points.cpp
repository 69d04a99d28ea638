// A creation that is killed at any moment can be resumed to its end, and taken back to nothing.
// The cases are spread over several processes: TAU_SHARD is "<number>/<of how many>".
#include "tests/app/tau_project.h"

#include <cstdlib>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

constexpr int killed = 128 + 9;
constexpr Remains everything{2, 2, 2, 1};
constexpr Remains nothing{};

std::vector<std::string> step_ids(const TauProject& program) {
    auto arguments = program.create("plan");
    arguments.insert(arguments.end(), {"--dry-run", "--json"});
    const auto plan = nlohmann::json::parse(program.run(arguments).output);
    std::vector<std::string> ids;
    for (const auto& step : plan.at("steps")) {
        ids.push_back(step.at("id").get<std::string>());
    }
    return ids;
}

/// Every moment before and after a record or an effect, and those inside the longer steps.
std::vector<std::string> points_of_run(const std::vector<std::string>& ids) {
    std::vector<std::string> points{"before record plan",      "after record plan",
                                    "before record closed",    "after record closed",
                                    "committed configuration", "committed code",
                                    "registration kept"};
    for (const std::string& id : ids) {
        for (const char* when :
             {"before record intent ", "after record intent ", "before effect ", "after effect ",
              "before record outcome ", "after record outcome "}) {
            points.push_back(when + id);
        }
    }
    return points;
}

bool is_mine(std::size_t index) {
    const char* shard = std::getenv("TAU_SHARD");
    if (shard == nullptr) {
        return true;
    }
    const std::string text = shard;
    const std::size_t slash = text.find('/');
    return index % std::stoul(text.substr(slash + 1)) == std::stoul(text.substr(0, slash));
}

} // namespace

TEST_CASE("killed at every moment, resume reaches done and undo reaches clean") {
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 1);
    const TauProject planner(folder.path() / "planner", network.network_file());
    const auto points = points_of_run(step_ids(planner));
    REQUIRE(points.size() > 80);
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
        const TauProject program(folder.path() / name, network.network_file());
        auto arguments = program.create(name);
        arguments.insert(arguments.end(), {"--crash-at", point});
        REQUIRE(program.run(arguments).code == killed);

        const auto ids = program.flows();
        REQUIRE(ids.size() == 1);
        const auto end = program.run(resume ? std::vector<std::string>{"resume", ids[0]}
                                            : std::vector<std::string>{"undo", ids[0], "--yes"});
        if (point == "before record plan") {
            CHECK(end.code == 1); // nothing was planned yet, so nothing is known
            CHECK(remains_of(name, folder.path() / "net") == nothing);
        } else {
            CHECK_MESSAGE(end.code == 0, end.output << end.errors);
            CHECK(remains_of(name, folder.path() / "net") == (resume ? everything : nothing));
        }
        fs::remove_all(program.data.parent_path());
        ++done;
    }
    CHECK(done > 10);
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
    CHECK(remains_of("shop", folder.path() / "net") == everything);
}

TEST_CASE("an undo that is killed at every moment goes on to clean") {
    const char* shard = std::getenv("TAU_SHARD");
    if (shard != nullptr && std::string(shard).rfind("0/", 0) != 0) {
        return; // one process is enough for this one
    }
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 1);
    const TauProject program(folder.path() / "home", network.network_file());
    auto ids = step_ids(program);
    REQUIRE(program.run(program.create("shop")).code == 0);
    const std::string flow = program.flows().at(0);
    std::reverse(ids.begin(), ids.end());
    for (const std::string& id : ids) {
        for (const char* when :
             {"before record undoing ", "after record undoing ", "before undo effect ",
              "after undo effect ", "before record undone ", "after record undone "}) {
            if (id == "check-webhooks" && std::string(when).find("effect") != std::string::npos) {
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
