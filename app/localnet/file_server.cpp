#include "app/localnet/file_server.h"

#include "app/localnet/git_host.h"
#include "core/base/file.h"
#include "core/vault/directory/merkle.h"

#include <array>
#include <chrono>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace tau::localnet {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_request = 8192;
constexpr auto request_time = 2s;
constexpr timeval send_time{5, 0};

/// The request's head, or what came of it in time.
std::string read_request(int fd) {
    const auto until = Clock::now() + request_time;
    std::string got;
    while (got.find("\r\n\r\n") == std::string::npos && got.size() < max_request) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd ready{fd, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) {
            break;
        }
        std::array<char, 2048> buffer{};
        const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (size <= 0) {
            break;
        }
        got.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return got;
}

/// "v1/head" out of "GET /v1/head HTTP/1.1"; empty for anything but a plain path below v1.
std::string path_in(const std::string& request) {
    constexpr std::string_view start = "GET /v1/";
    const std::size_t end = request.find(" HTTP/1.1\r\n");
    if (!request.starts_with(start) || end == std::string::npos) {
        return {};
    }
    const std::string path = request.substr(5, end - 5);
    const bool plain =
        path.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/") == std::string::npos;
    return plain ? path : std::string();
}

std::string answer_with(const std::string& status, const std::string& headers,
                        const std::string& body) {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
}

std::string answer(const fs::path& folder, const std::string& request) {
    const std::string path = path_in(request);
    std::error_code ignored;
    if (path.empty() || !fs::is_regular_file(folder / path, ignored)) {
        return answer_with("404 Not Found", "", "");
    }
    const auto file = read_file(folder / path);
    if (!file) {
        return answer_with("500 Internal Server Error", "", "");
    }
    const std::string type = "Content-Type: application/octet-stream\r\n";
    if (path != "v1/head") {
        return answer_with("200 OK", type + "Cache-Control: max-age=31536000, immutable\r\n",
                           *file);
    }
    const std::string tag =
        "\"" + to_hex(vault::merkle::sha256(as_bytes(*file))).substr(0, 32) + "\"";
    const std::string headers = type + "Cache-Control: no-cache\r\nETag: " + tag + "\r\n";
    if (request.find(tag) != std::string::npos) { // in an If-None-Match; nobody else knows it
        return answer_with("304 Not Modified", headers, "");
    }
    return answer_with("200 OK", headers, *file);
}

void send_all(int fd, std::string_view bytes) {
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_time, sizeof send_time);
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

class Server final : public FileServer {
public:
    Server(fs::path folder, int listener, int stop)
        : folder_(std::move(folder)), listener_(listener), stop_(stop), thread_([this] { run(); }) {
    }
    ~Server() override {
        const std::uint64_t one = 1;
        (void)!::write(stop_, &one, sizeof one);
        thread_.join();
        ::close(listener_);
        ::close(stop_);
    }
    std::uint16_t port() const override { return port_of(listener_); }

private:
    void run() {
        for (;;) {
            std::array<pollfd, 2> fds{{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}}};
            if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) {
                return;
            }
            if (fds[0].revents != 0) {
                return;
            }
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd >= 0) {
                send_all(fd, answer(folder_, read_request(fd)));
                ::close(fd);
            }
        }
    }

    fs::path folder_;
    int listener_, stop_;
    std::thread thread_;
};

} // namespace

Result<std::unique_ptr<FileServer>> FileServer::start(fs::path folder) {
    const auto listener = listen_on_loopback(0);
    if (!listener) {
        return fail(listener.error());
    }
    const int stop = ::eventfd(0, EFD_CLOEXEC);
    if (stop < 0) {
        ::close(*listener);
        return fail(io_error("watch", folder));
    }
    return std::make_unique<Server>(std::move(folder), *listener, stop);
}

} // namespace tau::localnet
