#pragma once

#include "tests/support/listener.h"

#include <atomic>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tau::test {

inline constexpr std::size_t gigabyte = 1U << 30U;

/// One answer, as bytes, to whoever asks; a thread for each connection.
class RawServer {
public:
    using Answer = std::function<void(int peer, const std::string& path)>;
    explicit RawServer(Answer answer)
        : answer_(std::move(answer)),
          thread_([this](const std::stop_token& stop) { serve(stop); }) {}
    ~RawServer() { ending_ = true; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }

    /// False when the other side has had enough.
    static bool send(int peer, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    static void give(int peer, std::string_view body, std::string_view status = "200 OK") {
        send(peer, "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n");
        send(peer, body);
    }
    /// `begin`, then `more` again and again.
    static void flood(int peer, std::string_view begin, std::string_view more,
                      std::size_t size = gigabyte) {
        std::string block;
        while (block.size() < 64U << 10U) {
            block += more;
        }
        bool open = send(peer, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n") && send(peer, begin);
        for (std::size_t sent = 0; open && sent < size; sent += block.size()) {
            open = send(peer, block);
        }
    }
    /// A byte now and then, until the other side leaves.
    void drip(int peer) const {
        bool open = send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while (open && !ending_) {
            open = send(peer, "T");
            pollfd leaves{peer, POLLIN, 0};
            open = open && ::poll(&leaves, 1, 100) == 0;
        }
    }

private:
    /// Empty when nothing is asked on this connection.
    std::string path_from(int peer) const {
        pollfd asks{peer, POLLIN, 0};
        while (!ending_ && ::poll(&asks, 1, 50) == 0) {
        }
        char head[4096];
        const ssize_t got = ending_ ? 0 : ::recv(peer, head, sizeof head, 0);
        const std::string text(head, got > 0 ? static_cast<std::size_t>(got) : 0);
        const std::size_t begin = text.find(' ') + 1;
        return text.substr(begin, text.find(' ', begin) - begin);
    }

    void serve(const std::stop_token& stop) {
        std::vector<std::jthread> peers;
        while (!stop.stop_requested()) {
            pollfd waiting{listener_.fd(), POLLIN, 0};
            if (::poll(&waiting, 1, 50) > 0) {
                const int peer = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
                peers.emplace_back([this, peer] {
                    if (const std::string path = path_from(peer); !path.empty()) {
                        answer_(peer, path);
                    }
                    ::close(peer);
                });
            }
        }
    }

    Listener listener_;
    Answer answer_;
    std::atomic<bool> ending_ = false;
    std::jthread thread_;
};

} // namespace tau::test
