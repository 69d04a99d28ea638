#include "core/base/standard_output.h"

#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace tau {

void hold_standard_streams() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            // The lowest free number is this one. It stays open as long as the program runs.
            static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
        }
    }
}

Result<void> flush_output() {
    return std::cout.flush() ? Result<void>()
                             : fail(ErrorCode::io,
                                    "What was to be printed could not be written: the output is "
                                    "closed, or its disk is full.",
                                    "Give the output a place that has room.");
}

} // namespace tau
