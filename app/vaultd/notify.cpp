#include "app/vaultd/notify.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace tau::vaultd {

void tell_manager(std::string_view state) {
    const char* const place = std::getenv("NOTIFY_SOCKET");
    const std::string_view path = place == nullptr ? "" : place;
    sockaddr_un address{};
    if (path.size() < 2 || path.size() >= sizeof address.sun_path ||
        (path.front() != '/' && path.front() != '@')) {
        return;
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') { // one without a file
        address.sun_path[0] = '\0';
    }
    const int file = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0) {
        return;
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    // Whoever does not listen does not hear it.
    static_cast<void>(::sendto(file, state.data(), state.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), size));
    ::close(file);
}

} // namespace tau::vaultd
