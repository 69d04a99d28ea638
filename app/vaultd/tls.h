#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
} // namespace boost::asio::ssl

namespace tau::vaultd {

/// A certificate with its key, ready for connections: TLS 1.2 and newer.
struct Tls {
    std::shared_ptr<boost::asio::ssl::context> context;
    Hash32 spki{};            ///< SHA-256 of the certificate's public key, as records carry it
    std::int64_t expires = 0; ///< unix seconds
    /// Whether the certificate is one for this host, a name or an address.
    bool is_for(const std::string& host) const;
};

/// Reads both from PEM files: the certificate with those that lead to its authority behind it, and
/// an unencrypted key that is not everybody's to read. The message says which file is no good.
Result<Tls> load_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

/// What to tell of a certificate that expires within two weeks, or has; else "".
std::string expiry_warning(std::int64_t expires, std::int64_t now);

/// Tells it once a day.
class ExpiryWatch {
public:
    /// What to tell now; mostly "".
    std::string look(std::int64_t expires, std::int64_t now);

private:
    std::int64_t next_ = 0;
};

} // namespace tau::vaultd
