#include "core/base/process.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace std::chrono_literals;

namespace {
Command shell(std::string script) {
    return {"/bin/sh", {"-c", std::move(script)}, {"PATH=/usr/bin:/bin", "A=1"}, {}, false, {}, {},
            {}};
}
bool gone(pid_t pid) {
    const auto until = std::chrono::steady_clock::now() + 5s;
    while (::kill(pid, 0) == 0) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}
} // namespace

TEST_CASE("a child gets its input, environment and nothing else") {
    ::setenv("TAU_TEST_LEAK", "1", 1);
    const int leaky = ::open("/dev/null", O_RDONLY); // without close-on-exec
    const auto done =
        run_process(shell("cat; env | sort; ls /proc/self/fd | wc -l; echo bad >&2; exit 7"),
                    as_bytes("hello\n"), Wait::at_most(10s));
    ::close(leaky);
    REQUIRE(done);
    CHECK(done->code == 7);
    CHECK(done->errors == "bad\n");
    CHECK(done->output.starts_with("hello\nA=1\nPATH=/usr/bin:/bin\nPWD="));
    CHECK(done->output.find("TAU_TEST_LEAK") == std::string::npos);
    CHECK(done->output.ends_with("\n4\n")); // 0, 1, 2 and the folder that ls reads
}

TEST_CASE("large input and output cross without waiting for each other") {
    const std::string much(3U << 20U, 'x');
    const auto done = run_process(shell("cat"), as_bytes(much), Wait::at_most(20s));
    REQUIRE(done);
    CHECK(done->output == much);
}

TEST_CASE("a program that is missing, or ends without reading, is told") {
    Command missing = shell("");
    missing.program = "/nonexistent/program";
    CHECK(Process::start(missing).error().code == ErrorCode::not_found);
    const auto done =
        run_process(shell("exit 3"), as_bytes(std::string(1U << 20U, 'x')), Wait::at_most(10s));
    REQUIRE(done);
    CHECK(done->code == 3);
}

TEST_CASE("deadline and cancel end the wait at once, and the child with it") {
    auto process = Process::start(shell("echo ready; exec sleep 100")).value();
    CHECK(process.read_line(Wait::at_most(10s)).value() == "ready");
    const auto begin = std::chrono::steady_clock::now();
    CHECK(process.wait(Wait::at_most(50ms)).error().code == ErrorCode::timeout);
    std::stop_source stop;
    std::jthread canceller([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    CHECK(process.wait(Wait::at_most(60s, stop.get_token())).error().code == ErrorCode::cancelled);
    CHECK(process.read_line(Wait::at_most(60s, stop.get_token())).error().code ==
          ErrorCode::cancelled);
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    const pid_t pid = process.pid();
    { const Process taken = std::move(process); }
    CHECK(gone(pid));
}

TEST_CASE("a group ends as a whole") {
    Command command = shell("sleep 100 & echo $!; wait");
    command.own_group = true;
    auto process = Process::start(command).value();
    const pid_t grandchild = std::stoi(process.read_line(Wait::at_most(10s)).value().value());
    process.kill(SIGKILL);
    CHECK(process.wait(Wait::at_most(10s)).value() == 128 + SIGKILL);
    CHECK(gone(grandchild));

    command = shell("sleep 100 >/dev/null 2>&1 & echo $!"); // and when it ends by itself
    command.own_group = true;
    auto other = Process::start(command).value();
    const pid_t left = std::stoi(other.read_line(Wait::at_most(10s)).value().value());
    CHECK(other.wait(Wait::at_most(10s)).value() == 0);
    CHECK(gone(left));
}

TEST_CASE("lines are bounded, and the last one needs no end") {
    auto process = Process::start(shell("printf 'one\\n\\nlast'")).value();
    const Wait wait = Wait::at_most(10s);
    CHECK(process.read_line(wait).value() == "one");
    CHECK(process.read_line(wait).value() == "");
    CHECK(process.read_line(wait).value() == "last");
    CHECK_FALSE(process.read_line(wait).value().has_value());
    auto endless = Process::start(shell("exec cat /dev/zero")).value();
    CHECK(endless.read_line(wait, 1000).error().code == ErrorCode::limit_exceeded);
}
