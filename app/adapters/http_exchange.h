#pragma once

#include "core/ports.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QPointer>
#include <QTimer>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace tau::app {

class HttpExchange;

/// Where the caller waits and the exchange leaves its result.
class HttpAnswer {
public:
    Result<HttpResponse> wait();
    void give(Result<HttpResponse> result);
    QPointer<HttpExchange> exchange; ///< used in the network thread only

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Result<HttpResponse>> result_;
};

/// One request from start to its only end, in the network thread. Deletes itself at that end.
class HttpExchange : public QObject {
public:
    HttpExchange(const HttpRequest& request, QUrl url, std::shared_ptr<HttpAnswer> answer);
    void start(QNetworkAccessManager& manager, const std::string& user_agent);
    void cancel();
    static Error cancelled_error();

private:
    void on_encrypted();
    void on_readable();
    void on_finished();
    bool pin_fits() const;
    bool too_large();
    void end(Result<HttpResponse> result);
    Error network_error() const;

    const HttpRequest request_;
    const QUrl url_;
    std::shared_ptr<HttpAnswer> answer_;
    QNetworkReply* reply_ = nullptr;
    QTimer deadline_;
    std::string body_;
    bool ended_ = false;
};

} // namespace tau::app
