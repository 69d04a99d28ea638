#pragma once

#include "tests/support/temporary_directory.h"

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace tau::test {

/// Debian's PostgreSQL 15 with a cluster of its own in a temporary folder, on a socket there and
/// nowhere else. It does not run as root, so for root another account runs it.
class PostgresServer {
public:
    PostgresServer() : folder_("/tmp/tau-pg-XXXXXX") {
        if (::mkdtemp(folder_.data()) == nullptr) {
            throw std::runtime_error("cannot make a temporary folder");
        }
        if (::geteuid() == 0) {
            const passwd* account = ::getpwnam("postgres");
            account = account != nullptr ? account : ::getpwnam("nobody");
            if (account == nullptr ||
                ::chown(folder_.c_str(), account->pw_uid, account->pw_gid) != 0) {
                throw std::runtime_error("there is no account to run PostgreSQL");
            }
            user_ = account->pw_uid;
            group_ = account->pw_gid;
        }
        const pid_t making = spawn({"initdb", "-D", folder_ + "/data", "-U", "tau", "-A", "trust",
                                    "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"});
        int status = 0;
        if (::waitpid(making, &status, 0) != making || status != 0) {
            throw std::runtime_error("initdb failed; its words are in " + folder_ + "/log");
        }
        start();
    }
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;
    ~PostgresServer() {
        stop(SIGQUIT);
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void start() {
        pid_ = spawn({"postgres", "-D", folder_ + "/data", "-k", folder_, "-c",
                      "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=32MB",
                      "-c", "fsync=on", "-c", "autovacuum=off"});
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!std::filesystem::exists(folder_ + "/.s.PGSQL.5432") || !answers()) {
            if (::waitpid(pid_, nullptr, WNOHANG) == pid_ ||
                std::chrono::steady_clock::now() > end) {
                pid_ = -1;
                throw std::runtime_error("PostgreSQL does not start; see " + folder_ + "/log");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    /// SIGQUIT ends it as a crash does, SIGINT in order.
    void stop(int signal) {
        if (pid_ > 0) {
            ::kill(pid_, signal);
            ::waitpid(std::exchange(pid_, -1), nullptr, 0);
        }
    }

    /// Where its socket is.
    const std::string& folder() const { return folder_; }
    /// The address of a place that nobody else has, an empty one.
    std::string new_place() {
        static std::atomic<int> number{0};
        const std::string name = "p" + std::to_string(::getpid()) + "_" + std::to_string(++number);
        sql("CREATE SCHEMA " + name);
        return address(folder_, name);
    }
    static std::string address(const std::string& socket_folder, const std::string& place) {
        return "postgresql:///postgres?host=" + socket_folder +
               "&user=tau&options=-csearch_path%3D" + place;
    }
    void sql(const std::string& statement) const {
        const pid_t child = spawn({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder_, "-U",
                                   "tau", "-d", "postgres", "-c", statement});
        int status = 0;
        if (::waitpid(child, &status, 0) != child || status != 0) {
            throw std::runtime_error("psql did not take: " + statement);
        }
    }

private:
    bool answers() const {
        const pid_t child = spawn({"pg_isready", "-q", "-h", folder_});
        int status = 0;
        return ::waitpid(child, &status, 0) == child && status == 0;
    }
    pid_t spawn(std::vector<std::string> arguments) const {
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child != 0) {
            return child;
        }
        arguments.front() = "/usr/lib/postgresql/15/bin/" + arguments.front();
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        std::string path = "PATH=/usr/bin:/bin"; // initdb runs a shell
        std::array<char*, 2> environment{path.data(), nullptr};
        const bool as_asked = user_ == 0 || (::setgroups(0, nullptr) == 0 &&
                                             ::setgid(group_) == 0 && ::setuid(user_) == 0);
        ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // after the change of user, which takes it away
        const int log =
            ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (as_asked && ::getppid() == parent && ::chdir(folder_.c_str()) == 0 && log >= 0 &&
            ::dup2(log, 1) == 1 && ::dup2(log, 2) == 2) {
            ::execve(argv.front(), argv.data(), environment.data());
        }
        ::_exit(127);
    }

    std::string folder_;
    uid_t user_ = 0;
    gid_t group_ = 0;
    pid_t pid_ = -1;
};

} // namespace tau::test
