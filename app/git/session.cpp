#include "app/git/session.h"

#include "app/git/sockets.h"
#include "core/base/text.h"
#include "core/keys/deploy_key.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace tau::git {

namespace {

/// libgit2 takes C strings: a copy that ends with a zero byte.
Secret terminated(const Secret& secret) {
    Secret copy(secret.size() + 1);
    std::copy(secret.bytes().begin(), secret.bytes().end(), copy.data());
    return copy;
}

std::string fingerprint(const git_cert_hostkey& key) {
    return "SHA256:" + to_base64_unpadded({key.hash_sha256, sizeof key.hash_sha256});
}

bool says(const std::string& lower, std::initializer_list<std::string_view> phrases) {
    return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) {
        return lower.find(phrase) != std::string::npos;
    });
}

} // namespace

Session::Session(const HelperRequest& request, Url url) : request_(request), url_(std::move(url)) {
    const Credential& credential = request_.remote.credential;
    if (const auto* key = std::get_if<KeyCredential>(&credential)) {
        url_.user = key->user;
    } else if (const auto* scalar = std::get_if<ScalarCredential>(&credential)) {
        url_.user = scalar->user;
    } else if (url_.scheme == "https") {
        url_.user.clear();
    }
    address_ = url_.to_string();
}

/// The functions that libgit2 calls; the payload is the session.
struct Callbacks {
    static Session& of(void* payload) { return *static_cast<Session*>(payload); }

    static int credentials(git_credential** out, const char* url, const char*, unsigned allowed,
                           void* payload) {
        return of(payload).give_credential(out, url, allowed);
    }
    static int certificate(git_cert* certificate, int valid, const char*, void* payload) {
        return of(payload).check_host(certificate, valid == 1);
    }
    static int received(const git_indexer_progress* progress, void* payload) {
        Session& session = of(payload);
        session.report("receiving", progress->received_objects, progress->total_objects,
                       progress->received_bytes);
        const Remote& remote = session.request_.remote;
        session.over_limit_ = progress->received_bytes > remote.max_bytes ||
                              progress->total_objects > remote.max_objects;
        return session.over_limit_ ? -1 : 0;
    }
    static int sent(unsigned current, unsigned total, std::size_t bytes, void* payload) {
        of(payload).report("sending", current, total, bytes);
        return 0;
    }
    static int side_band(const char* text, int length, void* payload) {
        Session& session = of(payload);
        session.remote_said_.append(text, static_cast<std::size_t>(std::max(length, 0)));
        if (constexpr std::size_t kept = 2000; session.remote_said_.size() > kept) {
            session.remote_said_.erase(0, session.remote_said_.size() - kept);
        }
        return 0;
    }
    /// For libssh2: 64 bytes that it frees.
    static int sign(LIBSSH2_SESSION*, unsigned char** out, std::size_t* size,
                    const unsigned char* data, std::size_t length, void** payload) {
        Session& session = of(*payload);
        const auto signature = session.signer_->sign_ssh_request({data, length}, session.entropy_);
        *out = signature ? static_cast<unsigned char*>(std::malloc(signature->size())) : nullptr;
        if (*out == nullptr) {
            return -1;
        }
        std::memcpy(*out, signature->data(), signature->size());
        *size = signature->size();
        return 0;
    }
    static int updated(const char* reference, const char* status, void* payload) {
        if (status != nullptr) {
            of(payload).refused_.push_back(bounded_text(reference, 200) + ": " +
                                           bounded_text(status, 300));
        }
        return 0;
    }
};

