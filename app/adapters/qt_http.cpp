#include "app/adapters/qt_http.h"

#include "app/adapters/http_exchange.h"
#include "core/base/text.h"

#include <QHostAddress>
#include <QThread>
#include <map>

namespace tau::app {

namespace {

bool is_loopback(const QUrl& url) {
    if (url.host().compare(u"localhost", Qt::CaseInsensitive) == 0) {
        return true;
    }
    QHostAddress address;
    return address.setAddress(url.host()) && address.isLoopback();
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
}

/// The address as QUrl, or why this request is not sent.
Result<QUrl> checked_url(const HttpRequest& request) {
    const QUrl url(QString::fromStdString(request.url), QUrl::StrictMode);
    const std::string shown = bounded_text(request.url, 200);
    if (!url.isValid() || url.host().isEmpty() ||
        (url.scheme() != u"https" && url.scheme() != u"http")) {
        return fail(ErrorCode::invalid_argument, "\"" + shown + "\" is not a web address.",
                    "It must begin with https:// and name a host.");
    }
    if (!url.userInfo().isEmpty()) {
        return fail(ErrorCode::invalid_argument, "A web address may not hold a password.");
    }
    if (url.scheme() == u"http" && !is_loopback(url)) {
        return fail(ErrorCode::invalid_argument,
                    "The address " + shown + " is not encrypted, so nothing was sent.",
                    "Use an address that begins with https://.");
    }
    for (const HttpHeader& header : request.headers) {
        if (!is_token(header.name) ||
            header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            return fail(ErrorCode::invalid_argument, "A header of the request is malformed.");
        }
    }
    if (!is_token(request.method)) {
        return fail(ErrorCode::invalid_argument, "The method of the request is malformed.");
    }
    return url;
}

} // namespace

/// Lives in the thread; everything below runs there.
class QtHttp::Worker : public QObject {
public:
    explicit Worker(std::string user_agent) : user_agent_(std::move(user_agent)) {
        thread_.setObjectName(QStringLiteral("http"));
        moveToThread(&thread_);
        thread_.start();
    }
    ~Worker() override {
        // The managers belong to the thread, so they go there.
        QMetaObject::invokeMethod(
            this, [this] { managers_.clear(); }, Qt::BlockingQueuedConnection);
        thread_.quit();
        thread_.wait();
    }

    /// One manager for each way to trust, so that a connection made under one pin is never reused
    /// under another.
    QNetworkAccessManager& manager(const QUrl& url, const std::optional<Hash32>& pin) {
        constexpr std::size_t most = 32;
        const bool loopback = is_loopback(url);
        const std::string key = (loopback ? "l" : "r") + (pin ? to_hex(*pin) : std::string());
        auto found = managers_.find(key);
        if (found == managers_.end()) {
            if (managers_.size() >= most) {
                forget_idle();
            }
            auto made = std::make_unique<QNetworkAccessManager>();
            made->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
            if (loopback) {
                made->setProxy(QNetworkProxy::NoProxy);
            }
            found = managers_.emplace(key, std::move(made)).first;
        }
        return *found->second;
    }

    const std::string& user_agent() const { return user_agent_; }

private:
    void forget_idle() {
        for (auto at = managers_.begin(); at != managers_.end();) {
            // A running reply is the manager's child.
            const bool busy = at->second->findChild<QNetworkReply*>() != nullptr;
            at = busy ? std::next(at) : managers_.erase(at);
        }
    }

    std::string user_agent_;
    std::map<std::string, std::unique_ptr<QNetworkAccessManager>> managers_;
    QThread thread_;
};

QtHttp::QtHttp(std::string user_agent) : worker_(std::make_unique<Worker>(std::move(user_agent))) {}

QtHttp::~QtHttp() = default;

Result<HttpResponse> QtHttp::send(const HttpRequest& request, std::stop_token stop) {
    auto url = checked_url(request);
    if (!url) {
        return fail(url.error());
    }
    if (stop.stop_requested()) {
        return fail(HttpExchange::cancelled_error());
    }
    auto answer = std::make_shared<HttpAnswer>();
    QMetaObject::invokeMethod(worker_.get(), [this, &request, url = *url, answer] {
        auto* exchange = new HttpExchange(request, url, answer);
        exchange->start(worker_->manager(url, request.spki_pin), worker_->user_agent());
    });
    // Whoever stops us only leaves a note; the exchange belongs to the other thread.
    const std::stop_callback on_stop(stop, [this, answer] {
        QMetaObject::invokeMethod(worker_.get(), [answer] {
            if (answer->exchange) {
                answer->exchange->cancel();
            }
        });
    });
    return answer->wait();
}

} // namespace tau::app
