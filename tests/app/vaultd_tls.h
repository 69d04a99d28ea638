#pragma once

#include "tests/app/vaultd_program.h"
#include "tests/support/tls_authority.h"

namespace tau::test {

/// Certificate and key as files beside the configuration.
inline void put_identity(const std::filesystem::path& folder, const TlsIdentity& identity) {
    REQUIRE(write_file_atomic(folder / "tls.pem", std::string_view(identity.certificate)));
    REQUIRE(write_file_atomic(folder / "tls.key", std::string_view(identity.key)));
}

/// A configuration that names them.
inline std::string with_tls(const std::filesystem::path& folder, const std::string& more = "") {
    return "tls:\n  certificate: " + (folder / "tls.pem").string() +
           "\n  key: " + (folder / "tls.key").string() + "\n" + more;
}

} // namespace tau::test
