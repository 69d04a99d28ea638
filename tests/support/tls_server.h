#pragma once

#include "tests/support/listener.h"
#include "tests/support/tls_authority.h"

#include <atomic>
#include <csignal>
#include <functional>
#include <map>
#include <mutex>
#include <openssl/ssl.h>
#include <optional>
#include <set>
#include <sys/time.h>
#include <thread>
#include <vector>

namespace tau::test {

struct TlsRequest {
    std::string method, target;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
};

/// A web server on 127.0.0.1 over real TLS: one thread and one request for each connection.
class TlsServer {
public:
    /// The whole answer; nullopt: no word until the other side gives up.
    using Handler = std::function<std::optional<std::string>(const TlsRequest&)>;

    TlsServer(const TlsIdentity& identity, Handler handler)
        : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), handler_(std::move(handler)) {
        ::signal(SIGPIPE, SIG_IGN);
        const std::unique_ptr<BIO, int (*)(BIO*)> certificate(
            BIO_new_mem_buf(identity.certificate.c_str(), -1), BIO_free);
        const std::unique_ptr<BIO, int (*)(BIO*)> key(BIO_new_mem_buf(identity.key.c_str(), -1),
                                                      BIO_free);
        X509* parsed = PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr);
        EVP_PKEY* parsed_key = PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr);
        const bool well = SSL_CTX_use_certificate(context_.get(), parsed) == 1 &&
                          SSL_CTX_use_PrivateKey(context_.get(), parsed_key) == 1;
        X509_free(parsed);
        EVP_PKEY_free(parsed_key);
        if (!well) {
            throw std::runtime_error("cannot use the test's certificate");
        }
        acceptor_ = std::thread([this] { accept_all(); });
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer() {
        ::shutdown(listener_.fd(), SHUT_RDWR); // wakes accept()
        acceptor_.join();
        {
            const std::lock_guard lock(mutex_);
            for (const int fd : open_) {
                ::shutdown(fd, SHUT_RDWR);
            }
        }
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

    std::string url(const std::string& path = "/") const {
        return "https://localhost:" + std::to_string(listener_.port()) + path;
    }
    int connections() const { return connections_; }
    int requests() const { return requests_; } ///< whole ones, after a handshake that held

private:
    using Stream = std::unique_ptr<SSL, void (*)(SSL*)>;

    void accept_all() {
        for (;;) {
            const int fd = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) {
                return;
            }
            ++connections_;
            const timeval patience{60, 0};
            ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            const std::lock_guard lock(mutex_);
            open_.insert(fd);
            threads_.emplace_back([this, fd] {
                serve(fd);
                const std::lock_guard closing(mutex_);
                open_.erase(fd);
                ::close(fd);
            });
        }
    }

    void serve(int fd) {
        const Stream stream(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(stream.get(), fd);
        if (SSL_accept(stream.get()) != 1) {
            return;
        }
        const auto request = read_request(stream.get());
        if (!request) {
            return;
        }
        ++requests_;
        const auto answer = handler_(*request);
        char byte = 0;
        if (!answer) {
            SSL_read(stream.get(), &byte, 1);
            return;
        }
        for (std::size_t sent = 0; sent < answer->size();) {
            const int done = SSL_write(stream.get(), answer->data() + sent,
                                       static_cast<int>(answer->size() - sent));
            if (done <= 0) {
                return;
            }
            sent += static_cast<std::size_t>(done);
        }
        SSL_shutdown(stream.get());
        // Closing with unread bytes would take the answer back.
        ::shutdown(fd, SHUT_WR);
        while (SSL_read(stream.get(), &byte, 1) > 0) {
        }
    }

    static bool more(SSL* stream, std::string& buffer) {
        char chunk[16384];
        const int got = SSL_read(stream, chunk, sizeof chunk);
        if (got > 0) {
            buffer.append(chunk, static_cast<std::size_t>(got));
        }
        return got > 0;
    }

    static std::optional<TlsRequest> read_request(SSL* stream) {
        std::string buffer;
        std::size_t end = 0;
        while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
            if (!more(stream, buffer)) {
                return std::nullopt;
            }
        }
        TlsRequest request;
        std::size_t at = buffer.find("\r\n");
        const std::string first = buffer.substr(0, at);
        const std::size_t space = first.find(' ');
        request.method = first.substr(0, space);
        request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
        while (at < end) {
            const std::size_t line_end = buffer.find("\r\n", at + 2);
            const std::string line = buffer.substr(at + 2, line_end - at - 2);
            const std::size_t colon = line.find(':');
            std::string name = line.substr(0, colon);
            for (char& c : name) {
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            }
            request.headers[name] = line.substr(line.find_first_not_of(" :", colon));
            at = line_end;
        }
        buffer.erase(0, end + 4);
        return read_body(stream, buffer, request) ? std::optional(request) : std::nullopt;
    }

    static bool read_body(SSL* stream, std::string& buffer, TlsRequest& request) {
        if (request.headers["transfer-encoding"] != "chunked") {
            const std::string length = request.headers["content-length"];
            const std::size_t size = length.empty() ? 0 : std::stoul(length);
            while (buffer.size() < size) {
                if (!more(stream, buffer)) {
                    return false;
                }
            }
            request.body = buffer.substr(0, size);
            return true;
        }
        for (;;) {
            std::size_t line_end = 0;
            while ((line_end = buffer.find("\r\n")) == std::string::npos) {
                if (!more(stream, buffer)) {
                    return false;
                }
            }
            const std::size_t size = std::stoul(buffer, nullptr, 16);
            while (buffer.size() < line_end + 2 + size + 2) {
                if (!more(stream, buffer)) {
                    return false;
                }
            }
            request.body += buffer.substr(line_end + 2, size);
            buffer.erase(0, line_end + 2 + size + 2);
            if (size == 0) {
                return true;
            }
        }
    }

    Listener listener_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    Handler handler_;
    std::mutex mutex_;
    std::set<int> open_;
    std::vector<std::thread> threads_;
    std::atomic<int> connections_ = 0;
    std::atomic<int> requests_ = 0;
    std::thread acceptor_;
};

} // namespace tau::test
