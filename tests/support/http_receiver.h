#pragma once

#include "tests/support/listener.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

namespace tau::test {

/// A tiny HTTP server that keeps what it gets. The first answers are those given; then 200.
class HttpReceiver {
public:
    struct Request {
        std::string head, body;
        /// Value of a header line, whatever its case in the name given here.
        std::string header(const std::string& name) const {
            const std::size_t at = head.find("\r\n" + name + ": ");
            if (at == std::string::npos) {
                return "";
            }
            const std::size_t begin = at + name.size() + 4;
            return head.substr(begin, head.find("\r\n", begin) - begin);
        }
    };

    explicit HttpReceiver(std::vector<int> answers = {})
        : answers_(std::move(answers)),
          thread_([this](const std::stop_token& stop) { serve(stop); }) {}

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(listener_.port()) + "/h";
    }

    /// All requests so far, as soon as there are `count`, or after `time`.
    std::vector<Request> wait_for(std::size_t count,
                                  std::chrono::milliseconds time = std::chrono::seconds(20)) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, time, [&] { return requests_.size() >= count; });
        return requests_;
    }

private:
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd waiting{listener_.fd(), POLLIN, 0};
            if (::poll(&waiting, 1, 50) > 0) {
                const int peer = ::accept(listener_.fd(), nullptr, nullptr);
                answer(peer);
                ::close(peer);
            }
        }
    }

    void answer(int peer) {
        std::string text;
        std::size_t end = std::string::npos, wanted = 0;
        char buffer[4096];
        do {
            const ssize_t got = ::read(peer, buffer, sizeof buffer);
            if (got <= 0) {
                return;
            }
            text.append(buffer, static_cast<std::size_t>(got));
            end = text.find("\r\n\r\n");
            const std::size_t length = text.find("Content-Length: ");
            if (end != std::string::npos && length < end) {
                wanted = end + 4 + std::stoul(text.substr(length + 16));
            }
        } while (end == std::string::npos || text.size() < wanted);
        const std::lock_guard lock(mutex_);
        const std::size_t number = requests_.size();
        const std::string reply =
            "HTTP/1.1 " + std::to_string(number < answers_.size() ? answers_[number] : 200) +
            " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        [[maybe_unused]] const ssize_t ignored = ::write(peer, reply.data(), reply.size());
        requests_.push_back({text.substr(0, end + 2), text.substr(end + 4)});
        changed_.notify_all();
    }

    Listener listener_;
    std::vector<int> answers_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Request> requests_;
    std::jthread thread_;
};

} // namespace tau::test
