// QtHttp against real sockets that misbehave.
#include "app/adapters/qt_http.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>
#include <QTimer>
#include <atomic>
#include <fstream>
#include <functional>
#include <future>
#include <unistd.h>

using namespace tau;
using namespace tau::app;
using namespace std::chrono_literals;

namespace {

/// What a server does with one connection, after it has read the request's head.
using Behaviour = std::function<void(QTcpSocket& socket, const QByteArray& head)>;

/// A server in a thread of its own, so that neither side helps the other's event loop along.
class Server : public QTcpServer {
public:
    explicit Server(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
        std::promise<quint16> ready;
        moveToThread(&thread_);
        thread_.start();
        QMetaObject::invokeMethod(this, [&] {
            listen(QHostAddress::LocalHost);
            ready.set_value(serverPort());
        });
        port_ = ready.get_future().get();
    }
    ~Server() override {
        QMetaObject::invokeMethod(
            this,
            [this] {
                close();
                qDeleteAll(findChildren<QTcpSocket*>());
            },
            Qt::BlockingQueuedConnection);
        thread_.quit();
        thread_.wait();
    }
    std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    int connections() const { return connections_; }
    int closed() const { return closed_; }

protected:
    void incomingConnection(qintptr descriptor) override {
        auto* socket = new QTcpSocket(this);
        socket->setSocketDescriptor(descriptor);
        ++connections_;
        connect(socket, &QTcpSocket::disconnected, this, [this] { ++closed_; });
        auto head = std::make_shared<QByteArray>();
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, head] {
            *head += socket->readAll();
            if (head->contains("\r\n\r\n")) {
                behaviour_(*socket, std::exchange(*head, {})); // the next one may follow
            }
        });
    }

private:
    Behaviour behaviour_;
    QThread thread_;
    quint16 port_ = 0;
    std::atomic<int> connections_ = 0;
    std::atomic<int> closed_ = 0;
};

void answer(QTcpSocket& socket, const QByteArray& head, const QByteArray& body) {
    socket.write("HTTP/1.1 " + head + "\r\nContent-Length: " + QByteArray::number(body.size()) +
                 "\r\n\r\n" + body);
}

/// Writes `chunk` again and again for as long as the other side takes it.
void flood(QTcpSocket& socket, const QByteArray& chunk) {
    const auto more = [&socket, chunk] {
        while (socket.state() == QAbstractSocket::ConnectedState &&
               socket.bytesToWrite() < (1 << 20)) {
            socket.write(chunk);
        }
    };
    QObject::connect(&socket, &QTcpSocket::bytesWritten, &socket, more);
    more();
}

HttpRequest request_to(const std::string& url, std::chrono::milliseconds deadline = 10s) {
    HttpRequest request;
    request.url = url;
    request.deadline = deadline;
    return request;
}

long resident_megabytes() {
    long total = 0;
    long resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / (1 << 20);
}

} // namespace

class TestQtHttp : public QObject {
    Q_OBJECT

    QtHttp http_{"tau-test/1"};

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop = {}) {
        return http_.send(request, stop);
    }

private Q_SLOTS:
    void carriesRequestAndAnswer();
    void everyStatusIsAValue_data();
    void everyStatusIsAValue();
    void doesNotFollowRedirects();
    void deadlineHoldsWhileDataDrips();
    void stopsAtOnceWhenCancelled();
    void capsTheBody_data();
    void capsTheBody();
    void capsTheHead();
    void doesNotDecompress();
    void tellsWhatFailed_data();
    void tellsWhatFailed();
    void refusesBadRequests_data();
    void refusesBadRequests();
    void servesManyThreads();
};

