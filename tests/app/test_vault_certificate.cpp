// A certificate that is no good any more, or soon: told before the start, then, and each day.
#include "app/vaultd/tls.h"
#include "tests/app/vaultd_tls.h"
#include "tests/support/tls_client.h"

using namespace tau;
using namespace tau::test;

namespace {

constexpr std::int64_t day = 86400;

} // namespace

TEST_CASE("a certificate that expires is told once a day, and that it has expired") {
    constexpr std::int64_t end = 1790000000;
    vaultd::ExpiryWatch watch;
    CHECK(watch.look(end, end - 15 * day).empty());
    CHECK(watch.look(end, end - 15 * day + 60).empty());
    CHECK(watch.look(end, end - 14 * day).starts_with("The certificate expires at 2026-"));
    CHECK(watch.look(end, end - 14 * day + 60).empty());
    CHECK_FALSE(watch.look(end, end - 13 * day).empty());
    CHECK(watch.look(end, end).starts_with("The certificate expired at 2026-"));
    CHECK(watch.look(end, end + day - 1).empty());
    CHECK_FALSE(watch.look(end, end + day).empty());
}

TEST_CASE("whom a certificate is for") {
    const TemporaryDirectory files;
    const TlsAuthority authority;
    put_identity(files.path(), authority.issue("vault.example.org"));
    const auto tls = vaultd::load_tls(files.path() / "tls.pem", files.path() / "tls.key");
    REQUIRE(tls);
    CHECK(tls->is_for("vault.example.org"));
    CHECK_FALSE(tls->is_for("other.example.org"));
    CHECK_FALSE(tls->is_for("127.0.0.1"));
}

TEST_CASE("a key of another type than the certificate's is refused, and a node keeps its own") {
    const TemporaryDirectory files;
    const TlsAuthority authority;
    const TlsIdentity ecdsa = authority.issue("localhost");
    const TlsIdentity rsa = authority.issue("localhost", -day, 30 * day, true);
    const auto loaded = [&files](const TlsIdentity& certificate, const TlsIdentity& key) {
        put_identity(files.path(), {certificate.certificate, key.key, {}});
        return vaultd::load_tls(files.path() / "tls.pem", files.path() / "tls.key");
    };
    CHECK(loaded(rsa, rsa));
    for (const auto& tls : {loaded(rsa, ecdsa), loaded(ecdsa, rsa)}) {
        REQUIRE_FALSE(tls);
        CHECK(tls.error().message.starts_with("The key file "));
        CHECK(tls.error().hint.starts_with("It must hold the certificate's own key"));
    }
    REQUIRE(loaded(ecdsa, ecdsa));
    const VaultdProgram node(with_tls(files.path()));
    put_identity(files.path(), {ecdsa.certificate, rsa.key, {}});
    node.signal(SIGHUP);
    CHECK(soon([&] {
        return node.log().find("The configuration stays as it was: The key file ") !=
               std::string::npos;
    }));
    TlsConnection asking(node.port());
    asking.send(get("/healthz", "Host: 127.0.0.1:" + std::to_string(node.port()) +
                                    "\r\nConnection: close\r\n"));
    CHECK(asking.read([](const std::string&) { return false; }).find(" 200 ") != std::string::npos);
    CHECK(node.also({"--check-config"}).code == 2);
}

TEST_CASE("--check-config and a node that starts warn of what peers will not take") {
    const TemporaryDirectory files;
    const TlsAuthority authority;
    put_identity(files.path(), authority.issue("localhost", -30 * day, -day));
    VaultdProgram node(with_tls(files.path()));
    CHECK(soon([&] { return node.log().find("certificate expired at") != std::string::npos; }));
    TlsConnection asking(node.port());
    asking.send(get("/metrics", "Host: 127.0.0.1:" + std::to_string(node.port()) +
                                    "\r\nConnection: close\r\n"));
    const auto tls = vaultd::load_tls(files.path() / "tls.pem", files.path() / "tls.key");
    REQUIRE(tls);
    CHECK(asking.read([](const std::string&) { return false; })
              .find("\ntau_certificate_expires_seconds " + std::to_string(tls->expires) + "\n") !=
          std::string::npos);
    const auto checked = [&](const std::string& endpoint) {
        node.configure(with_tls(files.path(), "endpoint: " + endpoint + "\n"));
        const Finished ended = node.also({"--check-config"});
        CHECK(ended.code == 0);
        return ended.output + ended.errors.substr(ended.errors.rfind("ready") + 1);
    };
    const std::string expired = checked("https://localhost:8300");
    CHECK(expired.find("tau-vaultd: warning: The certificate expired at ") != std::string::npos);
    CHECK(expired.starts_with("The node can start; see the warnings.\n"));
    put_identity(files.path(), authority.issue("localhost"));
    CHECK(checked("https://localhost:8300").starts_with("The configuration is good.\n"));
    CHECK(checked("https://vault.example.org")
              .find("The certificate is not for vault.example.org,") != std::string::npos);
}
