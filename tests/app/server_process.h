#pragma once

#include "app/vaultd/server.h"
#include "core/node/repositories.h"
#include "tests/core/node/fixture.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <fstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace tau::test {

/// Numbers that the server's process and the test both see.
struct Counters {
    std::atomic<int> reads{0};
    std::atomic<bool> hold{false}; ///< logins wait while it is set
};

/// The server of tau-vaultd in a process of its own, with limits that a test can wait for, in
/// front of a node whose git hosts are made up.
class ServerProcess {
public:
    /// `folder`: a World's whose node has ended; empty for a new node.
    explicit ServerProcess(const vaultd::Limits& limits, const char* host = "127.0.0.1",
                           std::filesystem::path folder = {})
        : folder_(folder.empty() ? own_.path() : std::move(folder)) {
        void* memory = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(memory != MAP_FAILED);
        counters_ = new (memory) Counters;
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(ends[0]);
            ::_exit(run(limits, host, ends[1]));
        }
        ::close(ends[1]);
        REQUIRE(::read(ends[0], &port_, sizeof port_) == sizeof port_);
        ::close(ends[0]);
    }
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    ~ServerProcess() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
        ::munmap(counters_, sizeof(Counters));
    }
    std::uint16_t port() const { return port_; }
    Counters& counters() { return *counters_; }
    void terminate() const { ::kill(pid_, SIGTERM); }
    /// Its exit code.
    int wait() {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    long resident_kb() const {
        std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
        for (std::string word; in >> word;) {
            if (word == "VmRSS:") {
                long kb = 0;
                in >> kb;
                return kb;
            }
        }
        return 0;
    }

private:
    class HeldRepositories final : public node::Repositories {
    public:
        explicit HeldRepositories(Counters& counters) : counters_(counters) {}
        tl::expected<std::string, node::LoginFailure> allow(const std::string&,
                                                            node::Instant) override {
            return "192.0.2.1";
        }
        tl::expected<node::Evidence, node::LoginFailure> read(const node::Login&) override {
            ++counters_.reads;
            while (counters_.hold) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
            return node::Evidence{};
        }
        Result<std::vector<git::RemoteRef>> list(const node::Login&) override {
            return std::vector<git::RemoteRef>{};
        }
        Result<std::vector<bool>>
        has_commits(const node::Login&, const std::vector<std::string>&,
                    const std::vector<git::WantedCommit>& commits) override {
            return std::vector<bool>(commits.size());
        }
        void stop() override {}

    private:
        Counters& counters_;
    };

    int run(const vaultd::Limits& limits, const char* host, int pipe) {
        SilentLog log;
        const SystemClock clock;
        SystemEntropy entropy;
        const auto served = vaultd::serve(
            {host, 0}, {limits, {}, {}, ""}, log, {[&](std::uint16_t port) {
                node::Settings settings;
                settings.ref_debounce = std::chrono::hours(1); // what the test has put there, stays
                settings.data = folder_ / "node";
                settings.barrier_key = barrier_in(folder_);
                settings.name = "test";
                settings.region = 1;
                settings.endpoint = "http://127.0.0.1:" + std::to_string(port);
                auto service = node::Service::open(settings, clock, entropy, log,
                                                   std::make_unique<HeldRepositories>(*counters_));
                if (::write(pipe, &port, sizeof port) != sizeof port) {
                    ::_exit(3);
                }
                return service;
            }});
        return served ? 0 : 1;
    }

    TemporaryDirectory own_; // the parent's, for the child is killed
    const std::filesystem::path folder_;
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
    Counters* counters_ = nullptr;
};

} // namespace tau::test
