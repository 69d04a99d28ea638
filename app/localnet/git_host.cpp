#include "app/localnet/git_host.h"

#include "app/localnet/ssh_setup.h"
#include "core/base/file.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tau::localnet {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t most_sessions = 64;
}

Result<int> listen_on_loopback(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, SOMAXCONN) != 0) {
        const std::string why = std::strerror(errno);
        ::close(fd);
        return fail(ErrorCode::unavailable,
                    "Cannot listen on port " + std::to_string(port) + ": " + why + ".",
                    "Choose another port with --port.");
    }
    return fd;
}

std::uint16_t port_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

Result<GitHost> GitHost::start(const fs::path& root, std::uint16_t port) {
    const forge::LocalFolder folder(root);
    auto state = prepare_folder(folder);
    if (!state) {
        return fail(state.error());
    }
    auto listener = listen_on_loopback(port == 0 ? state->port : port);
    if (!listener && port == 0) {
        listener = listen_on_loopback(0); // somebody else took the port of last time
    }
    if (!listener) {
        return fail(listener.error());
    }
    const int log = ::open((root / "sshd.log").c_str(),
                           O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    GitHost host(folder, std::move(*state), *listener, log);
    if (log < 0) {
        return fail(io_error("write", root / "sshd.log"));
    }
    host.state_.port = port_of(*listener);
    auto stored = folder.update([&](forge::LocalState& current) -> Result<void> {
        current.port = host.state_.port;
        return {};
    });
    if (!stored) {
        return fail(stored.error());
    }
    return host;
}

GitHost::GitHost(GitHost&& other) noexcept
    : folder_(std::move(other.folder_)), state_(std::move(other.state_)),
      listener_(std::exchange(other.listener_, -1)), log_(std::exchange(other.log_, -1)),
      sessions_(std::move(other.sessions_)) {}

GitHost::~GitHost() {
    for (const int fd : {listener_, log_}) {
        if (fd >= 0) {
            ::close(fd);
        }
    }
}

int GitHost::descriptor() const {
    return sessions_.size() < most_sessions ? listener_ : -1;
}

Result<void> GitHost::accept() {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
        return {}; // the client left before we came
    }
    const int yes = 1; // sshd's small packets need not wait for each other
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto session = Process::start(sshd_session(folder_, connection, log_));
    ::close(connection);
    if (!session) {
        return fail(session.error());
    }
    const pid_t pid = session->pid();
    sessions_.emplace(pid, std::move(*session));
    return {};
}

bool GitHost::ended(pid_t pid) {
    return sessions_.erase(pid) > 0;
}

} // namespace tau::localnet
