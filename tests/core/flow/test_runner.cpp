#include "core/flow/runner.h"

#include "core/base/file.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <fstream>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace tau::flow;
namespace fs = std::filesystem;

namespace {

const SystemClock wall_clock;

/// A world of files: step "a/1" makes the file "a-1" and undo removes it.
class FileWorld {
public:
    explicit FileWorld(const fs::path& folder) : folder_(folder) {}

    Step step(const std::string& id, int lane) {
        std::string name = id;
        std::replace(name.begin(), name.end(), '/', '-');
        const fs::path file = folder_ / name;
        Step made;
        made.id = id;
        made.lane = lane;
        made.plan = "Make the file " + name + ".";
        made.look = [=, this](const StepCall& call) -> Result<std::optional<Outcome>> {
            if (!fs::exists(file)) {
                return std::nullopt;
            }
            if (!call.attempted) {
                return fail(ErrorCode::already_exists, "The file " + name + " is somebody else's.");
            }
            return Outcome{"Found " + name + ".", "", {{"file", file.string()}}};
        };
        made.run = [=, this](const StepCall& call) -> Result<Outcome> {
            if (call.stop.stop_requested()) {
                return fail(ErrorCode::cancelled, "Stopped.");
            }
            if (failing == id) {
                return fail(ErrorCode::unavailable, "The step " + id + " cannot reach its host.");
            }
            std::ofstream(file) << "x";
            return Outcome{"Made " + name + ".", "link:" + name, {{"file", file.string()}}};
        };
        made.undo_sentence = [=](const StepCall&) { return "The file " + name + "."; };
        made.undo = [=, this](const StepCall&) -> Result<Undone> {
            if (failing == id) {
                return fail(ErrorCode::unavailable, "The step " + id + " cannot be taken back.");
            }
            order.push_back(id);
            return Undone{fs::remove(file), id == "last" ? "The name of last stays." : ""};
        };
        return made;
    }

    std::vector<Step> steps() {
        return {step("first", 0), step("a/1", 1), step("b/1", 2),
                step("a/2", 1),   step("b/2", 2), step("last", 0)};
    }

    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    std::string failing;
    std::vector<std::string> order;

private:
    fs::path folder_;
};

struct Fixture {
    test::TemporaryDirectory folder;
    fs::path journal_path = folder.path() / "journal";
    fs::path files = folder.path() / "files";
    FileWorld world{files};
    Fixture() { fs::create_directory(files); }

    std::unique_ptr<Journal> begin() {
        auto journal = Journal::create(journal_path, wall_clock, {});
        REQUIRE(journal.has_value());
        REQUIRE((*journal)->append(Kind::plan, "", {}));
        return std::move(*journal);
    }
};

std::vector<StepState> states(const Runner& runner) {
    std::vector<StepState> all;
    for (const StepView& view : runner.views()) {
        all.push_back(view.state);
    }
    return all;
}

} // namespace

TEST_CASE(
    "steps run in order, lanes side by side, and each change is shown on the caller's thread") {
    Fixture here;
    auto journal = here.begin();
    Runner runner(here.world.steps(), {});
    const auto self = std::this_thread::get_id();
    std::vector<std::string> done;
    REQUIRE(runner.run(*journal, {}, [&](std::size_t, const StepView& view) {
        CHECK(std::this_thread::get_id() == self);
        if (view.state == StepState::done) {
            done.push_back(view.id);
        }
    }));
    CHECK(runner.state() == FlowState::done);
    CHECK(done.size() == 6);
    CHECK(done.front() == "first");
    CHECK(done.back() == "last");
    CHECK(std::find(done.begin(), done.end(), "a/1") < std::find(done.begin(), done.end(), "a/2"));
    CHECK(runner.views()[1].link == "link:a-1");
    CHECK(here.world.files() == 6);
}

