#pragma once

// What the git host on this computer remembers, and where. tau-localnet makes the folder and serves
// it; open_local_forge() changes it; the gate and the hook that git runs read it.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tau::forge {

struct LocalKey {
    std::string id, title;
    std::string line; ///< "ssh-ed25519 AAAA…", without a comment
    std::string fingerprint;
};

struct LocalHook {
    std::string id, url;
};

struct LocalRepository {
    std::string id; ///< random, and the name of its folder
    std::string owner, name, description, default_branch;
    bool is_private = true;
    std::vector<LocalKey> keys;
    std::vector<LocalHook> hooks;

    std::string full_name() const { return owner + "/" + name; }
};

struct LocalState {
    std::string login;            ///< the one account of this host
    std::uint16_t port = 0;       ///< of SSH on 127.0.0.1
    std::string program;          ///< tau-gate, which authorized_keys names
    std::string host_fingerprint; ///< "SHA256:…"
    std::string user_line;        ///< public key of the account
    std::vector<LocalRepository> repositories;

    LocalRepository* find(const std::string& id);
    const LocalRepository* find(const std::string& owner, const std::string& name) const;
    std::string ssh_url(const LocalRepository& repository) const;
};

/// The folder: one place for all its names.
class LocalFolder {
public:
    explicit LocalFolder(std::filesystem::path root) : root_(std::move(root)) {}

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path host_key() const { return root_ / "host_key"; }
    std::filesystem::path user_key() const { return root_ / "user_key"; }
    std::filesystem::path authorized_keys() const { return root_ / "authorized_keys"; }
    std::filesystem::path hooks() const { return root_ / "hooks"; }
    std::filesystem::path spool() const { return root_ / "spool"; }
    std::filesystem::path repository(const std::string& id) const {
        return root_ / "repositories" / (id + ".git");
    }
    std::filesystem::path hook_secret(const std::string& id) const {
        return root_ / "hook_secrets" / id;
    }

    /// `not_found` when the folder is no git host, `corrupt` when its file is damaged.
    Result<LocalState> load() const;
    /// Changes the state under a lock, so that console, command line and host may run at once;
    /// authorized_keys follows. `change` may refuse with an error: nothing is written then.
    Result<void> update(const std::function<Result<void>(LocalState&)>& change) const;
    /// Writes the first state of a new host, or replaces it.
    Result<void> store(const LocalState& state) const;

private:
    std::filesystem::path root_;
};

/// 32 hexadecimal digits that nobody can guess.
std::string random_id();

} // namespace tau::forge
