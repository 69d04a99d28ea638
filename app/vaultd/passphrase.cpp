#include "app/vaultd/passphrase.h"

#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace tau::vaultd {

namespace {

constexpr std::size_t longest_passphrase = 1024;

/// The terminal shows nothing while it lives.
class Hidden {
public:
    Hidden() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (is_terminal_) {
            termios quiet = before_;
            quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
            std::cerr << "Passphrase of the barrier key: " << std::flush;
        }
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    ~Hidden() {
        if (is_terminal_) {
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
            std::cerr << std::endl;
        }
    }

private:
    termios before_{};
    bool is_terminal_;
};

} // namespace

Result<Secret> ask_passphrase() {
    const Hidden hidden;
    Secret line(longest_passphrase);
    std::size_t size = 0;
    while (size < line.size() && ::read(STDIN_FILENO, line.data() + size, 1) == 1 &&
           line.data()[size] != '\n') {
        ++size;
    }
    if (size == 0 || size == line.size()) {
        return fail(ErrorCode::invalid_argument, "There is no passphrase on standard input.",
                    "Type it when asked, or give it as one line.");
    }
    return Secret::copy_of(line.bytes().first(size));
}

} // namespace tau::vaultd
