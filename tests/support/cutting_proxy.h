#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace tau::test {

/// Between a client and PostgreSQL on Unix sockets. When armed it cuts the connection at the next
/// COMMIT of a transaction with an entry for the audit log: before the server has it, or once the
/// server has answered.
class CuttingProxy {
public:
    CuttingProxy(std::string listen_at, std::string server)
        : server_(std::move(server)), listener_(socket_at(listen_at, true)),
          thread_([this](const std::stop_token& stop) { serve(stop); }) {}
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;
    ~CuttingProxy() {
        thread_.request_stop();
        thread_.join();
        ::close(listener_);
    }

    enum class Cut { nothing, before, after };
    void arm(Cut cut) { cut_ = cut; }
    /// Passes nothing on and takes nobody new, until it is false again.
    void silence(bool on) { silent_ = on; }
    /// Whether it was done.
    bool is_spent() const { return cut_ == Cut::nothing; }

private:
    struct Pair {
        int client;
        int server;
        bool audits = false; ///< this transaction does
        bool deaf = false;   ///< the answer is to come and to be dropped
    };

    static int socket_at(const std::string& path, bool listens) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path) {
            throw std::runtime_error("the socket's path is too long");
        }
        std::memcpy(address.sun_path, path.data(), path.size());
        const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto* name = reinterpret_cast<const sockaddr*>(&address);
        const bool good = listens
                              ? ::bind(file, name, sizeof address) == 0 && ::listen(file, 16) == 0
                              : ::connect(file, name, sizeof address) == 0;
        if (!good) {
            throw std::runtime_error("no socket at " + path);
        }
        return file;
    }

    /// False when the pair is to be cut.
    bool pass(Pair& pair, bool from_client) {
        std::array<char, 65536> bytes{};
        const int from = from_client ? pair.client : pair.server;
        const ssize_t got = ::read(from, bytes.data(), bytes.size());
        if (got <= 0 || (pair.deaf && !from_client)) {
            return false;
        }
        const std::string_view view(bytes.data(), static_cast<std::size_t>(got));
        const auto has = [view](std::string_view word) { return view.find(word) < view.size(); };
        pair.audits = pair.audits || (from_client && has("INSERT INTO audit"));
        if (from_client && has("COMMIT") && std::exchange(pair.audits, false) &&
            cut_ != Cut::nothing) {
            pair.deaf = cut_.exchange(Cut::nothing) == Cut::after;
            if (!pair.deaf) {
                return false;
            }
        }
        return ::send(from_client ? pair.server : pair.client, view.data(), view.size(),
                      MSG_NOSIGNAL) == got;
    }

    void serve(const std::stop_token& stop) {
        std::vector<Pair> pairs;
        while (!stop.stop_requested()) {
            if (silent_) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                continue;
            }
            std::vector<pollfd> files{{listener_, POLLIN, 0}};
            for (const Pair& pair : pairs) {
                files.push_back({pair.client, POLLIN, 0});
                files.push_back({pair.server, POLLIN, 0});
            }
            if (::poll(files.data(), files.size(), 50) <= 0 || silent_) {
                continue;
            }
            for (std::size_t i = pairs.size(); i-- > 0;) {
                const bool good = (files[1 + 2 * i].revents == 0 || pass(pairs[i], true)) &&
                                  (files[2 + 2 * i].revents == 0 || pass(pairs[i], false));
                if (!good) {
                    ::close(pairs[i].client);
                    ::close(pairs[i].server);
                    pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(i));
                }
            }
            if (files[0].revents != 0) {
                pairs.push_back({::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC),
                                 socket_at(server_, false)});
            }
        }
        for (const Pair& pair : pairs) {
            ::close(pair.client);
            ::close(pair.server);
        }
    }

    const std::string server_;
    const int listener_;
    std::atomic<bool> silent_ = false;
    std::atomic<Cut> cut_{Cut::nothing};
    std::jthread thread_; // last: it uses the members above
};

} // namespace tau::test
