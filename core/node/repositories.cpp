#include "core/node/repositories.h"

#include "core/git/ancestry.h"
#include "core/git/repository.h"
#include "core/git/url.h"
#include "core/node/address.h"

#include <algorithm>
#include <semaphore>

namespace tau::node {

namespace {

namespace fs = std::filesystem;
using Failure = tl::unexpected<LoginFailure>;
using SteadyClock = std::chrono::steady_clock;
using Instant = SteadyClock::time_point;

constexpr std::chrono::milliseconds login_deadline{8000};
constexpr std::uint64_t login_limit = 1U << 20U;
constexpr std::chrono::milliseconds history_deadline{15000};
constexpr std::uint64_t history_limit = 32U << 20U;
constexpr std::size_t claim_limit = 4096;
constexpr std::size_t config_limit = 256U << 10U;
constexpr std::ptrdiff_t logins_at_once = 16;
constexpr std::uint16_t ssh_over_https_port = 443;

/// A folder that goes with the object.
class Scratch {
public:
    explicit Scratch(const fs::path& parent) : path_((parent / "login-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) {
            path_.clear();
        }
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        if (!path_.empty()) {
            fs::remove_all(path_, ignored);
        }
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// The name server, the login and a second look share one deadline; what is late gets no time.
std::chrono::milliseconds time_until(Instant end) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now());
    return std::max(left, std::chrono::milliseconds{0});
}

LoginFailure explain(const Error& error) {
    switch (error.code) {
    case ErrorCode::untrusted:
        return {"host_key_mismatch", error.message};
    case ErrorCode::unauthenticated:
    case ErrorCode::permission_denied:
        return {"key_refused", error.message};
    case ErrorCode::not_found:
        return {"repository_not_found", error.message};
    case ErrorCode::timeout:
        return {"repository_timeout", error.message};
    case ErrorCode::limit_exceeded:
        return {"repository_too_large", error.message};
    case ErrorCode::unavailable:
        return {"repository_unreachable", error.message};
    default:
        return {"repository_unreadable", error.message};
    }
}

class GitRepositories final : public Repositories {
public:
    GitRepositories(fs::path scratch, bool allow_local)
        : scratch_(std::move(scratch)), allow_local_(allow_local) {}

    tl::expected<void, LoginFailure> allow(const std::string& text) override {
        const Result<std::string> canonical = git::canonical_ssh_url(text);
        if (!canonical || *canonical != text) {
            return Failure({"url_not_allowed", "The repository's address is not in the form "
                                               "ssh://git@host/path.git."});
        }
        if (allow_local_) {
            return {};
        }
        const Result<git::Url> url = git::parse_url(text);
        if (!url || (url->port != 0 && url->port != ssh_over_https_port && url->port < 1024)) {
            return Failure(
                {"port_not_allowed", "The repository's address names a port that is not for git."});
        }
        const Result<std::string> address = resolve_public(url->host);
        if (!address) {
            return Failure({address.error().code == ErrorCode::permission_denied
                                ? "address_not_allowed"
                                : "host_not_found",
                            address.error().message});
        }
        return {};
    }

    tl::expected<Evidence, LoginFailure> read(const Login& login) override {
        const Turn turn(turns_);
        const Scratch scratch(scratch_);
        const Failure no_folder(
            {"node_failure", "The node could not make a folder for the login."});
        if (scratch.path().empty()) {
            return no_folder;
        }
        auto local = git::Repository::init(fs::path(scratch.path()) / "clone", "main", true);
        if (!local) {
            return no_folder;
        }
        const Instant end = SteadyClock::now() + login_deadline;
        auto remote = remote_for(login, end);
        if (!remote) {
            return Failure(explain(remote.error()));
        }
        const std::string claim_branch(vault::claim_branch);
        const bool configuration = login.role == vault::Role::configuration;
        std::vector<std::string> branches{claim_branch};
        if (configuration) {
            branches.push_back(login.default_branch);
        }
        if (const auto fetched = git::fetch(local->path(), *remote, branches, {}); !fetched) {
            return Failure(explain_missing(fetched.error(), *remote, branches, end));
        }
        Evidence evidence;
        const auto claim =
            local->read_file("origin/" + claim_branch, std::string(vault::claim_file), claim_limit);
        if (!claim) {
            return Failure({"claim_malformed", "The file claim is larger than a claim can be."});
        }
        evidence.claim = *claim;
        if (configuration) {
            const auto config =
                local->read_file("origin/" + login.default_branch, "config.yaml", config_limit);
            if (!config) {
                return Failure({"config_malformed", "The file config.yaml cannot be read."});
            }
            evidence.config = *config;
        }
        return evidence;
    }

