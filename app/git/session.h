#pragma once

#include "core/git/helper_protocol.h"
#include "core/git/libgit2.h"
#include "core/git/url.h"
#include "core/keys/scalar_signer.h"

#include <string>
#include <vector>

namespace tau::git {

/// One exchange with a remote: answers libgit2's questions (credentials, host key), watches the
/// limits, and remembers what went wrong, which libgit2's error codes do not tell.
class Session {
public:
    Session(const HelperRequest& request, Url url);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// The address with the credential's user.
    const std::string& address() const { return address_; }
    git_remote_callbacks callbacks();
    /// Why the call that returned `code` failed, as a sentence for people.
    Error explain(int code) const;
    /// The refs that the remote refused, as an error.
    Result<void> refused_refs() const;
    void report(std::string phase, std::uint64_t done, std::uint64_t total, std::uint64_t bytes);

private:
    int give_credential(git_credential** out, const char* url, unsigned allowed);
    int check_host(const git_cert* certificate, bool valid);
    Error explain_message(const std::string& said) const;

    const HelperRequest& request_;
    Url url_;
    std::string address_;
    std::optional<keys::ScalarSigner> signer_;
    SystemEntropy entropy_;
    int asked_ = 0;
    bool host_refused_ = false, over_limit_ = false;
    std::string shown_key_;   ///< fingerprint of the host key that was refused
    std::string remote_said_; ///< last lines of the remote's side band
    std::vector<std::string> refused_;
    std::chrono::steady_clock::time_point last_report_;

    friend struct Callbacks;
};

} // namespace tau::git
