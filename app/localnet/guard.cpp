#include "app/localnet/guard.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tau::localnet {

namespace {

void kill_children(int signal) {
    std::error_code code;
    std::filesystem::directory_iterator task("/proc/self/task", code), end;
    for (; !code && task != end; task.increment(code)) {
        std::ifstream list(task->path() / "children");
        for (pid_t child = 0; list >> child;) {
            ::kill(child, signal);
        }
    }
}

[[noreturn]] void guard(pid_t worker, const sigset_t& signals) {
    for (;;) {
        siginfo_t info{};
        if (::sigwaitinfo(&signals, &info) < 0) {
            continue;
        }
        if (info.si_signo != SIGCHLD) {
            ::kill(worker, info.si_signo);
            continue;
        }
        int status = 0;
        for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            if (ended == worker) {
                end_all_children();
                std::_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
            }
        }
    }
}

} // namespace

void end_all_children() {
    // A killed child's own children become ours (we are their subreaper), and are next.
    for (int status = 0;;) {
        kill_children(SIGKILL);
        if (::waitpid(-1, &status, 0) < 0 && errno == ECHILD) {
            return;
        }
    }
}

bool asked_to_end() {
    sigset_t pending;
    ::sigemptyset(&pending);
    ::sigpending(&pending);
    return ::sigismember(&pending, SIGINT) == 1 || ::sigismember(&pending, SIGTERM) == 1;
}

pid_t next_ended_child() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ? info.si_pid : 0;
}

void split_into_guard_and_worker() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) {
        ::sigaddset(&signals, number);
    }
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    const pid_t parent = ::getpid();
    const pid_t worker = ::fork();
    if (worker > 0) {
        guard(worker, signals);
    }
    // Both halves adopt orphans: whichever is killed, the other one still has them.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    if (worker < 0 || ::getppid() != parent) {
        std::_Exit(1);
    }
}

} // namespace tau::localnet
