// Whom QtHttp trusts: real TLS on loopback, with certificates of the test's own making.
#include "app/adapters/qt_http.h"
#include "tests/support/tls_server.h"

#include <QSslCertificate>
#include <QSslConfiguration>
#include <QTest>

using namespace tau;
using namespace tau::app;
using namespace std::chrono_literals;
using test::TlsAuthority;
using test::TlsIdentity;
using test::TlsServer;

namespace {

std::optional<std::string> say_hello(const test::TlsRequest&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
}

/// This process then trusts the authority as it does those of the system.
void trust(const TlsAuthority& authority) {
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.addCaCertificates(
        QSslCertificate::fromData(QByteArray::fromStdString(authority.certificate())));
    QSslConfiguration::setDefaultConfiguration(configuration);
}

} // namespace

class TestHttpTrust : public QObject {
    Q_OBJECT

    static constexpr long day = TlsAuthority::day;
    TlsAuthority known_, unknown_;
    QtHttp http_{"tau-test/1"};

    Result<HttpResponse> send(const TlsServer& server, std::optional<Hash32> pin = {}) {
        HttpRequest request;
        request.url = server.url("/secret-path");
        request.headers = {{"Authorization", "Bearer token"}};
        request.deadline = 20s;
        request.spki_pin = pin;
        return http_.send(request, {});
    }

private Q_SLOTS:
    void initTestCase() { trust(known_); }

    void trustsAKnownAuthorityForTheRightNameAndTime_data() {
        QTest::addColumn<bool>("known");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("begin");
        QTest::addColumn<int>("end");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("good") << true << "localhost" << -1 << 30 << true;
        QTest::newRow("expired") << true << "localhost" << -3 << -1 << false;
        QTest::newRow("not yet valid") << true << "localhost" << 1 << 30 << false;
        QTest::newRow("other host") << true << "example.org" << -1 << 30 << false;
        QTest::newRow("unknown authority") << false << "localhost" << -1 << 30 << false;
    }
    void trustsAKnownAuthorityForTheRightNameAndTime() {
        QFETCH(bool, known);
        QFETCH(QString, host);
        QFETCH(int, begin);
        QFETCH(int, end);
        QFETCH(bool, accepted);
        const TlsServer server(
            (known ? known_ : unknown_).issue(host.toStdString(), begin * day, end * day),
            say_hello);
        const auto answer = send(server);
        if (accepted) {
            QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
            QCOMPARE(answer->body, std::string("hello"));
            return;
        }
        QVERIFY(!answer.has_value());
        QCOMPARE(answer.error().code, ErrorCode::untrusted);
        QCOMPARE(answer.error().message,
                 std::string("The TLS certificate of localhost is not trusted."));
        QVERIFY(!answer.error().detail.empty());
        QCOMPARE(server.requests(), 0); // not a byte of the request was sent
    }

    void aPinDecidesAlone_data() {
        QTest::addColumn<bool>("known");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("end");
        QTest::newRow("known authority") << true << "localhost" << 30;
        QTest::newRow("private authority") << false << "localhost" << 30;
        QTest::newRow("other name") << false << "vault.example.org" << 30;
        QTest::newRow("expired") << false << "localhost" << -1;
    }
    /// The key is the node's identity, signed in its record; names and dates add nothing to it.
    void aPinDecidesAlone() {
        QFETCH(bool, known);
        QFETCH(QString, host);
        QFETCH(int, end);
        const TlsAuthority& authority = known ? known_ : unknown_;
        const TlsIdentity identity = authority.issue(host.toStdString(), -3 * day, end * day);
        const TlsServer server(identity, say_hello);
        const auto right = send(server, identity.spki);
        QVERIFY2(right.has_value(), right ? "" : right.error().message.c_str());
        QCOMPARE(right->body, std::string("hello"));
        QCOMPARE(server.requests(), 1);

        Hash32 almost = identity.spki;
        almost[31] ^= 1;
        for (const Hash32& pin : {almost, authority.issue(host.toStdString()).spki, Hash32{}}) {
            const auto wrong = send(server, pin);
            QVERIFY(!wrong.has_value());
            QCOMPARE(wrong.error().code, ErrorCode::untrusted);
            QCOMPARE(wrong.error().message,
                     std::string("localhost shows another TLS key than its record promises."));
            QVERIFY(!wrong.error().hint.empty());
        }
        QCOMPARE(server.requests(), 1); // refused before the request was sent
    }

    void aPinHoldsForItsOwnRequestOnly() {
        const TlsIdentity identity = unknown_.issue("localhost");
        const TlsServer server(identity, say_hello);
        QVERIFY(send(server, identity.spki).has_value());
        QCOMPARE(send(server).error().code, ErrorCode::untrusted);
        QVERIFY(send(server, identity.spki).has_value());
    }
};

QTEST_GUILESS_MAIN(TestHttpTrust)
#include "test_http_trust.moc"
