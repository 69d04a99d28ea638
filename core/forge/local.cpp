#include "core/forge/local.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/forge/local_spool.h"
#include "core/git/repository.h"
#include "core/keys/deploy_key.h"

#include <algorithm>
#include <set>

namespace tau::forge {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> no_repository() {
    return fail(ErrorCode::not_found, "The git host has no such repository any more.",
                "Create it again, or choose another one.");
}

/// A bare repository without a single branch or tag.
bool has_no_refs(const fs::path& repository) {
    std::error_code code;
    if (fs::exists(repository / "packed-refs", code)) {
        return false;
    }
    fs::recursive_directory_iterator entry(repository / "refs", code), end;
    for (; !code && entry != end; entry.increment(code)) {
        if (entry->is_regular_file(code)) {
            return false;
        }
    }
    return true;
}

Result<void> check_hook(const std::string& url, const Secret& secret) {
    const bool http = url.starts_with("http://") || url.starts_with("https://");
    if (!http || url.size() > 2000 || has_control_characters(url) ||
        url.find_first_of(" \n\t\"") != std::string::npos) {
        return fail(ErrorCode::invalid_argument, "A webhook needs an http or https address.");
    }
    if (secret.empty()) {
        return fail(ErrorCode::invalid_argument, "A webhook needs a secret to sign with.");
    }
    return {};
}

class LocalForge final : public Forge {
public:
    LocalForge(LocalFolder folder, std::string login)
        : folder_(std::move(folder)), login_(std::move(login)) {}

    std::string kind() const override { return "local"; }

    Result<Account> who_am_i(std::stop_token) override { return Account{login_, {login_}}; }

    Result<std::optional<Repository>>
    find_repository(const std::string& owner, const std::string& name, std::stop_token) override {
        const auto state = folder_.load();
        if (!state) {
            return fail(state.error());
        }
        const LocalRepository* found = state->find(owner, name);
        return found == nullptr ? std::nullopt : std::optional(describe(*state, *found));
    }

    Result<Repository> create_repository(const NewRepository& wanted, std::stop_token) override {
        if (auto valid = check_new(wanted); !valid) {
            return fail(valid.error());
        }
        LocalRepository made{
            random_id(),           wanted.owner,      wanted.name, wanted.description,
            wanted.default_branch, wanted.is_private, {},          {}};
        const fs::path path = folder_.repository(made.id);
        Repository result;
        auto done = folder_.update([&](LocalState& state) -> Result<void> {
            if (state.find(wanted.owner, wanted.name) != nullptr) {
                return fail(ErrorCode::already_exists,
                            "The repository " + made.full_name() + " exists already.",
                            "Choose another name, or use that one if it is empty.");
            }
            // The folder first: a crash leaves one that nothing names, never a name without one.
            auto repository = git::Repository::init(path, wanted.default_branch, true);
            if (!repository) {
                return fail(repository.error());
            }
            state.repositories.push_back(made);
            result = describe(state, made);
            return {};
        });
        if (!done) {
            std::error_code ignored;
            fs::remove_all(path, ignored);
            return fail(done.error());
        }
        return result;
    }

    Result<void> delete_repository(const std::string& repository_id, std::stop_token) override {
        std::vector<LocalHook> hooks;
        auto done = folder_.update([&](LocalState& state) -> Result<void> {
            remove_orphans(state);
            if (const LocalRepository* found = state.find(repository_id)) {
                hooks = found->hooks;
            }
            std::erase_if(state.repositories,
                          [&](const LocalRepository& r) { return r.id == repository_id; });
            return {};
        });
        std::error_code code;
        if (done && from_hex(repository_id)) { // never a path that a caller made up
            for (const LocalHook& hook : hooks) {
                fs::remove(folder_.hook_secret(hook.id), code);
            }
            fs::remove_all(folder_.repository(repository_id), code);
        }
        return done;
    }

    Result<std::optional<DeployKey>> find_deploy_key(const Repository& repository,
                                                     const std::string& fingerprint,
                                                     std::stop_token) override {
        const auto found = look_up(repository);
        if (!found) {
            return fail(found.error());
        }
        for (const LocalKey& key : found->keys) {
            if (key.fingerprint == fingerprint) {
                return DeployKey{key.id, key.title, key.fingerprint, true};
            }
        }
        return std::nullopt;
    }

