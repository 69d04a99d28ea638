// core/forge: what a git host can do, whichever it is.
// forge.h   the interface, and the values it speaks in
// local.h   a host on this computer: bare repositories over real OpenSSH
#pragma once

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/git/remote.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tau::forge {

struct Account {
    std::string login;
    std::vector<std::string> owners; ///< login and organisations in which it may create
};

struct Repository {
    std::string id; ///< the host's own, stable across renames
    std::string owner;
    std::string name;
    std::string ssh_url; ///< canonical
    std::string web_url; ///< empty when there is no page
    std::string default_branch;
    std::string description;
    bool is_private = true;
    bool empty = true; ///< no commit yet
};

struct NewRepository {
    std::string owner;
    std::string name;
    std::string description;
    std::string default_branch = "main";
    bool is_private = true;
};

struct DeployKey {
    std::string id;
    std::string title;
    std::string fingerprint; ///< "SHA256:…"
    bool read_only = true;
};

struct Webhook {
    std::string id;
    std::string url;
    bool active = true;
};

/// One account on one git host. Blocking; each call ends within its own deadline, or soon after
/// `stop` is requested. Creating what exists is `already_exists`; removing what is gone succeeds.
class Forge {
public:
    virtual ~Forge() = default;
    /// "local", "github" …
    virtual std::string kind() const = 0;
    virtual Result<Account> who_am_i(std::stop_token stop) = 0;

    virtual Result<std::optional<Repository>>
    find_repository(const std::string& owner, const std::string& name, std::stop_token stop) = 0;
    virtual Result<Repository> create_repository(const NewRepository& wanted,
                                                 std::stop_token stop) = 0;
    virtual Result<void> delete_repository(const std::string& repository_id,
                                           std::stop_token stop) = 0;

    virtual Result<std::optional<DeployKey>> find_deploy_key(const Repository& repository,
                                                             const std::string& fingerprint,
                                                             std::stop_token stop) = 0;
    /// `public_line`: "ssh-ed25519 AAAA…". Always read-only, and checked to be so in the answer.
    virtual Result<DeployKey> add_deploy_key(const Repository& repository, const std::string& title,
                                             const std::string& public_line,
                                             std::stop_token stop) = 0;
    virtual Result<void> remove_deploy_key(const Repository& repository, const std::string& key_id,
                                           std::stop_token stop) = 0;

    virtual Result<std::optional<Webhook>>
    find_webhook(const Repository& repository, const std::string& url, std::stop_token stop) = 0;
    /// Push events as JSON, signed with `secret`.
    virtual Result<Webhook> add_webhook(const Repository& repository, const std::string& url,
                                        const Secret& secret, std::stop_token stop) = 0;
    virtual Result<void> update_webhook(const Repository& repository, const std::string& hook_id,
                                        const Secret& secret, std::stop_token stop) = 0;
    virtual Result<void> remove_webhook(const Repository& repository, const std::string& hook_id,
                                        std::stop_token stop) = 0;
    /// Asks the host to send a ping to the hook.
    virtual Result<void> ping_webhook(const Repository& repository, const std::string& hook_id,
                                      std::stop_token stop) = 0;

    /// How this account itself pushes to the repository.
    virtual Result<git::Remote> push_remote(const Repository& repository, std::stop_token stop) = 0;
    /// Fingerprints that a vault must pin for this host.
    virtual Result<std::vector<std::string>> host_keys(std::stop_token stop) = 0;
};

} // namespace tau::forge
