#include "tests/bench/load.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tau::bench {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::string to_text(const node::Request& request, std::uint16_t port) {
    std::string text = request.method + " " + request.target +
                       " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
    for (const HttpHeader& header : request.headers) {
        text += header.name + ": " + header.value + "\r\n";
    }
    return text + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" +
           request.body;
}

/// One connection: a challenge, a project's registration with it, and again with the next project.
class RegisteringClient {
public:
    RegisteringClient(NodeSetting& setting, std::size_t number, std::uint16_t port, int epoll)
        : setting_(setting),
          // No address has more than its share of connections.
          address_(static_cast<std::uint32_t>(INADDR_LOOPBACK + number / 32)), port_(port),
          epoll_(epoll) {
        ask_for_challenge();
        connect();
    }
    RegisteringClient(const RegisteringClient&) = delete;
    RegisteringClient& operator=(const RegisteringClient&) = delete;
    ~RegisteringClient() { ::close(fd_); }

    /// True when a registration has just been answered well.
    bool go_on(Served& served) {
        write();
        return read(served);
    }
    double latency() const {
        return std::chrono::duration<double, std::milli>(SteadyClock::now() - since_).count();
    }

private:
    void connect() {
        in_.clear();
        sent_ = 0;
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(address_);
        sockaddr_in server{};
        server.sin_family = AF_INET;
        server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        server.sin_port = htons(port_);
        const int one = 1;
        ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        const bool begun =
            ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0 &&
            (::connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0 ||
             errno == EINPROGRESS);
        require(begun, "a connection cannot be begun");
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.ptr = this;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event);
    }
    void again() {
        ::close(fd_);
        connect();
        write();
    }
    void ask_for_challenge() {
        project_ = &setting_.next_project();
        out_ = to_text(NodeSetting::challenge_request(*project_), port_);
        sent_ = 0;
        registering_ = false;
    }
    void write() {
        while (sent_ < out_.size()) {
            const auto size = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
            if (size <= 0) {
                return; // not yet; a broken connection shows when it is read
            }
            sent_ += static_cast<std::size_t>(size);
        }
    }
    bool read(Served& served) {
        std::array<char, 16384> buffer{};
        for (;;) {
            const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (size < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
                return false;
            }
            if (size <= 0) {
                again();
                return false;
            }
            in_.append(buffer.data(), static_cast<std::size_t>(size));
            if (is_whole()) {
                return take(served);
            }
        }
    }
    bool is_whole() const {
        const std::size_t end = in_.find("\r\n\r\n");
        const std::size_t length = in_.find("Content-Length: ");
        return end != std::string::npos && length < end &&
               in_.size() >= end + 4 + std::stoul(in_.substr(length + 16, 12));
    }
    bool take(Served& served) {
        const int status = std::stoi(in_.substr(9, 3));
        const bool closes = in_.find("Connection: close") != std::string::npos;
        const std::string body = in_.substr(in_.find("\r\n\r\n") + 4);
        in_.clear();
        sent_ = 0;
        const bool done = registering_ && status == 201;
        if (status == 503 || status == 429) {
            ++served.busy;
        } else if (done) {
            ask_for_challenge();
        } else {
            require(!registering_ && status == 200, "a registration was refused");
            out_ = to_text(setting_.registration_request(*project_, body), port_);
            registering_ = true;
            since_ = SteadyClock::now();
        }
        closes ? again() : write();
        return done;
    }

    NodeSetting& setting_;
    const Project* project_ = nullptr;
    std::uint32_t address_;
    std::uint16_t port_;
    int epoll_;
    int fd_ = -1;
    std::string out_, in_;
    std::size_t sent_ = 0;
    bool registering_ = false;
    SteadyClock::time_point since_;
};

} // namespace

double Served::p99() const {
    std::vector<double> sorted = latencies;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[(sorted.size() - 1) * 99 / 100];
}

Served put_load(NodeSetting& setting, std::uint16_t port, std::size_t connections,
                std::chrono::milliseconds warm_up, std::chrono::milliseconds time,
                const std::function<void()>& meanwhile) {
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<RegisteringClient>> clients;
    clients.reserve(connections);
    for (std::size_t i = 0; i < connections; ++i) {
        clients.push_back(std::make_unique<RegisteringClient>(setting, i, port, epoll));
    }
    const auto begin = SteadyClock::now() + warm_up;
    const auto end = begin + time;
    Served served;
    Served before;
    std::array<epoll_event, 256> events{};
    for (auto now = SteadyClock::now(); now < end; now = SteadyClock::now()) {
        const int count = ::epoll_wait(epoll, events.data(), events.size(), 5);
        for (int i = 0; i < count; ++i) {
            auto* client =
                static_cast<RegisteringClient*>(events.at(static_cast<std::size_t>(i)).data.ptr);
            if (client->go_on(now < begin ? before : served) && now >= begin) {
                ++served.done;
                served.latencies.push_back(client->latency());
            }
        }
        meanwhile();
    }
    served.seconds = std::chrono::duration<double>(time).count();
    clients.clear();
    ::close(epoll);
    return served;
}

} // namespace tau::bench