TEST_CASE("a failing step stops its lane, is told, and a retry goes on from there") {
    Fixture here;
    auto journal = here.begin();
    here.world.failing = "a/1";
    Runner runner(here.world.steps(), {});
    const auto error = runner.run(*journal, {}, {}).error();
    CHECK(error.message == "The step a/1 cannot reach its host.");
    CHECK(runner.state() == FlowState::unfinished);
    CHECK(runner.views()[1].state == StepState::failed);
    CHECK(runner.views()[3].state == StepState::waiting);
    CHECK(runner.views()[5].state == StepState::waiting);

    here.world.failing.clear();
    REQUIRE(runner.run(*journal, {}, {}));
    CHECK(states(runner) == std::vector<StepState>(6, StepState::done));
}

TEST_CASE("a stage waits for every lane of the one before it") {
    Fixture here;
    auto journal = here.begin();
    std::vector<Step> steps{here.world.step("a/1", 1), here.world.step("b/1", 2),
                            here.world.step("b/2", 2), here.world.step("b/3", 2)};
    // The one that fails does not do so before the other lane has begun.
    steps.back().run = [&here, run = steps.back().run](const StepCall& call) {
        while (here.world.files() < 3) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return run(call);
    };
    for (const char* id : {"c/1", "d/1"}) {
        steps.push_back(here.world.step(id, id[0] - 'b'));
        steps.back().stage = 1;
    }
    here.world.failing = "b/3";
    Runner runner(std::move(steps), {});
    CHECK_FALSE(runner.run(*journal, {}, {}));
    CHECK(runner.views()[4].state == StepState::waiting);
    CHECK(runner.views()[5].state == StepState::waiting);
    CHECK(here.world.files() == 3);

    here.world.failing = "d/1"; // side by side: the other one of the stage does not wait for it
    CHECK_FALSE(runner.run(*journal, {}, {}));
    CHECK(runner.views()[5].state == StepState::failed);
    here.world.failing.clear();
    REQUIRE(runner.run(*journal, {}, {}));
    CHECK(states(runner) == std::vector<StepState>(6, StepState::done));
}

TEST_CASE("another process takes over from the journal, and undo removes newest first") {
    Fixture here;
    {
        auto journal = here.begin();
        here.world.failing = "last";
        Runner runner(here.world.steps(), {});
        CHECK_FALSE(runner.run(*journal, {}, {}).has_value());
    }
    auto opened = Journal::open(here.journal_path, wall_clock, {});
    REQUIRE(opened.has_value());
    Runner runner(here.world.steps(), {});
    REQUIRE(runner.restore(opened->entries));
    CHECK(runner.state() == FlowState::unfinished);
    CHECK(runner.last_error() == "The step last cannot reach its host.");
    CHECK(runner.views()[1].sentence == "Made a-1.");
    CHECK(runner.undo_list().size() == 6);
    here.world.failing.clear();
    REQUIRE(runner.undo(*opened->journal, {}, {}));
    CHECK(here.world.order ==
          std::vector<std::string>{"last", "b/2", "a/2", "b/1", "a/1", "first"});
    CHECK(here.world.files() == 0);
    CHECK(runner.state() == FlowState::undone);
    CHECK(runner.undo_list().empty());
}

TEST_CASE("undo takes back what it can and comes back for the rest") {
    Fixture here;
    auto journal = here.begin();
    Runner runner(here.world.steps(), {});
    REQUIRE(runner.run(*journal, {}, {}));
    here.world.failing = "b/1";
    CHECK(runner.undo(*journal, {}, {}).error().message == "The step b/1 cannot be taken back.");
    CHECK(here.world.files() == 1);
    CHECK(runner.state() == FlowState::unfinished);
    CHECK(runner.undo_begun());
    here.world.failing.clear();
    fs::remove(here.files / "b-1"); // somebody else was faster
    REQUIRE(runner.undo(*journal, {}, {}));
    CHECK(here.world.files() == 0);
    const auto check = [](const Runner& one) {
        for (const StepView& view : one.views()) {
            CAPTURE(view.id);
            CHECK(view.state == StepState::undone);
            CHECK(view.was_there == (view.id != "b/1"));
            CHECK(view.stays == (view.id == "last" ? "The name of last stays." : ""));
        }
    };
    check(runner);
    Runner later(here.world.steps(), {}); // another process, from the journal
    REQUIRE(later.restore(Journal::read(here.journal_path).value()));
    check(later);
}

