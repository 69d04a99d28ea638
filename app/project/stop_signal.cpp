#include "app/project/stop_signal.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace tau::app {

namespace {

// A handler can reach nothing but globals; it may only write into a pipe.
int signal_pipe[2] = {-1, -1};

void on_signal(int number) {
    const char byte = 's';
    static_cast<void>(::write(signal_pipe[1], &byte, 1) == 0);
    ::signal(number, SIG_DFL);
}

} // namespace

StopSignal::StopSignal() {
    if (::pipe2(signal_pipe, O_CLOEXEC) != 0) {
        return;
    }
    watcher_ = std::jthread([this] {
        char byte = 0;
        if (::read(signal_pipe[0], &byte, 1) == 1 && byte == 's') {
            source_.request_stop();
        }
    });
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        ::signal(number, on_signal);
    }
}

StopSignal::~StopSignal() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        ::signal(number, SIG_DFL);
    }
    const char byte = 'e';
    static_cast<void>(::write(signal_pipe[1], &byte, 1) == 0);
    if (watcher_.joinable()) {
        watcher_.join();
    }
    ::close(signal_pipe[0]);
    ::close(signal_pipe[1]);
}

} // namespace tau::app
