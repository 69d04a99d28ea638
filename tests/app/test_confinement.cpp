// What the program that takes strangers' repositories apart can do to the one that started it, once
// somebody has taken it over: nothing.
#include "app/git/confine.h"
#include "core/base/secret.h"
#include "tests/support/temporary_directory.h"

#include <cerrno>
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <functional>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace tau;

namespace {

/// How a process that does this ends, as waitpid() says.
int end_of(const std::function<int()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::_exit(work());
    }
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    return status;
}

} // namespace

TEST_CASE("a confined process signals and slows nobody, and stays where it is killed") {
    const test::TemporaryDirectory home;
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    const int file = ends[0];
    pid_t other = ::getpid();
    f_owner_ex owner{F_OWNER_PID, other};
    sched_param priority{};
    cpu_set_t cores{};
    REQUIRE(::sched_getaffinity(0, sizeof cores, &cores) == 0);
    std::array<unsigned, 12> attributes{sizeof attributes}; // SCHED_OTHER, nothing else
    constexpr int ioprio_of_process = 1;
    const std::vector<std::function<long()>> denied{
        [&] { return ::ioctl(file, FIOSETOWN, &other); },
        [&] { return ::ioctl(file, SIOCSPGRP, &other); },
        [&] { return ::fcntl(file, F_SETOWN, other); },
        [&] { return ::fcntl(file, F_SETOWN_EX, &owner); },
        [&] { return ::fcntl(file, F_SETSIG, SIGTERM); },
        [&] { return ::kill(other, 0); },
        [&] { return ::syscall(SYS_prlimit64, other, RLIMIT_CPU, nullptr, nullptr); },
        [&] { return ::setpriority(PRIO_PROCESS, static_cast<id_t>(other), 0); },
        [&] { return ::sched_setaffinity(other, sizeof cores, &cores); },
        [&] { return ::sched_setscheduler(other, SCHED_OTHER, &priority); },
        [&] { return ::sched_setparam(other, &priority); },
        [&] { return ::syscall(SYS_sched_setattr, other, attributes.data(), 0); },
        [&] { return ::syscall(SYS_ioprio_set, ioprio_of_process, other, 0); },
        [&] { return ::setpgid(0, 0); },
        [&] { return ::setsid(); },
    };
    int waiting = 0;
    const std::vector<std::function<long()>> allowed{
        [&] { return ::ioctl(file, FIONREAD, &waiting); },
        [&] { return ::fcntl(file, F_SETFL, O_NONBLOCK); },
        [&] { return ::syscall(SYS_prlimit64, 0, RLIMIT_CPU, nullptr, nullptr); },
        [&] { return ::close(::socket(AF_INET, SOCK_STREAM, 0)); },
    };
    const auto try_all = [&] {
        static_cast<void>(git::confine({}, home.path()));
        for (std::size_t i = 0; i < denied.size(); ++i) {
            errno = 0;
            if (denied[i]() != -1 || errno != EPERM) {
                return static_cast<int>(i) + 1;
            }
        }
        for (std::size_t i = 0; i < allowed.size(); ++i) {
            if (allowed[i]() != 0) {
                return static_cast<int>(100 + i);
            }
        }
        return 0;
    };
    const int status = end_of(try_all);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0); // else which of them was another
    for (const int end : ends) {
        ::close(end);
    }
}

TEST_CASE("what a file has to tell ends no program") {
    CHECK(end_of([] { return protect_process() ? ::raise(SIGIO) : 1; }) == 0);
}