    Result<std::vector<git::RemoteRef>> list(const Login& login, std::stop_token stop) override {
        const Turn turn(turns_);
        auto remote = remote_for(login, SteadyClock::now() + login_deadline);
        if (!remote) {
            return fail(remote.error());
        }
        return git::list_remote(*remote, stop);
    }

    Result<bool> has_commit(const Login& login, const std::vector<std::string>& branches,
                            const std::string& commit, std::stop_token stop) override {
        const Turn turn(turns_);
        const Scratch scratch(scratch_);
        auto local = scratch.path().empty()
                         ? Result<git::Repository>(fail(
                               ErrorCode::io, "The node could not make a folder for the login."))
                         : git::Repository::init(fs::path(scratch.path()) / "clone", "main", true);
        if (!local) {
            return fail(local.error());
        }
        auto remote = remote_for(login, SteadyClock::now() + history_deadline);
        if (!remote) {
            return fail(remote.error());
        }
        remote->max_bytes = history_limit;
        if (auto fetched = git::fetch(local->path(), *remote, branches, stop); !fetched) {
            return fail(fetched.error());
        }
        std::vector<std::string> names;
        for (const std::string& branch : branches) {
            names.push_back("origin/" + branch);
        }
        return git::is_in_history(local->path(), commit, names);
    }

private:
    using Turns = std::counting_semaphore<logins_at_once>;
    class Turn {
    public:
        explicit Turn(Turns& turns) : turns_(turns) { turns_.acquire(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { turns_.release(); }

    private:
        Turns& turns_;
    };

    /// Connects to a checked number, not to the name: the name could lead elsewhere by then. SSH
    /// needs no name, since host keys are pinned by fingerprint.
    Result<git::Remote> remote_for(const Login& login, Instant end) const {
        git::Remote remote;
        remote.url = login.url;
        if (!allow_local_) {
            Result<git::Url> url = git::parse_url(login.url);
            if (!url) {
                return fail(url.error());
            }
            Result<std::string> address = resolve_public(url->host, time_until(end));
            if (!address) {
                return fail(address.error());
            }
            url->host = std::move(*address);
            remote.url = url->to_string();
        }
        remote.host_keys = login.host_keys;
        remote.credential = git::ScalarCredential{"git", login.scalar->clone()};
        remote.deadline = time_until(end);
        remote.max_bytes = login_limit;
        return remote;
    }

    /// "Not found" can be the repository or a branch: another look tells which.
    LoginFailure explain_missing(const Error& error, git::Remote& remote,
                                 const std::vector<std::string>& branches, Instant end) const {
        if (error.code != ErrorCode::not_found) {
            return explain(error);
        }
        remote.deadline = time_until(end);
        const auto refs = git::list_remote(remote, {});
        if (!refs) {
            return explain(refs.error());
        }
        for (const std::string& branch : branches) {
            const bool there =
                std::any_of(refs->begin(), refs->end(), [&branch](const git::RemoteRef& ref) {
                    return ref.name == "refs/heads/" + branch;
                });
            if (!there) {
                return branch == vault::claim_branch
                           ? LoginFailure{"claim_missing",
                                          "The repository has no branch tau-owner with the "
                                          "owner's claim."}
                           : LoginFailure{"default_branch_missing",
                                          "The repository does not have the default branch that "
                                          "the registration names."};
            }
        }
        return explain(error);
    }

    fs::path scratch_;
    bool allow_local_;
    Turns turns_{logins_at_once};
};

} // namespace

std::unique_ptr<Repositories> git_repositories(std::filesystem::path scratch, bool allow_local) {
    return std::make_unique<GitRepositories>(std::move(scratch), allow_local);
}

} // namespace tau::node
