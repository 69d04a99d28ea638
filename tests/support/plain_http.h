#pragma once

#include "core/base/text.h"
#include "core/ports.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tau::test {

/// A connection to 127.0.0.1 that sends and receives bytes as they are.
class Connection {
public:
    /// `from`: another address of this computer's own, 127.0.0.2 and so on.
    explicit Connection(std::uint16_t port, const char* from = "127.0.0.1")
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = ::inet_addr(from);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        connected_ =
            ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0 &&
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    Connection(Connection&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
    Connection& operator=(Connection&&) = delete;
    ~Connection() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int fd() const { return fd_; }
    bool connected() const { return connected_; }
    /// False when the other side no longer takes bytes.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Reads until `done` says so, the other side closes, or the time is over.
    template <typename Done>
    std::string read(std::chrono::milliseconds time, Done done) {
        const auto until = std::chrono::steady_clock::now() + time;
        std::string got;
        closed_ = false;
        while (!done(got)) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd ready{fd_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) {
                break;
            }
            std::array<char, 4096> buffer{};
            const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (size <= 0) {
                closed_ = true;
                break;
            }
            got.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return got;
    }
    std::string read_all(std::chrono::milliseconds time) {
        return read(time, [](const std::string&) { return false; });
    }
    /// Whether the last read ended because the other side closed.
    bool closed() const { return closed_; }

private:
    int fd_;
    bool connected_ = false;
    bool closed_ = false;
};

/// The Http port for loopback, one connection a request: enough for tests on a machine without Qt.
class PlainHttp final : public Http {
public:
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token) override {
        constexpr std::string_view scheme = "http://127.0.0.1:";
        if (!request.url.starts_with(scheme)) {
            return fail(ErrorCode::invalid_argument, "Tests talk to 127.0.0.1 only.");
        }
        const std::string rest = request.url.substr(scheme.size());
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        Connection connection(static_cast<std::uint16_t>(std::stoul(rest.substr(0, slash))));
        std::string head = request.method + " " + rest.substr(slash) +
                           " HTTP/1.1\r\nHost: 127.0.0.1:" + rest.substr(0, slash) +
                           "\r\nConnection: close\r\n";
        for (const HttpHeader& header : request.headers) {
            head += header.name + ": " + header.value + "\r\n";
        }
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n";
        if (!connection.connected() || !connection.send(head + request.body)) {
            return fail(ErrorCode::unavailable, "Nobody answers there.");
        }
        const std::string answer = connection.read_all(request.deadline);
        if (!connection.closed()) {
            return fail(ErrorCode::timeout, "The answer did not come in time.");
        }
        return parse(answer);
    }

private:
    static Result<HttpResponse> parse(const std::string& answer) {
        const std::size_t end = answer.find("\r\n\r\n");
        if (!answer.starts_with("HTTP/1.1 ") || end == std::string::npos) {
            return fail(ErrorCode::unavailable, "The answer is not HTTP.");
        }
        HttpResponse response;
        response.status = std::stoi(answer.substr(9, 3));
        response.body = answer.substr(end + 4);
        for (std::size_t at = answer.find("\r\n") + 2; at < end;) {
            const std::size_t line_end = answer.find("\r\n", at);
            const std::string line = answer.substr(at, line_end - at);
            const std::size_t colon = line.find(':');
            response.headers.push_back(
                {line.substr(0, colon),
                 std::string(trim(std::string_view(line).substr(colon + 1)))});
            at = line_end + 2;
        }
        return response;
    }
};

} // namespace tau::test
