#include "app/adapters/http_exchange.h"

#include "core/base/text.h"

#include <QCryptographicHash>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <cstring>

namespace tau::app {

namespace {

constexpr std::size_t max_headers = 256;
constexpr qint64 read_ahead = 256 << 10;

/// Errors that Qt derives from the status of an answer that arrived whole.
bool is_status_error(QNetworkReply::NetworkError error) {
    return error == QNetworkReply::NoError ||
           (error >= QNetworkReply::ContentAccessDenied &&
            error <= QNetworkReply::UnknownContentError) ||
           error == QNetworkReply::ProtocolInvalidOperationError ||
           (error >= QNetworkReply::InternalServerError &&
            error <= QNetworkReply::UnknownServerError);
}

std::vector<HttpHeader> headers_of(const QNetworkReply& reply) {
    std::vector<HttpHeader> headers;
    for (const auto& [name, value] : reply.rawHeaderPairs()) {
        if (headers.size() == max_headers) {
            break;
        }
        headers.push_back({name.toStdString(), value.toStdString()});
    }
    return headers;
}

} // namespace

Result<HttpResponse> HttpAnswer::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    return std::move(*result_);
}

void HttpAnswer::give(Result<HttpResponse> result) {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
    changed_.notify_one();
}

HttpExchange::HttpExchange(const HttpRequest& request, QUrl url, std::shared_ptr<HttpAnswer> answer)
    : request_(request), url_(std::move(url)), answer_(std::move(answer)) {
    answer_->exchange = this;
    deadline_.setSingleShot(true);
    deadline_.setTimerType(Qt::PreciseTimer); // a coarse one may come 5 % early
    connect(&deadline_, &QTimer::timeout, this, [this] {
        end(fail(ErrorCode::timeout,
                 url_.host().toStdString() + " did not answer within " +
                     std::to_string(request_.deadline.count() / 1000) + " seconds.",
                 "Check the network connection, then try again."));
    });
}

Error HttpExchange::cancelled_error() {
    return Error{ErrorCode::cancelled, "The request was cancelled.", {}, {}};
}

void HttpExchange::start(QNetworkAccessManager& manager, const std::string& user_agent) {
    QNetworkRequest request(url_);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setRawHeader("User-Agent", QByteArray::fromStdString(user_agent));
    // Saying it ourselves also keeps Qt from decompressing: a small answer stays small.
    request.setRawHeader("Accept-Encoding", "identity");
    for (const HttpHeader& header : request_.headers) {
        request.setRawHeader(QByteArray::fromStdString(header.name),
                             QByteArray::fromStdString(header.value));
    }
    deadline_.start(request_.deadline);
    const QByteArray body = QByteArray::fromStdString(request_.body);
    reply_ =
        request_.method == "GET" && body.isEmpty()
            ? manager.get(request)
            : manager.sendCustomRequest(request, QByteArray::fromStdString(request_.method), body);
    reply_->setReadBufferSize(read_ahead);
    if (request_.spki_pin) {
        // The pin decides alone: a pinned node needs no public authority.
        connect(reply_, &QNetworkReply::sslErrors, this,
                [this](const QList<QSslError>& errors) { reply_->ignoreSslErrors(errors); });
        connect(reply_, &QNetworkReply::encrypted, this, &HttpExchange::on_encrypted);
    }
    connect(reply_, &QNetworkReply::metaDataChanged, this, [this] { too_large(); });
    connect(reply_, &QNetworkReply::readyRead, this, &HttpExchange::on_readable);
    connect(reply_, &QNetworkReply::finished, this, &HttpExchange::on_finished);
    if (reply_->isFinished()) {
        QTimer::singleShot(0, this, &HttpExchange::on_finished);
    }
}

void HttpExchange::cancel() {
    end(fail(cancelled_error()));
}

bool HttpExchange::pin_fits() const {
    const QByteArray spki = reply_->sslConfiguration().peerCertificate().publicKey().toDer();
    const QByteArray digest = QCryptographicHash::hash(spki, QCryptographicHash::Sha256);
    return !spki.isEmpty() && std::memcmp(digest.constData(), request_.spki_pin->data(),
                                          request_.spki_pin->size()) == 0;
}

void HttpExchange::on_encrypted() {
    if (!pin_fits()) { // nothing has been sent yet
        end(fail(ErrorCode::untrusted,
                 url_.host().toStdString() + " shows another TLS key than its record promises.",
                 "Do not use this node until its operator explains the change."));
    }
}

bool HttpExchange::too_large() {
    const qint64 announced = reply_->header(QNetworkRequest::ContentLengthHeader).toLongLong();
    if (body_.size() <= request_.max_response &&
        announced <= static_cast<qint64>(request_.max_response)) {
        return false;
    }
    end(fail(ErrorCode::limit_exceeded, url_.host().toStdString() + " answered with more than " +
                                            std::to_string(request_.max_response) + " bytes."));
    return true;
}

void HttpExchange::on_readable() {
    const QByteArray chunk = reply_->readAll();
    body_.append(chunk.constData(), static_cast<std::size_t>(chunk.size()));
    too_large();
}

Error HttpExchange::network_error() const {
    const std::string host = url_.host().toStdString();
    const std::string said = bounded_text(reply_->errorString().toStdString());
    switch (reply_->error()) {
    case QNetworkReply::SslHandshakeFailedError:
        return Error{ErrorCode::untrusted, "The TLS certificate of " + host + " is not trusted.",
                     "Check the address, and the date and time of this computer.", said};
    case QNetworkReply::HostNotFoundError:
        return Error{ErrorCode::unavailable, "There is no host named " + host + ".",
                     "Check the address and the network connection.", said};
    case QNetworkReply::ConnectionRefusedError:
        return Error{ErrorCode::unavailable, "Nothing answers at " + host + ".",
                     "Check that it is running, then try again.", said};
    case QNetworkReply::RemoteHostClosedError:
        return Error{ErrorCode::unavailable,
                     host + " closed the connection before its answer was "
                            "complete.",
                     "Try again.", said};
    default:
        return Error{ErrorCode::unavailable, "The connection to " + host + " failed.",
                     "Check the network connection, then try again.", said};
    }
}

void HttpExchange::on_finished() {
    if (ended_) {
        return;
    }
    on_readable();
    if (ended_) {
        return;
    }
    const int status = reply_->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QVariant announced = reply_->header(QNetworkRequest::ContentLengthHeader);
    const bool cut = announced.isValid() && request_.method != "HEAD" && status != 304 &&
                     announced.toLongLong() != static_cast<qint64>(body_.size());
    if (status == 0 || cut || !is_status_error(reply_->error())) {
        end(fail(network_error()));
        return;
    }
    end(HttpResponse{status, headers_of(*reply_), std::move(body_)});
}

void HttpExchange::end(Result<HttpResponse> result) {
    if (std::exchange(ended_, true)) {
        return;
    }
    deadline_.stop();
    if (reply_ != nullptr) {
        reply_->disconnect(this);
        if (reply_->isRunning()) {
            reply_->abort();
        }
        reply_->deleteLater();
    }
    answer_->give(std::move(result));
    deleteLater();
}

} // namespace tau::app
