// A directory and a seer that mean harm, over real sockets and the real HTTP client: whatever they
// send costs little, is not shown, and is said.
#include "app/adapters/qt_http.h"
#include "core/vault/node_source.h"
#include "tests/support/published_directory.h"
#include "tests/support/raw_server.h"
#include "tests/support/temporary_directory.h"

#include <QTest>

#include <sys/resource.h>

using namespace tau;
using namespace tau::test;

namespace {

constexpr std::size_t a_million = 1'000'000;
constexpr std::size_t most_memory = 64U << 20U;
constexpr double most_seconds = 2;
const std::int64_t now = SystemClock().now();

/// What this process has used so far: seconds of CPU, and bytes at its largest.
struct Used {
    double seconds;
    std::size_t bytes;
    static Used so_far() {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return {seconds(usage.ru_utime) + seconds(usage.ru_stime),
                static_cast<std::size_t>(usage.ru_maxrss) * 1024};
    }
};

const std::string node_json =
    "\"QmSoLPppuBtQSGwKDZT2M73ULpjvfd3aZ6ha4oFGL1KrGM\":{\"Timestamp\":" + std::to_string(now) +
    ",\"Location\":{\"Latitude\":1.5,\"Longitude\":1.5}},";

/// A small directory whose keys the network's file names.
PublishedDirectory small_directory() {
    PublishedDirectory directory;
    std::vector<vault::PagedRecord> nodes;
    const VaultKeys keys;
    for (std::int16_t i = 0; i < 8; ++i) {
        nodes.push_back(listed_node(keys, now, {static_cast<std::int16_t>(i * 100), 100}, "node"));
        nodes.back().summary.key += static_cast<std::uint64_t>(i);
    }
    directory.publish(static_cast<std::uint64_t>(now - 60), std::move(nodes), false);
    return directory;
}

} // namespace

class HostileDirectoryTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        // So that what every first use costs is not counted.
        const RawServer server([](int peer, const std::string&) { RawServer::give(peer, ""); });
        HttpRequest request;
        request.url = server.url();
        QVERIFY(http_.send(request, {}));
    }

    void head_data() {
        QTest::addColumn<int>("attack");
        QTest::addColumn<QString>("says");
        QTest::newRow("1 GB") << 0 << "more than 65536 bytes";
        QTest::newRow("drip") << 1 << "within 10 seconds";
        QTest::newRow("redirect") << 2 << "redirect";
        QTest::newRow("another page") << 3 << "something else than its head";
        QTest::newRow("zeros") << 4 << "something else than its head";
        QTest::newRow("hung up") << 5 << "cannot be read";
    }
    void head() {
        QFETCH(const int, attack);
        QFETCH(const QString, says);
        RawServer* self = nullptr;
        RawServer server([&](int peer, const std::string&) {
            switch (attack) {
            case 0:
                return RawServer::flood(peer, "TVD1", "forged!!");
            case 1:
                return self->drip(peer);
            case 2:
                return RawServer::give(peer, "", "302 Found\r\nLocation: http://127.0.0.1:1/");
            case 3:
                return RawServer::give(peer, "<html>Please sign in</html>");
            case 4:
                return RawServer::give(peer, std::string(60'000, '\0'));
            default:
                return;
            }
        });
        self = &server;
        vault::Network network{"n", {}, {}, {}};
        network.directory =
            vault::NamedDirectory{server.url(), vault::encode(small_directory().root)};
        refuse(network, says);
    }

    void shards_data() {
        QTest::addColumn<bool>("endless");
        QTest::newRow("1 GB") << true;
        QTest::newRow("a million forged nodes") << false;
    }
    void shards() {
        QFETCH(const bool, endless);
        const PublishedDirectory directory = small_directory();
        const RawServer server([&](int peer, const std::string& path) {
            if (path == "/v1/head") {
                return RawServer::give(peer, as_text(directory.files.at(path)));
            }
            return RawServer::flood(peer, "", "0123456789abcdef",
                                    endless ? gigabyte : a_million * vault::summary_size);
        });
        vault::Network network{"n", {}, {}, {}};
        network.directory = vault::NamedDirectory{server.url(), vault::encode(directory.root)};
        refuse(network, "more than 16 bytes");
    }

    void seer_data() {
        QTest::addColumn<QByteArray>("begin");
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("says");
        QTest::newRow("deep") << QByteArray("{\"nodes\":") << QByteArray(8 << 20, '[')
                              << "nested too deeply";
        QTest::newRow("1 GB of nodes") << QByteArray() << QByteArray() << "more than 8388608 bytes";
        QTest::newRow("8 MB of nodes")
            << QByteArray("{\"nodes\":{") << QByteArray::fromStdString(node_json).repeated(60'000)
            << "too many nodes";
        QTest::newRow("8 MB of keys")
            << QByteArray("{") << QByteArray("\"a\":1,").repeated(1'300'000) << "not JSON";
        QTest::newRow("8 MB of one key")
            << QByteArray("{\"") << QByteArray(8'000'000, 'k') << "not JSON";
    }
    void seer() {
        QFETCH(const QByteArray, begin);
        QFETCH(const QByteArray, more);
        QFETCH(const QString, says);
        const std::string body = (begin + more).toStdString().substr(0, 8U << 20U);
        const RawServer server([&](int peer, const std::string&) {
            return begin.isEmpty() ? RawServer::flood(peer, "{\"nodes\":{", node_json)
                                   : RawServer::give(peer, body);
        });
        vault::Network network{"n", {}, {}, {}};
        network.seer = server.url();
        refuse(network, says);
    }

private:
    /// Loads, and holds that nothing was shown for it, how little it cost, and what was said.
    void refuse(const vault::Network& network, const QString& says) {
        const TemporaryDirectory cache;
        const auto source = vault::open_nodes(network, http_, clock_, cache.path());
        QVERIFY(source);
        const Used before = Used::so_far();
        const auto list = (*source)->load({}, vault::Extent::all, {}, {});
        const Used after = Used::so_far();
        QVERIFY(!list);
        const QString message = QString::fromStdString(list.error().message);
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY(!list.error().hint.empty());
        QVERIFY2(after.bytes - before.bytes < most_memory,
                 qPrintable(QString::number(after.bytes - before.bytes)));
        QVERIFY2(after.seconds - before.seconds < most_seconds,
                 qPrintable(QString::number(after.seconds - before.seconds)));
    }

    app::QtHttp http_{"test/1"};
    SystemClock clock_;
};

QTEST_GUILESS_MAIN(HostileDirectoryTest)
#include "test_hostile_directory.moc"