void TestQtHttp::carriesRequestAndAnswer() {
    QByteArray seen;
    Server server([&](QTcpSocket& socket, const QByteArray& head) {
        seen = head;
        answer(socket, "201 Created\r\nX-Reply: yes", "made");
    });
    HttpRequest request = request_to(server.url("/v1/x?y=%2F"));
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "abc"}};
    request.body = "{}";
    const auto response = send(request);
    QVERIFY(response.has_value());
    QCOMPARE(response->status, 201);
    QCOMPARE(response->body, std::string("made"));
    QCOMPARE(*response->header("x-reply"), std::string("yes"));
    QVERIFY(seen.startsWith("POST /v1/x?y=%2F HTTP/1.1\r\n"));
    QVERIFY(seen.contains("User-Agent: tau-test/1\r\n"));
    QVERIFY(seen.contains("Idempotency-Key: abc\r\n"));
    QVERIFY(!seen.contains("Cookie"));
}

void TestQtHttp::everyStatusIsAValue_data() {
    QTest::addColumn<int>("status");
    for (const int status :
         {200, 202, 204, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 599}) {
        QTest::addRow("%d", status) << status;
    }
}

void TestQtHttp::everyStatusIsAValue() {
    QFETCH(int, status);
    Server server([&](QTcpSocket& socket, const QByteArray&) {
        answer(socket,
               QByteArray::number(status) +
                   " Text\r\nWWW-Authenticate: Basic realm=\"x\"\r\nRetry-After: 7",
               status == 204 ? "" : "why");
    });
    const auto response = send(request_to(server.url()));
    QVERIFY2(response.has_value(), response ? "" : response.error().message.c_str());
    QCOMPARE(response->status, status);
    QCOMPARE(response->body, std::string(status == 204 ? "" : "why"));
    QCOMPARE(*response->header("Retry-After"), std::string("7"));
}

void TestQtHttp::doesNotFollowRedirects() {
    Server target([](QTcpSocket& socket, const QByteArray&) { answer(socket, "200 OK", "no"); });
    for (const char* status : {"301", "302", "303", "307", "308"}) {
        Server server([&](QTcpSocket& socket, const QByteArray&) {
            answer(socket, QByteArray(status) + " Moved\r\nLocation: " + target.url().c_str(), "");
        });
        HttpRequest request = request_to(server.url());
        request.method = "POST";
        request.headers = {{"Authorization", "TauOwner secret"}};
        const auto response = send(request);
        QVERIFY(response.has_value());
        QCOMPARE(response->status, atoi(status));
    }
    QCOMPARE(target.connections(), 0);
}

void TestQtHttp::deadlineHoldsWhileDataDrips() {
    Server server([](QTcpSocket& socket, const QByteArray&) {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        auto* timer = new QTimer(&socket);
        QObject::connect(timer, &QTimer::timeout, &socket, [&socket] { socket.write("x"); });
        timer->start(20);
    });
    QElapsedTimer clock;
    clock.start();
    const auto response = send(request_to(server.url(), 400ms));
    QVERIFY(!response.has_value());
    QCOMPARE(response.error().code, ErrorCode::timeout);
    QVERIFY2(clock.elapsed() >= 390 && clock.elapsed() < 3000,
             qPrintable(QString::number(clock.elapsed())));
}

void TestQtHttp::stopsAtOnceWhenCancelled() {
    Server server([](QTcpSocket&, const QByteArray&) {}); // never answers
    std::stop_source stop;
    auto waiting = std::async(
        std::launch::async, [&] { return send(request_to(server.url(), 60s), stop.get_token()); });
    QTRY_COMPARE(server.connections(), 1);
    QElapsedTimer clock;
    clock.start();
    stop.request_stop();
    const auto response = waiting.get();
    QCOMPARE(response.error().code, ErrorCode::cancelled);
    QVERIFY(clock.elapsed() < 2000);
    QTRY_COMPARE(server.closed(), 1); // the connection is gone, not left behind

    QCOMPARE(send(request_to(server.url()), stop.get_token()).error().code, ErrorCode::cancelled);
    QCOMPARE(server.connections(), 1);
}

void TestQtHttp::capsTheBody_data() {
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("announced") << QByteArray("Content-Length: 1073741824\r\n");
    QTest::newRow("until close") << QByteArray("Connection: close\r\n");
    QTest::newRow("beyond any number") << QByteArray("Content-Length: 99999999999999999999\r\n");
}