int Session::give_credential(git_credential** out, const char* url, unsigned allowed) {
    // A second question means that the first answer was refused; libgit2 would ask for ever.
    if (++asked_ > 1) {
        return GIT_EAUTH;
    }
    const Credential& credential = request_.remote.credential;
    if (const auto* key = std::get_if<KeyCredential>(&credential)) {
        if ((allowed & GIT_CREDENTIAL_SSH_MEMORY) == 0) {
            return GIT_EAUTH;
        }
        const Secret text = terminated(key->private_key);
        const Secret passphrase = key->passphrase ? terminated(*key->passphrase) : Secret();
        return git_credential_ssh_key_memory_new(
            out, key->user.c_str(), nullptr, text.view().data(),
            key->passphrase ? passphrase.view().data() : nullptr);
    }
    if (const auto* scalar = std::get_if<ScalarCredential>(&credential)) {
        auto signer = keys::ScalarSigner::create(scalar->scalar);
        if (!signer || (allowed & GIT_CREDENTIAL_SSH_CUSTOM) == 0) {
            return GIT_EAUTH;
        }
        signer_ = std::move(*signer);
        const Bytes blob = keys::ssh_public_blob(signer_->public_key());
        return git_credential_ssh_custom_new(out, scalar->user.c_str(), as_text(blob).data(),
                                             blob.size(), Callbacks::sign, this);
    }
    if (const auto* token = std::get_if<TokenCredential>(&credential)) {
        const auto asking = parse_url(url == nullptr ? "" : url);
        if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) == 0 || !asking ||
            asking->scheme != "https" || asking->host != url_.host || asking->port != url_.port) {
            return GIT_EAUTH;
        }
        const Secret text = terminated(token->token);
        return git_credential_userpass_plaintext_new(out, token->user.c_str(), text.view().data());
    }
    return GIT_EAUTH;
}

int Session::check_host(const git_cert* certificate, bool valid) {
    if (certificate->cert_type == GIT_CERT_X509) {
        host_refused_ = !valid;
    } else if (certificate->cert_type == GIT_CERT_HOSTKEY_LIBSSH2) {
        // What known_hosts says (`valid`) counts for nothing: only the pins do.
        const auto* key = reinterpret_cast<const git_cert_hostkey*>(certificate);
        shown_key_ = (key->type & GIT_CERT_SSH_SHA256) != 0 ? fingerprint(*key) : "";
        const auto& pins = request_.remote.host_keys;
        host_refused_ =
            shown_key_.empty() || std::find(pins.begin(), pins.end(), shown_key_) == pins.end();
    } else {
        host_refused_ = true;
    }
    report("connecting", 1, 0, 0);
    return host_refused_ ? GIT_ECERTIFICATE : 0;
}

git_remote_callbacks Session::callbacks() {
    git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
    callbacks.credentials = Callbacks::credentials;
    callbacks.certificate_check = Callbacks::certificate;
    callbacks.transfer_progress = Callbacks::received;
    callbacks.push_transfer_progress = Callbacks::sent;
    callbacks.sideband_progress = Callbacks::side_band;
    callbacks.push_update_reference = Callbacks::updated;
    callbacks.payload = this;
    return callbacks;
}

/// At most ten lines a second, and always the one that completes a phase.
void Session::report(std::string phase, std::uint64_t done, std::uint64_t total,
                     std::uint64_t bytes) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_report_ < std::chrono::milliseconds(100) && (total == 0 || done < total)) {
        return;
    }
    last_report_ = now;
    std::cout << encode_progress({std::move(phase), done, total, bytes}) << std::flush;
}

Result<void> Session::refused_refs() const {
    if (refused_.empty()) {
        return {};
    }
    std::string detail = refused_.front();
    for (std::size_t i = 1; i < std::min<std::size_t>(refused_.size(), 5); ++i) {
        detail += "; " + refused_[i];
    }
    return fail(ErrorCode::permission_denied,
                "The git host " + url_.host + " took the data but refused to change " +
                    bounded_text(detail, 300) + ".",
                "Check who may push to this branch, and whether it already holds other work.",
                bounded_text(detail + " " + remote_said_));
}

