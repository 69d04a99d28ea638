// The desktop's keychain, for real: a session bus and a gnome-keyring of the test's own, without
// a display and away from this user's.
#include "core/base/file.h"
#include "core/base/process.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <doctest/doctest.h>
#include <set>
#include <thread>

using namespace tau;
namespace fs = std::filesystem;

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::seconds long_enough{30};

/// A login session with a bus, and a keychain when it is started.
class Session {
public:
    Session() {
        fs::create_directory(runtime());
        fs::permissions(runtime(), fs::perms::owner_all);
        // Nothing is started by being asked for: what runs is what the test starts.
        REQUIRE(write_file_atomic(
            folder_.path() / "bus.conf",
            "<busconfig><type>session</type><listen>unix:path=" + (runtime() / "bus").string() +
                "</listen><policy context=\"default\"><allow send_destination=\"*\" "
                "eavesdrop=\"true\"/>"
                "<allow eavesdrop=\"true\"/>"
                "<allow own=\"*\"/></policy></busconfig>\n"));
        bus_.emplace(start("/usr/bin/dbus-daemon",
                           {"--config-file=" + (folder_.path() / "bus.conf").string(), "--nofork",
                            "--print-address=1"}));
        REQUIRE(bus_->read_line(Wait::at_most(long_enough)).value().has_value());
    }

    /// With a passphrase the keychain is open; without, it is as after a login without one.
    void start_keychain(const std::string& passphrase) {
        std::vector<std::string> arguments{"--foreground", "--components=secrets"};
        if (!passphrase.empty()) {
            arguments.emplace_back("--unlock");
        }
        keychain_.emplace(start("/usr/bin/gnome-keyring-daemon", arguments));
        REQUIRE(keychain_->write_input(as_bytes(passphrase), Wait::at_most(long_enough)));
        keychain_->close_input();
        const auto end = SteadyClock::now() + long_enough;
        while (!has_keychain()) {
            REQUIRE_MESSAGE(SteadyClock::now() < end, keychain_->error_output());
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }

    void stop_keychain(int signal) {
        keychain_->kill(signal);
        REQUIRE(keychain_->wait(Wait::at_most(long_enough)).has_value());
        keychain_.reset();
    }
    void freeze_keychain() { keychain_->kill(SIGSTOP); }

    Process start(const fs::path& program, std::vector<std::string> arguments,
                  bool with_bus = true) const {
        REQUIRE_MESSAGE(fs::exists(program), program.string() << " is missing: install it.");
        Command command;
        command.program = program;
        command.arguments = std::move(arguments);
        command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                               "HOME=" + folder_.path().string()};
        if (with_bus) {
            command.environment.push_back("XDG_RUNTIME_DIR=" + runtime().string());
            command.environment.push_back("DBUS_SESSION_BUS_ADDRESS=unix:path=" +
                                          (runtime() / "bus").string());
        }
        auto process = Process::start(command);
        REQUIRE(process.has_value());
        return std::move(*process);
    }

    Process probe(std::vector<std::string> arguments, bool with_bus = true) const {
        return start(program_folder().value() / "keychain_probe", std::move(arguments), with_bus);
    }

    /// What one program gets to hear.
    std::string ask(std::vector<std::string> arguments, bool with_bus = true) const {
        return line(probe(std::move(arguments), with_bus));
    }

    static std::string line(Process&& process) { return line(process); }
    static std::string line(Process& process) {
        const auto read = process.read_line(Wait::at_most(long_enough));
        REQUIRE_MESSAGE(read.has_value(), process.error_output());
        return read->value_or("(ended)");
    }

private:
    fs::path runtime() const { return folder_.path() / "run"; }
    bool has_keychain() const {
        Process asking =
            start("/usr/bin/dbus-send",
                  {"--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/",
                   "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"});
        REQUIRE(asking.wait(Wait::at_most(long_enough)).value() == 0);
        return asking.take_output().find("true") != std::string::npos;
    }