    Result<DeployKey> add_deploy_key(const Repository& repository, const std::string& title,
                                     const std::string& public_line, std::stop_token) override {
        const auto point = keys::parse_ssh_public_line(public_line);
        if (!point) {
            return fail(point.error());
        }
        const LocalKey key{random_id(), bounded_text(title, 100),
                           std::string(trim(keys::ssh_public_line(*point, ""))),
                           keys::ssh_fingerprint(*point)};
        auto done = folder_.update([&](LocalState& state) -> Result<void> {
            // As on GitHub: a key says which repository is meant, so it serves one only.
            for (const LocalRepository& other : state.repositories) {
                for (const LocalKey& used : other.keys) {
                    if (used.fingerprint == key.fingerprint) {
                        return fail(ErrorCode::already_exists,
                                    "This deploy key is in use already, for " + other.full_name() +
                                        ".",
                                    "Make a key of its own for each repository.");
                    }
                }
            }
            LocalRepository* found = state.find(repository.id);
            if (found == nullptr) {
                return no_repository();
            }
            found->keys.push_back(key);
            return {};
        });
        if (!done) {
            return fail(done.error());
        }
        return DeployKey{key.id, key.title, key.fingerprint, true};
    }

    Result<void> remove_deploy_key(const Repository& repository, const std::string& key_id,
                                   std::stop_token) override {
        return folder_.update([&](LocalState& state) -> Result<void> {
            if (LocalRepository* found = state.find(repository.id)) {
                std::erase_if(found->keys, [&](const LocalKey& key) { return key.id == key_id; });
            }
            return {};
        });
    }

    Result<std::optional<Webhook>> find_webhook(const Repository& repository,
                                                const std::string& url, std::stop_token) override {
        const auto found = look_up(repository);
        if (!found) {
            return fail(found.error());
        }
        for (const LocalHook& hook : found->hooks) {
            if (hook.url == url) {
                return Webhook{hook.id, hook.url, true};
            }
        }
        return std::nullopt;
    }

    Result<Webhook> add_webhook(const Repository& repository, const std::string& url,
                                const Secret& secret, std::stop_token) override {
        if (auto valid = check_hook(url, secret); !valid) {
            return fail(valid.error());
        }
        const LocalHook hook{random_id(), url};
        auto done = folder_.update([&](LocalState& state) -> Result<void> {
            LocalRepository* found = state.find(repository.id);
            if (found == nullptr) {
                return no_repository();
            }
            for (const LocalHook& other : found->hooks) {
                if (other.url == url) {
                    return fail(ErrorCode::already_exists,
                                found->full_name() + " has a webhook to this address already.");
                }
            }
            found->hooks.push_back(hook);
            return write_file_atomic(folder_.hook_secret(hook.id), secret.bytes());
        });
        if (!done) {
            return fail(done.error());
        }
        return Webhook{hook.id, hook.url, true};
    }

    Result<void> update_webhook(const Repository& repository, const std::string& hook_id,
                                const Secret& secret, std::stop_token) override {
        return folder_.update([&](LocalState& state) -> Result<void> {
            const auto hook = find_hook(state, repository, hook_id);
            if (!hook) {
                return fail(hook.error());
            }
            if (auto valid = check_hook(hook->url, secret); !valid) {
                return valid;
            }
            return write_file_atomic(folder_.hook_secret(hook_id), secret.bytes());
        });
    }

    Result<void> remove_webhook(const Repository& repository, const std::string& hook_id,
                                std::stop_token) override {
        bool erased = false;
        auto updated = folder_.update([&](LocalState& state) -> Result<void> {
            LocalRepository* found = state.find(repository.id);
            erased = found != nullptr && std::erase_if(found->hooks, [&](const LocalHook& hook) {
                                             return hook.id == hook_id;
                                         }) > 0;
            return {};
        });
        if (updated && erased) { // last: killed here, there must be no webhook without its secret
            std::error_code ignored;
            fs::remove(folder_.hook_secret(hook_id), ignored);
        }
        return updated;
    }