void TestQtHttp::capsTheBody() {
    QFETCH(QByteArray, head);
    const long before = resident_megabytes();
    Server server([&](QTcpSocket& socket, const QByteArray&) {
        socket.write("HTTP/1.1 200 OK\r\n" + head + "\r\n");
        flood(socket, QByteArray(65536, 'x'));
    });
    HttpRequest request = request_to(server.url());
    request.max_response = 100000;
    const auto response = send(request);
    QVERIFY(!response.has_value());
    QVERIFY2(response.error().code == ErrorCode::limit_exceeded ||
                 response.error().code == ErrorCode::unavailable,
             response.error().message.c_str());
    QVERIFY2(resident_megabytes() - before < 64, "the body was kept");
}

void TestQtHttp::capsTheHead() {
    const long before = resident_megabytes();
    Server server([&](QTcpSocket& socket, const QByteArray&) {
        socket.write("HTTP/1.1 200 OK\r\n");
        flood(socket, "X-Filler: " + QByteArray(8000, 'x') + "\r\n");
    });
    const auto response = send(request_to(server.url(), 2s));
    QVERIFY(!response.has_value());
    QVERIFY2(resident_megabytes() - before < 256, "the head was kept");
}

void TestQtHttp::doesNotDecompress() {
    const QByteArray bomb = qCompress(QByteArray(200 << 20, 'x'), 9).mid(4);
    Server server([&](QTcpSocket& socket, const QByteArray& head) {
        QVERIFY(head.contains("Accept-Encoding: identity"));
        answer(socket, "200 OK\r\nContent-Encoding: deflate", bomb);
    });
    const long before = resident_megabytes();
    const auto response = send(request_to(server.url()));
    QVERIFY(response.has_value());
    QCOMPARE(response->body.size(), static_cast<std::size_t>(bomb.size()));
    QVERIFY(resident_megabytes() - before < 64);
}

void TestQtHttp::tellsWhatFailed_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("half a head") << QByteArray("HTTP/1.1 200 OK\r\nContent-Le");
    QTest::newRow("half a body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    QTest::newRow("no HTTP") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n\r\n");
}

void TestQtHttp::tellsWhatFailed() {
    QFETCH(QByteArray, bytes);
    Server server([&](QTcpSocket& socket, const QByteArray&) {
        socket.write(bytes);
        socket.disconnectFromHost();
    });
    HttpRequest request = request_to(server.url());
    request.method = "POST";
    const auto response = send(request);
    QVERIFY2(!response.has_value(), response ? response->body.c_str() : "");
    QCOMPARE(response.error().code, ErrorCode::unavailable);
    QVERIFY(response.error().message.ends_with("."));
}

void TestQtHttp::refusesBadRequests_data() {
    QTest::addColumn<QString>("url");
    QTest::newRow("plain http to the world") << "http://example.org/";
    QTest::newRow("loopback in front only") << "http://127.0.0.1.example.org/";
    QTest::newRow("password") << "https://me:secret@example.org/";
    QTest::newRow("file") << "file:///etc/passwd";
    QTest::newRow("no host") << "https:///x";
    QTest::newRow("empty") << "";
    QTest::newRow("words") << "not an address";
}

void TestQtHttp::refusesBadRequests() {
    QFETCH(QString, url);
    QCOMPARE(send(request_to(url.toStdString())).error().code, ErrorCode::invalid_argument);

    HttpRequest split = request_to("http://127.0.0.1:1/");
    split.headers = {{"X", "a\r\nY: b"}};
    QCOMPARE(send(split).error().code, ErrorCode::invalid_argument);
}

void TestQtHttp::servesManyThreads() {
    Server server([](QTcpSocket& socket, const QByteArray& head) {
        answer(socket, "200 OK", head.mid(5, 2));
    });
    std::vector<std::future<bool>> all;
    for (int i = 10; i < 40; ++i) {
        all.push_back(std::async(std::launch::async, [&, i] {
            const auto response = send(request_to(server.url("/" + std::to_string(i))));
            return response && response->body == std::to_string(i);
        }));
    }
    for (auto& one : all) {
        QVERIFY(one.get());
    }
}

QTEST_GUILESS_MAIN(TestQtHttp)
#include "test_qt_http.moc"
