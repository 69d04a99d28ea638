#pragma once

#include "core/base/process.h"
#include "core/forge/local_state.h"

#include <map>

namespace tau::localnet {

/// The SSH side of the git host: a listener of our own on 127.0.0.1 which starts one `sshd -i` per
/// connection, so that every session is our child. Everybody logs in as "git", whoever runs this.
class GitHost {
public:
    /// Makes the folder, keys and settings that are not there yet, and listens; port 0 takes the
    /// one of last time if it is free, or any.
    static Result<GitHost> start(const std::filesystem::path& root, std::uint16_t port);
    GitHost(GitHost&& other) noexcept;
    GitHost& operator=(GitHost&&) = delete;
    ~GitHost();

    const forge::LocalState& state() const { return state_; }
    /// To poll for; -1 while so many sessions run that no more are taken.
    int descriptor() const;
    /// Serves the connection that waits on the descriptor.
    Result<void> accept();
    /// A child of this process has ended: true when it was one of the sessions.
    bool ended(pid_t pid);

private:
    GitHost(forge::LocalFolder folder, forge::LocalState state, int listener, int log)
        : folder_(std::move(folder)), state_(std::move(state)), listener_(listener), log_(log) {}

    forge::LocalFolder folder_;
    forge::LocalState state_;
    int listener_, log_;
    std::map<pid_t, Process> sessions_;
};

/// A socket that listens on 127.0.0.1; port 0 is any. Close-on-exec, not blocking.
Result<int> listen_on_loopback(std::uint16_t port);
std::uint16_t port_of(int socket);

} // namespace tau::localnet