TEST_CASE("an undo that goes on in another process still knows what undone steps had told") {
    Fixture here;
    auto journal = here.begin();
    Runner runner(here.world.steps(), {});
    REQUIRE(runner.run(*journal, {}, {}));
    here.world.failing = "last";
    CHECK_FALSE(runner.undo(*journal, {}, {}));
    CHECK(here.world.files() == 1);

    std::string told;
    auto steps = here.world.steps();
    steps[0].learn = [&](const Facts& facts) -> Result<void> {
        told = facts.at("file");
        return {};
    };
    Runner later(std::move(steps), {});
    REQUIRE(later.restore(Journal::read(here.journal_path).value()));
    CHECK(later.views()[0].state == StepState::undone);
    CHECK(told == (here.files / "first").string());
}

TEST_CASE("a stop is kept before the next step") {
    Fixture here;
    auto journal = here.begin();
    Runner runner(here.world.steps(), {});
    std::stop_source stop;
    const auto result = runner.run(*journal, stop.get_token(), [&](std::size_t, const StepView& v) {
        if (v.id == "first" && v.state == StepState::done) {
            stop.request_stop();
        }
    });
    CHECK(result.error().code == ErrorCode::cancelled);
    CHECK(here.world.files() == 1);
    REQUIRE(runner.run(*journal, {}, {}));
    CHECK(here.world.files() == 6);
}

TEST_CASE("what was there before is not taken for one's own, and undo leaves it") {
    Fixture here;
    REQUIRE(write_file_atomic(here.files / "last", std::string_view("theirs")));
    auto journal = here.begin();
    Runner runner(here.world.steps(), {});
    CHECK(runner.run(*journal, {}, {}).error().code == ErrorCode::already_exists);
    REQUIRE(runner.undo(*journal, {}, {}));
    CHECK(here.world.files() == 1);
    CHECK(read_file(here.files / "last").value() == "theirs");
}

TEST_CASE("killed at every moment, resume reaches done and undo reaches clean") {
    // The first child names every point; each of the others dies at one of them.
    const auto run_child = [](Fixture& here, const std::string& deadly) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const auto hook = [&](std::string_view point) {
                if (point == deadly) {
                    ::kill(::getpid(), SIGKILL);
                }
            };
            auto journal = Journal::create(here.journal_path, wall_clock, hook);
            bool good = journal && (*journal)->append(Kind::plan, "", {});
            Runner runner(here.world.steps(), hook);
            good = good && runner.run(**journal, {}, {});
            ::_exit(good ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    };
    std::set<std::string> points;
    {
        Fixture here;
        std::mutex mutex;
        const auto hook = [&](std::string_view point) {
            const std::lock_guard lock(mutex);
            points.emplace(point);
        };
        auto journal = Journal::create(here.journal_path, wall_clock, hook);
        REQUIRE((*journal)->append(Kind::plan, "", {}));
        Runner runner(here.world.steps(), hook);
        REQUIRE(runner.run(**journal, {}, {}));
    }
    REQUIRE(points.size() == 2 + 6 * 6 + 2);
    for (const std::string& point : points) {
        for (const bool resume : {true, false}) {
            CAPTURE(point);
            CAPTURE(resume);
            Fixture here;
            const int status = run_child(here, point);
            REQUIRE(WIFSIGNALED(status));
            REQUIRE(WTERMSIG(status) == SIGKILL);
            auto opened = Journal::open(here.journal_path, wall_clock, {});
            REQUIRE(opened.has_value());
            Runner runner(here.world.steps(), {});
            REQUIRE(runner.restore(opened->entries));
            const auto result = resume ? runner.run(*opened->journal, {}, {})
                                       : runner.undo(*opened->journal, {}, {});
            CHECK(result.has_value());
            CHECK(here.world.files() == (resume ? 6 : 0));
        }
    }
}
