#pragma once

#include "core/base/encoding.h"

#include <memory>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace tau::test {

/// A TLS server's certificate and key, as PEM.
struct TlsIdentity {
    std::string certificate;
    std::string key;
    Hash32 spki{}; ///< what a pin is compared with
};

/// A certificate authority that nobody knows.
class TlsAuthority {
public:
    TlsAuthority() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
        certificate_ = sign("Test authority", key_.get(), -day, 365 * day, nullptr,
                            {{NID_basic_constraints, "critical,CA:TRUE"},
                             {NID_key_usage, "critical,keyCertSign,cRLSign"}});
    }

    /// For one host name, valid from `begin` to `end` in seconds from now.
    TlsIdentity issue(const std::string& host, long begin = -day, long end = 30 * day,
                      bool rsa = false) const {
        const Key key(rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), EVP_PKEY_free);
        const Certificate made = sign(host, key.get(), begin, end, certificate_.get(),
                                      {{NID_subject_alt_name, "DNS:" + host}});
        TlsIdentity identity;
        identity.certificate = pem(made.get());
        const Memory text(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        identity.key = content(text.get());
        unsigned char* spki = nullptr;
        const int size = i2d_PUBKEY(key.get(), &spki);
        EVP_Digest(spki, static_cast<std::size_t>(size), identity.spki.data(), nullptr,
                   EVP_sha256(), nullptr);
        OPENSSL_free(spki);
        return identity;
    }

    std::string certificate() const { return pem(certificate_.get()); }

    static constexpr long day = 86400;

private:
    using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
    using Certificate = std::unique_ptr<X509, void (*)(X509*)>;
    using Memory = std::unique_ptr<BIO, int (*)(BIO*)>;

    Certificate sign(const std::string& name, EVP_PKEY* key, long begin, long end, X509* issuer,
                     const std::vector<std::pair<int, std::string>>& extensions) const {
        Certificate made(X509_new(), X509_free);
        X509* raw = made.get();
        X509_set_version(raw, 2);
        static long serial = 0;
        ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(raw), begin);
        X509_gmtime_adj(X509_getm_notAfter(raw), end);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(raw, X509_get_subject_name(issuer != nullptr ? issuer : raw));
        X509_set_pubkey(raw, key);
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer != nullptr ? issuer : raw, raw, nullptr, nullptr, 0);
        for (const auto& [id, value] : extensions) {
            X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
            X509_add_ext(raw, extension, -1);
            X509_EXTENSION_free(extension);
        }
        if (X509_sign(raw, key_.get(), EVP_sha256()) == 0) {
            throw std::runtime_error("cannot sign a certificate");
        }
        return made;
    }

    static std::string content(BIO* memory) {
        char* data = nullptr;
        const long size = BIO_get_mem_data(memory, &data);
        return {data, static_cast<std::size_t>(size)};
    }
    static std::string pem(X509* certificate) {
        const Memory text(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_X509(text.get(), certificate);
        return content(text.get());
    }

    Key key_;
    Certificate certificate_{nullptr, X509_free};
};

} // namespace tau::test
