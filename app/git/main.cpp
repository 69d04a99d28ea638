// tau-git: one exchange with one git remote, for the program that started it (core/git/remote.h).
// It reads a request with its secrets from its input, and writes progress and a result to its
// output. It is a program of its own so that it can be killed at any moment, whatever the other
// side does.
#include "app/git/confine.h"
#include "app/git/operations.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr rlim_t mebibyte = 1U << 20U;
constexpr std::int64_t day = 86400;

void limit(__rlimit_resource_t resource, rlim_t value) {
    const rlimit both{value, value};
    ::setrlimit(resource, &both);
}

/// A hostile remote may spend our memory, disk and time up to here, and no more.
void limit_resources(const tau::git::Remote& remote) {
    const auto seconds =
        static_cast<rlim_t>(std::clamp<std::int64_t>(remote.deadline.count() / 1000 + 5, 5, day));
    ::alarm(static_cast<unsigned>(seconds)); // should nobody be left to kill us
    limit(RLIMIT_CPU, seconds);
    ::signal(SIGXFSZ, SIG_IGN); // a write past the limit is then an error with a sentence
    limit(RLIMIT_FSIZE, 2 * remote.max_bytes + 64 * mebibyte);
    limit(RLIMIT_NOFILE, 256);
    limit(RLIMIT_CORE, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    limit(RLIMIT_AS, 4 * remote.max_bytes + 256 * mebibyte);
#endif
}

/// A stranger's repository is taken apart here: whoever takes this process over by it shall find
/// nothing. To push and to fetch is another matter: that is done with the user's own clones. And a
/// name that is still to be looked up may need a local service.
void confine_to_home(const tau::git::HelperRequest& request) {
    using tau::git::HelperOperation;
    const char* home = std::getenv("HOME");
    const HelperOperation operation = request.task.operation;
    if (home == nullptr || operation == HelperOperation::push ||
        operation == HelperOperation::fetch || request.remote.address.empty()) {
        return;
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // Of /etc what names, programs and authorities need: a key may lie beside that.
    const std::string refused = tau::git::confine(
        {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
         "/etc/hosts", "/etc/host.conf", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
         "/etc/localtime", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates",
         "/dev/null", "/dev/urandom", request.remote.ca_file},
        home);
    if (!refused.empty()) { // the program that started this shows it when something fails
        std::cerr << "tau-git: not confined (" << refused << ")\n";
    }
#endif
}

} // namespace

int main() {
    if (!tau::protect_process()) {
        return 1;
    }
    const auto request = tau::git::read_request(STDIN_FILENO);
    if (!request) {
        std::cout << tau::git::encode_result(tau::fail(request.error())) << std::flush;
        return 2;
    }
    limit_resources(request->remote);
    confine_to_home(*request);
    const auto result = tau::git::perform(*request);
    std::cout << tau::git::encode_result(result) << std::flush;
    return result ? 0 : 1;
}
