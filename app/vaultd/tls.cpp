#include "app/vaultd/tls.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <boost/asio/ssl/context.hpp>

#include <cstring>
#include <ctime>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

namespace tau::vaultd {

namespace {

constexpr std::int64_t tls_day = 24LL * 3600; ///< seconds

/// What the library first said, which is the cause; later words only say what could not be done.
std::string first_words() {
    const unsigned long code = ::ERR_peek_error();
    ::ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) {
        return std::strerror(ERR_GET_REASON(code));
    }
    const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
    return reason == nullptr ? "" : reason;
}

tl::unexpected<Error> unusable(const std::string& what, const std::filesystem::path& path,
                               const std::string& hint) {
    return fail(ErrorCode::invalid_argument, what + " " + path.string() + " cannot be used.", hint,
                first_words());
}

Result<void> check_private(const std::filesystem::path& key) {
    struct stat status {};
    if (::stat(key.c_str(), &status) != 0) {
        return fail(io_error("open", key));
    }
    if ((status.st_mode & S_IRWXO) != 0) {
        return fail(ErrorCode::permission_denied,
                    "The key file " + key.string() + " is everybody's to read.",
                    "Run: chmod o-rwx " + key.string());
    }
    return {};
}

Hash32 spki_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &der);
    Hash32 hash{};
    if (size > 0) {
        ::EVP_Digest(der, static_cast<std::size_t>(size), hash.data(), nullptr, ::EVP_sha256(),
                     nullptr);
    }
    ::OPENSSL_free(der);
    return hash;
}

std::int64_t expiry_of(X509* certificate) {
    std::tm time{};
    return ::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate), &time) == 1 ? ::timegm(&time) : 0;
}

} // namespace

Result<Tls> load_tls(const std::filesystem::path& certificate, const std::filesystem::path& key) {
    if (const auto checked = check_private(key); !checked) {
        return fail(checked.error());
    }
    ::ERR_clear_error();
    auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls);
    SSL_CTX* raw = context->native_handle();
    // What a peer may make this server keep or do again is bounded.
    ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    ::SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
    ::SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    // A terminal is never asked for a passphrase.
    ::SSL_CTX_set_default_passwd_cb(raw, [](char*, int, int, void*) { return -1; });
    if (::SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) != 1) {
        return unusable("The certificate file", certificate, "It must hold a certificate as PEM.");
    }
    // A key of another type than the certificate's is taken, and stands there without a
    // certificate.
    X509* const leaf = ::SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) == 1 &&
                               ::SSL_CTX_check_private_key(raw) == 1
                           ? ::SSL_CTX_get0_certificate(raw)
                           : nullptr;
    if (leaf == nullptr) {
        return unusable("The key file", key,
                        "It must hold the certificate's own key as PEM, without a passphrase.");
    }
    return Tls{std::move(context), spki_of(leaf), expiry_of(leaf)};
}

bool Tls::is_for(const std::string& host) const {
    X509* leaf = ::SSL_CTX_get0_certificate(context->native_handle());
    return ::X509_check_ip_asc(leaf, host.c_str(), 0) == 1 ||
           ::X509_check_host(leaf, host.data(), host.size(), 0, nullptr) == 1;
}

std::string expiry_warning(std::int64_t expires, std::int64_t now) {
    if (expires > now + 14 * tls_day) {
        return {};
    }
    const std::string at = to_iso8601(expires);
    return expires <= now ? "The certificate expired at " + at +
                                ": git hosts refuse it, and so do consoles where tls.pinned is "
                                "false. Renew it, then send SIGHUP."
                          : "The certificate expires at " + at + ". Renew it, then send SIGHUP.";
}

std::string ExpiryWatch::look(std::int64_t expires, std::int64_t now) {
    if (now < next_) {
        return {};
    }
    next_ = now + tls_day;
    return expiry_warning(expires, now);
}

} // namespace tau::vaultd
