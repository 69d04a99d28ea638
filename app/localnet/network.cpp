#include "app/localnet/network.h"

#include "app/localnet/directory.h"
#include "app/localnet/dispatcher.h"
#include "app/localnet/git_host.h"
#include "app/localnet/guard.h"
#include "app/localnet/vaults.h"
#include "core/base/file.h"

#include <array>
#include <csignal>
#include <iostream>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tau::localnet {

namespace fs = std::filesystem;

namespace {

/// A descriptor that says when a signal or a child's end has come.
int watch_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) {
        ::sigaddset(&signals, number);
    }
    return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// True when the network is to end.
bool read_signals(int fd) {
    bool end = false;
    signalfd_siginfo info{};
    while (::read(fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        end = end || info.ssi_signo != SIGCHLD;
    }
    return end;
}

void wait_for_children(GitHost& host, Vaults& vaults) {
    for (pid_t pid = 0; (pid = next_ended_child()) > 0;) {
        if (host.ended(pid)) {
            continue;
        }
        if (const std::string name = vaults.ended(pid); !name.empty()) {
            std::cerr << "tau-localnet: the vault node " << name << " has ended." << std::endl;
        } else {
            ::waitpid(pid, nullptr, 0); // an orphan of a session, adopted by us
        }
    }
}

Result<void> serve(GitHost& host, Vaults& vaults, int signals) {
    for (;;) {
        std::array<pollfd, 2> fds{{{signals, POLLIN, 0}, {host.descriptor(), POLLIN, 0}}};
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) {
            return fail(io_error("wait in", host.state().program));
        }
        if (fds[0].revents != 0) {
            if (read_signals(signals)) {
                return {};
            }
            wait_for_children(host, vaults);
        }
        if (fds[1].revents != 0) {
            if (auto served = host.accept(); !served) {
                std::cerr << "tau-localnet: " << served.error().message << std::endl;
            }
        }
    }
}

/// The one file that a console needs to know this network by.
Result<void> write_network(const fs::path& file, const fs::path& git_folder, const Vaults& vaults,
                           const Directory& directory) {
    vault::Network network;
    network.name = "Local network";
    network.git_hosts = {{"local", "Git host on this computer", git_folder}};
    network.nodes = vaults.nodes();
    network.directory = directory.named;
    return write_file_atomic(file, vault::to_yaml(network));
}

} // namespace

Result<void> run(const Options& options) {
    if (auto made = make_private_directory(options.folder); !made) {
        return made;
    }
    const auto running = FileLock::acquire(options.folder / "running", 2000);
    if (!running) {
        return fail(ErrorCode::unavailable,
                    "A local network runs in " + options.folder.string() + " already.",
                    "Stop that one first, or choose another folder with --dir.");
    }
    const int signals = watch_signals();
    const fs::path git_folder = options.folder / "git";
    auto host = GitHost::start(git_folder, options.port);
    if (!host) {
        return fail(host.error());
    }
    const auto dispatcher = Dispatcher::start(forge::LocalFolder(git_folder));
    if (!dispatcher) {
        return fail(dispatcher.error());
    }
    auto vaults = Vaults::start(options.folder / "vaults", options.vaults, options.chaos);
    if (!vaults) {
        return fail(vaults.error());
    }
    const auto directory = Directory::start(options.folder / "directory", vaults->nodes());
    if (!directory) {
        return fail(directory.error());
    }
    const fs::path file = options.folder / "network.yaml";
    if (auto written = write_network(file, git_folder, *vaults, *directory); !written) {
        return written;
    }
    std::cout << "network: " << file.string() << "\nready" << std::endl;
    auto served = serve(*host, *vaults, signals);
    vaults->stop();
    ::close(signals);
    return served;
}

} // namespace tau::localnet
