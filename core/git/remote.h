#pragma once

#include "core/git/git.h"
#include "core/seal/seal.h"

namespace tau::git {

/// Log in over SSH with an openssh-key-v1 text.
struct KeyCredential {
    std::string user = "git";
    Secret private_key;
    std::optional<Secret> passphrase;
};
/// Log in over SSH with the bare scalar (what a vault unseals).
struct ScalarCredential {
    std::string user = "git";
    Secret scalar;
};
/// Log in over https.
struct TokenCredential {
    std::string user;
    Secret token;
};
using Credential = std::variant<std::monostate, KeyCredential, ScalarCredential, TokenCredential>;

struct Progress {
    std::string phase; ///< "connecting", "sending", "receiving"
    std::uint64_t done = 0;
    std::uint64_t total = 0; ///< 0: not known yet
    std::uint64_t bytes = 0;
};

/// How to reach one remote. Host keys are a set of "SHA256:…" fingerprints: none other is accepted,
/// and only Ed25519 ones are asked for.
struct Remote {
    std::string url;                    ///< ssh:// or https://
    std::vector<std::string> host_keys; ///< for ssh; at least one
    /// For https: a PEM file with the authorities to trust; empty: those of the system.
    std::filesystem::path ca_file{};
    Credential credential;
    std::chrono::milliseconds deadline{60000}; ///< for the whole operation
    std::uint64_t max_bytes = 64U << 20U;      ///< received; more is `limit_exceeded`
};

struct RemoteRef {
    std::string name; ///< "refs/heads/main"
    CommitId commit;
};

using ProgressCallback = std::function<void(const Progress&)>;

/// One transfer each. Errors: `untrusted` (host key; detail is the fingerprint that was shown),
/// `unauthenticated`, `not_found` (no such repository or branch for this key),
/// `permission_denied` (the remote refused the ref, its sentence in detail), `conflict` (a push
/// would lose commits of the remote), `timeout`, `cancelled`, `limit_exceeded`, `unavailable`.
/// After a failed push look at the remote's refs before trying again: it may have arrived.

/// Refs of the remote, at most 10,000.
Result<std::vector<RemoteRef>> list_remote(const Remote& remote, std::stop_token stop);

/// Pushes refspecs ("refs/heads/main:refs/heads/main", '+' in front forces) from a local
/// repository. Succeeds only when the remote accepted every ref.
Result<void> push(const std::filesystem::path& repository, const Remote& remote,
                  const std::vector<std::string>& refspecs, std::stop_token stop,
                  const ProgressCallback& progress = {});

/// Fetches the named branches into refs/remotes/origin/<branch> of a local repository.
Result<void> fetch(const std::filesystem::path& repository, const Remote& remote,
                   const std::vector<std::string>& branches, std::stop_token stop,
                   const ProgressCallback& progress = {});

/// Where the helper program is: beside this program, or in its libexec folder.
Result<std::filesystem::path> find_helper();

} // namespace tau::git
