#pragma once

#include "core/git/remote.h"
#include "core/vault/claim.h"

#include <chrono>
#include <memory>

namespace tau::node {

/// When whoever asks gives up: nothing is begun, and nothing goes on, after it.
using Instant = std::chrono::steady_clock::time_point;

/// How to log in to one registered repository.
struct Login {
    vault::Role role = vault::Role::configuration;
    std::string url; ///< canonical ssh
    std::vector<std::string> host_keys;
    std::string default_branch;
    const Secret* scalar = nullptr; ///< the unsealed deploy key
    std::string address{};          ///< what allow() gave for this url; empty: look it up
    Instant until = Instant::max();
};

/// What a repository holds of its owner and its project; nullopt: the file is not there.
struct Evidence {
    std::optional<std::string> claim;  ///< `claim` on the branch tau-owner
    std::optional<std::string> config; ///< config.yaml on the default branch (configuration only)
};

/// Why a login did not give its evidence: a stable code, and the sentence for people; or what
/// hinders this node, which is no verdict on the repository.
struct LoginFailure {
    std::string reason;
    std::string sentence;
    std::optional<Error> own{}; ///< set: the node's own trouble, and no reason
};

/// What a node asks of git hosts.
class Repositories {
public:
    virtual ~Repositories() = default;
    /// The number to connect to for this address, when the node may connect there at all (SSRF).
    /// The protocol allows ssh and https. Here only ssh is taken: ownership is a login with the
    /// deploy key and a pinned host key, and https knows neither.
    virtual tl::expected<std::string, LoginFailure> allow(const std::string& url,
                                                          Instant until) = 0;
    /// Within 8 s and 1 MB.
    virtual tl::expected<Evidence, LoginFailure> read(const Login& login) = 0;
    /// `io` and, when the node ends, `cancelled`, here and below: this node's own trouble, which
    /// says nothing of the repository.
    virtual Result<std::vector<git::RemoteRef>> list(const Login& login) = 0;
    /// Which of the commits are in the histories of these branches, as git::has_commits(), within
    /// 15 s. `limit_exceeded` when the histories are larger than allowed.
    virtual Result<std::vector<bool>>
    has_commits(const Login& login, const std::vector<std::string>& branches,
                const std::vector<git::WantedCommit>& commits) = 0;
    /// Cuts all that is asked off, whatever it waits for, and begins nothing more.
    virtual void stop() = 0;
};

/// Real git over SSH, in the helper of core/git: what hosts send is taken apart there, in a process
/// with limits that ends with the question. `allow_local` permits private and loopback addresses.
/// At most 24 logins run at once: 8 that follow branches, and two for each of 8 registrations.
/// `history_limit`: bytes that are fetched to look for commits.
std::unique_ptr<Repositories> git_repositories(bool allow_local,
                                               std::uint64_t history_limit = 64U << 20U);

} // namespace tau::node
