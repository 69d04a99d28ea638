#include "core/node/repositories.h"

#include "core/git/url.h"
#include "core/node/address.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tau::node {

namespace {

using Failure = tl::unexpected<LoginFailure>;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds login_deadline{8000};
constexpr std::uint64_t login_limit = 1U << 20U;
constexpr std::chrono::milliseconds history_deadline{15000};
constexpr std::uint64_t few_objects = 200000;
constexpr std::uint64_t usual_object = 160; ///< bytes, packed
constexpr std::size_t claim_limit = 4096;
constexpr std::size_t config_limit = 256U << 10U;
constexpr int logins_at_once = 24;
constexpr std::uint16_t ssh_over_https_port = 443;

/// The name server, the wait for a turn and the login share one deadline; what is late gets no
/// time.
std::chrono::milliseconds time_until(Instant end) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now());
    return std::max(left, std::chrono::milliseconds{0});
}

/// The question's own deadline, or the asker's.
Instant end_of(const Login& login, std::chrono::milliseconds deadline) {
    return std::min(login.until, SteadyClock::now() + deadline);
}

/// What exactly is wrong here is for the log, and not for whoever asked.
Error told(const Error& error) {
    if (error.code != ErrorCode::io) {
        return error;
    }
    return {ErrorCode::io, "This node cannot log in to git hosts right now.",
            "Try again in a moment.",
            error.message + (error.detail.empty() ? "" : " " + error.detail)};
}

