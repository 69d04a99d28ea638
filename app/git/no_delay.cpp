// libgit2 opens the connection and gives no way to set its options. Left to itself the kernel holds
// back each of libssh2's small packets until the one before is acknowledged, and that comes 40 ms
// late: three times in one login. So the connect() that libgit2 calls is this one.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) int connect(int fd, const sockaddr* address,
                                                              socklen_t size) {
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); // fails where there is no TCP
    return static_cast<int>(::syscall(SYS_connect, fd, address, size));
}