Error Session::explain(int code) const {
    const std::string host = url_.host;
    const std::string said = last_message();
    if (host_refused_) {
        return {ErrorCode::untrusted,
                url_.scheme == "ssh"
                    ? "The git host " + host + " showed a host key that is not the pinned one."
                    : "The certificate of the git host " + host + " is not trusted.",
                "Someone may be listening in, or the host changed its key. Compare the "
                "fingerprint with the one that the host publishes before you go on.",
                shown_key_};
    }
    if (over_limit_ || sent_too_much() || said.find("too many objects") != std::string::npos) {
        return {ErrorCode::limit_exceeded,
                "The repository on " + host + " is larger than the allowed " +
                    std::to_string(request_.remote.max_bytes) + " bytes or " +
                    std::to_string(request_.remote.max_objects) + " objects.",
                "Use a smaller repository.",
                {}};
    }
    if (went_elsewhere() || said.find("cannot redirect") != std::string::npos) {
        return {ErrorCode::untrusted, "The git host " + host + " leads to another address.",
                "Use the address where the repository is, without a redirect.", said};
    }
    // Signing happens after the question: GIT_EAUTH without a question is a broken connection.
    if (asked_ > 1 || (code == GIT_EAUTH && asked_ == 1)) {
        return {ErrorCode::unauthenticated,
                "The git host " + host + " did not accept the " +
                    (url_.scheme == "ssh" ? "key." : "token."),
                "Check that it is added to this repository, and its passphrase if it has one.",
                said};
    }
    if (code == GIT_ENONFASTFORWARD) {
        return {ErrorCode::conflict,
                "The branch on " + host + " holds commits that this repository does not have.",
                "Fetch them first, then push again.", said};
    }
    return explain_message(said);
}

Error Session::explain_message(const std::string& said) const {
    const std::string all = said + (remote_said_.empty() ? "" : " " + remote_said_);
    const std::string lower = to_lower_ascii(all);
    const std::string where = url_.host + url_.path;
    if (says(lower, {"unable to exchange encryption keys"})) {
        return {ErrorCode::untrusted, "The git host " + url_.host + " has no Ed25519 host key.",
                "Ask its administrator for one; older kinds of host key are not accepted.", said};
    }
    if (says(lower, {"private key unpack failed", "wrong passphrase"})) {
        return {ErrorCode::unauthenticated,
                "The private key cannot be opened with this passphrase.",
                "Enter the passphrase again.", said};
    }
    if (says(lower, {"does not appear to be a git repository", "not found", "could not be found",
                     "no such repository"})) {
        return {ErrorCode::not_found, "There is no repository " + where + " for this key.",
                "Check its address, and whether the key was added to it.", bounded_text(all)};
    }
    if (says(lower, {"read only", "read-only", "permission", "denied", "not allowed",
                     "not authorized", "unauthorized", "dubious ownership"})) {
        return {ErrorCode::permission_denied, "The git host does not allow this on " + where + ".",
                "Check what the key or the account may do there.", bounded_text(all)};
    }
    const git_error* error = git_error_last();
    if (error != nullptr && error->klass == GIT_ERROR_OS &&
        said.find(std::strerror(ENOSPC)) != std::string::npos) {
        return {ErrorCode::io, "There is no room on this computer for what the git host sends.",
                "Free some space on the disk, then try again.", said};
    }
    if (error != nullptr &&
        (error->klass == GIT_ERROR_REFERENCE || error->klass == GIT_ERROR_INVALID)) {
        return {ErrorCode::invalid_argument, "Git cannot do this: " + said + ".", {}, said};
    }
    if (error != nullptr &&
        (error->klass == GIT_ERROR_REPOSITORY || error->klass == GIT_ERROR_ODB)) {
        return {ErrorCode::io, "The local repository cannot be used: " + said + ".", {}, said};
    }
    return {ErrorCode::unavailable, "The git host " + url_.host + " cannot be reached.",
            "Check the network and the address, then try again.", bounded_text(all)};
}

} // namespace tau::git
