#include "app/git/sockets.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tau::git {

namespace {

/// What goes over a connection beside packs: keys, certificates, names of refs, packets' frames.
constexpr std::uint64_t besides = 256U << 10U;

struct Narrowed {
    std::string address; ///< without brackets; empty: any
    std::uint16_t port = 0;
    std::uint64_t bytes_left = UINT64_MAX;
    bool elsewhere = false;
    bool too_much = false;
};

Narrowed& narrowed() {
    static Narrowed one;
    return one;
}

std::string without_brackets(const std::string& address) {
    const bool bracketed = address.starts_with('[') && address.ends_with(']');
    return bracketed ? address.substr(1, address.size() - 2) : address;
}

bool is_allowed(const sockaddr& address) {
    const Narrowed& only = narrowed();
    std::uint16_t port = 0;
    const void* number = nullptr;
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        port = ntohs(v4.sin_port);
        number = &v4.sin_addr;
    } else if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        port = ntohs(v6.sin6_port);
        number = &v6.sin6_addr;
    } else {
        return true; // not the network: the resolver asks daemons of this computer, too
    }
    in6_addr wanted{};
    if (only.address.empty() || port != only.port) {
        return port == only.port;
    }
    return ::inet_pton(address.sa_family, only.address.c_str(), &wanted) == 1 &&
           std::memcmp(number, &wanted, address.sa_family == AF_INET ? 4 : 16) == 0;
}

} // namespace

void narrow_sockets(const Remote& remote, const Url& url) {
    const auto usual = static_cast<std::uint16_t>(url.scheme == "ssh" ? 22 : 443);
    narrowed().address = without_brackets(remote.address);
    narrowed().port = url.port == 0 ? usual : url.port;
    narrowed().bytes_left = remote.max_bytes + remote.max_bytes / 8 + besides;
}

bool went_elsewhere() {
    return narrowed().elsewhere;
}

bool sent_too_much() {
    return narrowed().too_much;
}

} // namespace tau::git

// The libraries call these three by name, and find them here before they find libc's.

extern "C" __attribute__((visibility("default"))) int connect(int fd, const sockaddr* address,
                                                              socklen_t size) {
    if (address == nullptr || !tau::git::is_allowed(*address)) {
        tau::git::narrowed().elsewhere = true;
        errno = EACCES;
        return -1;
    }
    // Left to itself the kernel holds back each of libssh2's small packets until the one before is
    // acknowledged, and that comes 40 ms late: three times in one login.
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); // fails where there is no TCP
    return static_cast<int>(::syscall(SYS_connect, fd, address, size));
}

// libc's header has an inline function of this name already, so that it gets its name here.
extern "C" __attribute__((visibility("default"))) ssize_t
narrowed_recv(int fd, void* buffer, std::size_t size, int flags) __asm__("recv");

ssize_t narrowed_recv(int fd, void* buffer, std::size_t size, int flags) {
    std::uint64_t& left = tau::git::narrowed().bytes_left;
    if (left == 0) {
        tau::git::narrowed().too_much = true;
        errno = ECONNABORTED;
        return -1;
    }
    const ssize_t got = ::syscall(SYS_recvfrom, fd, buffer, std::min<std::uint64_t>(size, left),
                                  flags, nullptr, nullptr);
    left -= got > 0 && (flags & MSG_PEEK) == 0 ? static_cast<std::uint64_t>(got) : 0;
    return got;
}

extern "C" __attribute__((visibility("default"))) int
getaddrinfo(const char* name, const char* service, const addrinfo* hints,
            addrinfo** found) noexcept(false) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string& only = tau::git::narrowed().address;
    if (only.empty()) {
        return real(name, service, hints, found);
    }
    addrinfo numeric = hints == nullptr ? addrinfo{} : *hints;
    numeric.ai_flags |= AI_NUMERICHOST;
    return real(only.c_str(), service, &numeric, found);
}