LoginFailure explain(const Error& error) {
    switch (error.code) {
    case ErrorCode::io:
    case ErrorCode::cancelled:
        return {"", "", error};
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

LoginFailure explain_address(const Error& error) {
    return {error.code == ErrorCode::permission_denied ? "address_not_allowed" : "host_not_found",
            error.message};
}

class GitRepositories final : public Repositories {
public:
    GitRepositories(bool allow_local, std::uint64_t history_limit)
        : allow_local_(allow_local), history_limit_(history_limit) {}

    tl::expected<std::string, LoginFailure> allow(const std::string& text, Instant until) override {
        const Result<std::string> canonical = git::canonical_ssh_url(text);
        if (!canonical || *canonical != text) {
            return Failure({"url_not_allowed",
                            text.starts_with("https://")
                                ? "A deploy key logs in over SSH, so the repository's address must "
                                  "be ssh://git@host/path.git; https has no place for a key."
                                : "The repository's address is not in the form "
                                  "ssh://git@host/path.git."});
        }
        const Result<git::Url> url = git::parse_url(text);
        if (!url || (!allow_local_ && url->port != 0 && url->port != ssh_over_https_port &&
                     url->port < 1024)) {
            return Failure(
                {"port_not_allowed", "The repository's address names a port that is not for git."});
        }
        const Result<std::string> address =
            resolve(url->host, allow_local_, std::min(login_deadline, time_until(until)), token());
        if (!address) {
            return Failure(explain_address(address.error()));
        }
        return *address;
    }

    tl::expected<Evidence, LoginFailure> read(const Login& login) override {
        const Instant end = end_of(login, login_deadline);
        const Turn turn(turns_, end, token());
        if (!turn.is_mine()) {
            return Failure(explain(no_turn()));
        }
        const auto remote = remote_for(login, end, login_limit);
        if (!remote) {
            return Failure(explain_address(remote.error()));
        }
        std::vector<git::WantedFile> wanted{
            {std::string(vault::claim_branch), std::string(vault::claim_file), claim_limit}};
        if (login.role == vault::Role::configuration) {
            wanted.push_back({login.default_branch, "config.yaml", config_limit});
        }
        auto found = git::read_files(*remote, wanted, token());
        if (!found) {
            return Failure(explain(told(found.error())));
        }
        using State = git::FoundFile::State;
        for (std::size_t i = 0; i < found->size(); ++i) {
            if (found->at(i).state == State::no_branch) {
                return Failure(no_branch(i == 0));
            }
            if (found->at(i).state == State::too_large) {
                return Failure(i == 0
                                   ? LoginFailure{"claim_malformed", "The file claim is larger "
                                                                     "than a claim can be."}
                                   : LoginFailure{"config_malformed",
                                                  "The file config.yaml is larger than 256 KB."});
            }
        }
        Evidence evidence;
        for (std::size_t i = 0; i < found->size(); ++i) {
            if (found->at(i).state == State::found) {
                (i == 0 ? evidence.claim : evidence.config) = std::move(found->at(i).content);
            }
        }
        return evidence;
    }

    Result<std::vector<git::RemoteRef>> list(const Login& login) override {
        const Instant end = end_of(login, login_deadline);
        const Turn turn(turns_, end, token());
        if (!turn.is_mine()) {
            return fail(no_turn());
        }
        const auto remote = remote_for(login, end, login_limit);
        return remote ? git::list_remote(*remote, token()).map_error(told)
                      : Result<std::vector<git::RemoteRef>>(fail(remote.error()));
    }

    Result<std::vector<bool>> has_commits(const Login& login,
                                          const std::vector<std::string>& branches,
                                          const std::vector<git::WantedCommit>& commits) override {
        const Instant end = end_of(login, history_deadline);
        const Turn turn(turns_, end, token());
        if (!turn.is_mine()) {
            return fail(no_turn());
        }
        const auto remote = remote_for(login, end, history_limit_);
        return remote ? git::has_commits(*remote, branches, commits, token()).map_error(told)
                      : Result<std::vector<bool>>(fail(remote.error()));
    }

    void stop() override { stopping_.request_stop(); }

private:
    struct Turns {
        std::mutex mutex;
        std::condition_variable_any freed;
        int taken = 0;
    };
    class Turn {
    public:
        Turn(Turns& turns, Instant until, const std::stop_token& stop) : turns_(turns) {
            std::unique_lock lock(turns_.mutex);
            is_mine_ = turns_.freed.wait_until(lock, stop, until,
                                               [this] { return turns_.taken < logins_at_once; });
            turns_.taken += is_mine_ ? 1 : 0;
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            if (is_mine_) {
                const std::lock_guard lock(turns_.mutex);
                --turns_.taken;
                turns_.freed.notify_one();
            }
        }
        bool is_mine() const { return is_mine_; }

    private:
        Turns& turns_;
        bool is_mine_ = false;
    };

    std::stop_token token() const { return stopping_.get_token(); }

    Error no_turn() const {
        if (token().stop_requested()) {
            return {ErrorCode::cancelled, "This node is ending.", "Try again in a moment.", {}};
        }
        return {ErrorCode::io,
                "This node is logged in to too many git hosts right now.",
                "Try again in a moment.",
                {}};
    }

    static LoginFailure no_branch(bool of_claim) {
        return of_claim
                   ? LoginFailure{"claim_missing",
                                  "The repository has no branch tau-owner with the owner's claim."}
                   : LoginFailure{"default_branch_missing",
                                  "The repository does not have the default branch that the "
                                  "registration names."};
    }

    /// The name is looked up once, unless check 8 has done so; the helper connects to that address
    /// and to no other. Name server and login share one deadline.
    Result<git::Remote> remote_for(const Login& login, Instant end, std::uint64_t limit) const {
        git::Remote remote;
        remote.url = login.url;
        remote.address = login.address;
        if (remote.address.empty()) {
            const Result<git::Url> url = git::parse_url(login.url);
            if (!url) {
                return fail(url.error());
            }
            Result<std::string> address =
                resolve(url->host, allow_local_, time_until(end), token());
            if (!address) {
                return fail(address.error());
            }
            remote.address = std::move(*address);
        }
        remote.host_keys = login.host_keys;
        remote.credential = git::ScalarCredential{"git", login.scalar->clone()};
        remote.deadline = time_until(end);
        remote.max_bytes = limit;
        remote.max_objects = std::max(few_objects, limit / usual_object);
        return remote;
    }

    const bool allow_local_;
    const std::uint64_t history_limit_;
    Turns turns_;
    std::stop_source stopping_;
};

} // namespace

std::unique_ptr<Repositories> git_repositories(bool allow_local, std::uint64_t history_limit) {
    return std::make_unique<GitRepositories>(allow_local, history_limit);
}

} // namespace tau::node
