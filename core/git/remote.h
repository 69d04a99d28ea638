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
    std::uint64_t max_objects = 1000000;       ///< in what is received
    /// A number to connect to, without asking for the host's again; then no connection goes to
    /// any other, whatever a name server or the remote says. Empty: ask.
    std::string address{};
};

struct RemoteRef {
    std::string name; ///< "refs/heads/main"
    CommitId commit;
};

using ProgressCallback = std::function<void(const Progress&)>;

/// One transfer each. Errors: `untrusted` (host key; detail is the fingerprint that was shown),
/// `unauthenticated`, `not_found` (no such repository or branch for this key),
/// `permission_denied` (the remote refused the ref, its sentence in detail), `conflict` (a push
/// would lose commits of the remote), `timeout`, `cancelled`, `limit_exceeded`, `unavailable`, and
/// `io` for what this computer lacks: the helper, a folder for it, a process, room on its disk.
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

/// A file at the tip of a branch.
struct WantedFile {
    std::string branch;
    std::string path;
    std::size_t limit = 1U << 20U; ///< bytes
};
struct FoundFile {
    enum class State { found, no_branch, no_file, too_large } state = State::no_branch;
    std::string content{}; ///< when found
};

/// Reads files of a remote, in their order, and keeps nothing else. The helper does all of it: of
/// what a hostile repository holds, nothing is taken apart in this process.
Result<std::vector<FoundFile>>
read_files(const Remote& remote, const std::vector<WantedFile>& files, std::stop_token stop);

/// A commit that may be in the history of one of the branches that are fetched.
struct WantedCommit {
    CommitId commit;
    std::string branch{}; ///< empty: of any of them
};

/// Which of the commits are there, in their order, found out in the helper as above with one fetch
/// of all these branches of the remote. `not_found` when it lacks one of them.
Result<std::vector<bool>> has_commits(const Remote& remote,
                                      const std::vector<std::string>& branches,
                                      const std::vector<WantedCommit>& commits,
                                      std::stop_token stop);

/// Where the helper program is: beside this program, or in its libexec folder.
Result<std::filesystem::path> find_helper();

} // namespace tau::git