    test::TemporaryDirectory folder_;
    std::optional<Process> bus_, keychain_;
};

} // namespace

TEST_CASE("keychain: kept, replaced and erased, from one process to the next") {
    Session session;
    session.start_keychain("throw away");
    CHECK(session.ask({"get", "a"}) == "(none)");
    CHECK(session.ask({"put", "a", "one"}) == "ok");
    CHECK(session.ask({"put", "deploy/1/code", "two"}) == "ok");
    CHECK(session.ask({"get", "a"}) == "one");
    CHECK(session.ask({"put", "a", "three"}) == "ok");
    CHECK(session.ask({"get", "a"}) == "three");
    CHECK(session.ask({"get", "deploy/1/code"}) == "two");
    CHECK(session.ask({"erase", "a"}) == "ok");
    CHECK(session.ask({"erase", "a"}) == "ok");
    CHECK(session.ask({"get", "a"}) == "(none)");

    // And from one keychain process to the next, as after a new login.
    session.stop_keychain(SIGTERM);
    session.start_keychain("throw away");
    CHECK(session.ask({"get", "deploy/1/code"}) == "two");
}

TEST_CASE("keychain: programs that start at the same moment all get the same owner key") {
    Session session;
    session.start_keychain("throw away");
    std::vector<Process> programs;
    for (int i = 0; i < 6; ++i) {
        programs.push_back(session.probe({"owner"}));
    }
    std::set<std::string> keys;
    for (Process& program : programs) {
        keys.insert(Session::line(program));
    }
    keys.insert(session.ask({"owner"}));
    CHECK(keys.size() == 1);
    CHECK(keys.begin()->size() == 64);
}

TEST_CASE("keychain: a session without one says so at once") {
    Session session;
    const auto start = SteadyClock::now();
    const std::string none = "no keychain: unavailable: This session has no keychain.";
    CHECK(session.ask({"get", "a"}, false) == none); // no bus either, as in a CI job
    CHECK(session.ask({"get", "a"}) == none);        // a bus, and nobody on it
    CHECK(SteadyClock::now() - start < std::chrono::seconds(12));
}

TEST_CASE("keychain: locked, with nobody to unlock it") {
    Session session;
    session.start_keychain("throw away");
    REQUIRE(session.ask({"put", "a", "one"}) == "ok");
    session.stop_keychain(SIGTERM);
    session.start_keychain("");
    const auto start = SteadyClock::now();
    // libsecret shows what is locked as if it were not there. So what counts is that no new owner
    // key comes of it: the keychain refuses to keep one.
    CHECK(session.ask({"get", "a"}) == "(none)");
    const std::string refused = "permission_denied: The keychain did not keep the secret.";
    CHECK(session.ask({"put", "b", "two"}) == refused);
    CHECK(session.ask({"owner"}) == refused);
    CHECK(SteadyClock::now() - start < std::chrono::seconds(25));

    session.stop_keychain(SIGTERM);
    session.start_keychain("throw away");
    CHECK(session.ask({"get", "a"}) == "one"); // and nothing is lost by it
}

TEST_CASE("keychain: one that hangs or vanishes while it is used costs no more than the wait") {
    Session session;
    session.start_keychain("throw away");
    REQUIRE(session.ask({"put", "a", "one"}) == "ok");
    Process program = session.probe({"wait", "a"});
    CHECK(Session::line(program) == "one");
    const auto again = [&] {
        REQUIRE(program.write_input(as_bytes("\n"), Wait::at_most(long_enough)));
        const auto start = SteadyClock::now();
        const std::string said = Session::line(program);
        CHECK(SteadyClock::now() - start < std::chrono::seconds(10));
        return said;
    };
    session.freeze_keychain();
    CHECK(again() == "timeout: The keychain did not give the secret.");
    session.stop_keychain(SIGKILL);
    CHECK(again().find("The keychain did not give the secret.") != std::string::npos);
    session.start_keychain("throw away");
    CHECK(session.ask({"get", "a"}) == "one");
}