    Result<void> ping_webhook(const Repository& repository, const std::string& hook_id,
                              std::stop_token) override {
        auto state = folder_.load();
        if (!state) {
            return fail(state.error());
        }
        const auto hook = find_hook(*state, repository, hook_id);
        if (!hook) {
            return fail(hook.error());
        }
        return enqueue(folder_, ping_delivery(*state, *state->find(repository.id), *hook));
    }

    Result<git::Remote> push_remote(const Repository& repository, std::stop_token) override {
        auto state = folder_.load();
        if (!state) {
            return fail(state.error());
        }
        const LocalRepository* found = state->find(repository.id);
        if (found == nullptr) {
            return no_repository();
        }
        auto key = read_secret_file(folder_.user_key());
        if (!key) {
            return fail(key.error());
        }
        git::Remote remote;
        remote.url = state->ssh_url(*found);
        remote.host_keys = {state->host_fingerprint};
        remote.credential = git::KeyCredential{"git", std::move(*key), std::nullopt};
        return remote;
    }

    Result<std::vector<std::string>> host_keys(std::stop_token) override {
        const auto state = folder_.load();
        if (!state) {
            return fail(state.error());
        }
        return std::vector<std::string>{state->host_fingerprint};
    }

private:
    /// Secrets of webhooks that no repository has any more: a deletion was killed after it was
    /// noted, and before it was done.
    void remove_orphans(const LocalState& state) const {
        std::set<std::string> known;
        for (const LocalRepository& repository : state.repositories) {
            for (const LocalHook& hook : repository.hooks) {
                known.insert(hook.id);
            }
        }
        std::error_code code;
        for (const auto& entry :
             fs::directory_iterator(folder_.hook_secret("x").parent_path(), code)) {
            if (!known.contains(entry.path().filename().string())) {
                fs::remove(entry.path(), code);
            }
        }
    }

    /// The repository as the host holds it now.
    Result<LocalRepository> look_up(const Repository& repository) const {
        auto state = folder_.load();
        if (!state) {
            return fail(state.error());
        }
        const LocalRepository* found = state->find(repository.id);
        return found == nullptr ? Result<LocalRepository>(no_repository()) : *found;
    }

    Result<void> check_new(const NewRepository& wanted) const {
        if (wanted.owner != login_) {
            return fail(ErrorCode::permission_denied,
                        "This git host has no account \"" + bounded_text(wanted.owner, 60) + "\".",
                        "Use " + login_ + " as the owner.");
        }
        if (!is_repository_name(wanted.name) || !is_branch_name(wanted.default_branch)) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + bounded_text(wanted.name, 80) +
                            "\" cannot be a repository with the branch \"" +
                            bounded_text(wanted.default_branch, 80) + "\".",
                        "Use lower-case letters, digits, '_', '-' and '.'.");
        }
        return {};
    }

    static Result<LocalHook> find_hook(LocalState& state, const Repository& repository,
                                       const std::string& hook_id) {
        const LocalRepository* found = state.find(repository.id);
        if (found == nullptr) {
            return no_repository();
        }
        const auto hook = std::find_if(found->hooks.begin(), found->hooks.end(),
                                       [&](const LocalHook& h) { return h.id == hook_id; });
        if (hook == found->hooks.end()) {
            return fail(ErrorCode::not_found, found->full_name() + " has no such webhook.",
                        "Add it again.");
        }
        return *hook;
    }

    Repository describe(const LocalState& state, const LocalRepository& repository) const {
        return {repository.id,
                repository.owner,
                repository.name,
                state.ssh_url(repository),
                {},
                repository.default_branch,
                repository.description,
                repository.is_private,
                has_no_refs(folder_.repository(repository.id))};
    }

    LocalFolder folder_;
    std::string login_;
};

} // namespace

Result<std::unique_ptr<Forge>> open_local_forge(const fs::path& root) {
    LocalFolder folder(fs::absolute(root));
    auto state = folder.load();
    if (!state && state.error().code == ErrorCode::not_found) {
        return fail(ErrorCode::unavailable, "There is no git host in " + root.string() + ".",
                    "Start it with: tau-localnet --dir " + root.string());
    }
    if (!state) {
        return fail(state.error());
    }
    return std::make_unique<LocalForge>(std::move(folder), std::move(state->login));
}

} // namespace tau::forge
