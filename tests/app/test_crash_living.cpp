// Changes of a project that are killed at any moment: resume reaches the end, undo reaches what
// was before, and git host, vault, secret store and project.yaml agree in both cases. The cases are
// spread over several processes.
#include "tests/app/crash_moments.h"
#include "tests/app/living_project.h"

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

const std::string too_far = "too far";

/// A person with a project, and what happens to it in every case.
struct Cases {
    TemporaryDirectory folder;
    fs::path net = folder.path() / "net";
    Localnet network{net, 1};
    std::unique_ptr<TauProject> program;
    int made = 0;
    std::string name;

    /// A project for the next case, the last one if it is still there.
    void prepare() {
        if (program && !name.empty() && flow::list_projects(program->data)->size() == 1) {
            return;
        }
        name = "p" + std::to_string(++made);
        program = std::make_unique<TauProject>(folder.path() / name, network.network_file());
        const auto created = program->run(program->create(name));
        REQUIRE_MESSAGE(created.code == 0, created.errors);
    }
    Remains remains() const { return remains_of(name, net); }
    /// The flow that is begun and not ended; "" when there is none.
    std::string unfinished() const {
        const auto flows = flow::list_unfinished(program->data);
        REQUIRE(flows);
        REQUIRE(flows->size() <= 1);
        return flows->empty() ? "" : flows->front().id;
    }
};

const Remains whole{2, 2, 2, 1};

/// The same command killed at a point, then resumed or taken back.
std::size_t kill_at_each(Cases& cases, const std::vector<std::string>& points,
                         const std::vector<std::string>& command, const Remains& after) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < 2 * points.size(); ++i) {
        if (!is_mine(i)) {
            continue;
        }
        cases.prepare();
        const std::string& point = points[i / 2];
        bool resume = i % 2 == 0;
        CAPTURE(point);
        CAPTURE(resume);
        auto arguments = command;
        arguments.insert(arguments.begin() + 1, cases.name);
        arguments.insert(arguments.end(), {"--crash-at", point});
        REQUIRE(cases.program->run(arguments).code == killed);
        ++done;
        const std::string flow = cases.unfinished();
        const bool ended = point == "after record closed";
        const bool never = point == "before record plan";
        if (never || ended) { // nothing was noted yet, or everything
            CHECK(flow.empty());
            CHECK(cases.remains() == (never ? whole : after));
            continue;
        }
        REQUIRE_FALSE(flow.empty());
        if (!resume) {
            const auto undone = cases.program->run({"undo", flow, "--yes"});
            if (undone.code != 0) { // past the end of a registration there is only one way
                CHECK_MESSAGE(contains(undone.errors, too_far), undone.output << undone.errors);
                CHECK(after != whole);
                resume = true;
            }
        }
        if (resume) {
            const auto end = cases.program->run({"resume", flow});
            CHECK_MESSAGE(end.code == 0, end.output << end.errors);
        }
        const Remains expected = resume ? after : whole;
        CHECK(cases.remains() == expected);
        if (expected == whole) {
            check_consistent(*cases.program, cases.net, cases.name);
        }
        CHECK(cases.unfinished().empty());
    }
    return done;
}

} // namespace

TEST_CASE("a rotation that is killed at every moment") {
    Cases cases;
    cases.prepare();
    const auto points = moments_of_flow(planned_steps(*cases.program, {"rotate", cases.name}));
    REQUIRE(points.size() > 80);
    CHECK(kill_at_each(cases, points, {"rotate"}, whole) > 10);
}

TEST_CASE(
    "a new registration with the same vault that is killed at every moment of its last part") {
    Cases cases;
    cases.prepare();
    std::vector<std::string> last;
    bool reached = false;
    for (const std::string& id : planned_steps(*cases.program, {"move", cases.name, "--again"})) {
        reached |= id == "store-export";
        if (reached) {
            last.push_back(id);
        }
    }
    REQUIRE(last.size() == 7);
    // From here on only resuming is of interest: an undo leaves the project without registration.
    std::vector<std::string> points;
    for (const std::string& point : moments_of_flow(last)) {
        // The old registration was replaced by the new one, so that there is nothing to revoke.
        const bool effect = point.find("revoke/") != std::string::npos &&
                            point.find("outcome") == std::string::npos;
        if (point.find(" plan") == std::string::npos && !effect) {
            points.push_back(point);
        }
    }
    std::size_t done = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!is_mine(i)) {
            continue;
        }
        cases.prepare();
        CAPTURE(points[i]);
        REQUIRE(cases.program->run({"move", cases.name, "--again", "--crash-at", points[i]}).code ==
                killed);
        if (const std::string flow = cases.unfinished(); !flow.empty()) {
            const auto end = cases.program->run({"resume", flow});
            CHECK_MESSAGE(end.code == 0, end.output << end.errors);
        }
        CHECK(cases.remains() == whole);
        check_consistent(*cases.program, cases.net, cases.name);
        ++done;
    }
    CHECK(done > 5);
}

TEST_CASE("a removal that is killed at every moment") {
    Cases cases;
    cases.prepare();
    const auto points =
        moments_of_flow(planned_steps(*cases.program, {"remove", cases.name, "--yes"}));
    REQUIRE(points.size() > 50);
    CHECK(kill_at_each(cases, points, {"remove", "--yes"}, Remains{2, 0, 0, 0}) > 10);
}
