#pragma once

#include "core/base/encoding.h"
#include "tests/support/plain_http.h"

#include <memory>
#include <openssl/ssl.h>

namespace tau::test {

/// A connection to 127.0.0.1 over TLS that looks at what it is shown and trusts all of it.
class TlsConnection {
public:
    explicit TlsConnection(std::uint16_t port, int newest = TLS1_3_VERSION)
        : plain_(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), newest);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), plain_.fd());
        connected_ = plain_.connected() && SSL_connect(ssl_.get()) == 1;
    }
    bool connected() const { return connected_; }
    int version() const { return SSL_version(ssl_.get()); }
    /// SHA-256 of the key that the server showed.
    Hash32 spki() const {
        Hash32 hash{};
        X509* shown = SSL_get1_peer_certificate(ssl_.get());
        unsigned char* der = nullptr;
        const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(shown), &der);
        EVP_Digest(der, static_cast<std::size_t>(size), hash.data(), nullptr, EVP_sha256(),
                   nullptr);
        OPENSSL_free(der);
        X509_free(shown);
        return hash;
    }
    void send(std::string_view bytes) {
        SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }
    /// Until `done` says so or the other side ends; closed() tells which.
    template <typename Done>
    std::string read(Done done) {
        std::string got;
        while (!done(got)) {
            std::array<char, 4096> buffer{};
            const int size = SSL_read(ssl_.get(), buffer.data(), buffer.size());
            if (size <= 0) {
                farewell_ = SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN;
                break;
            }
            got.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return got;
    }
    /// Whether the last read ended with the other side's close_notify.
    bool farewell() const { return farewell_; }

private:
    Connection plain_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
    bool connected_ = false;
    bool farewell_ = false;
};

} // namespace tau::test
