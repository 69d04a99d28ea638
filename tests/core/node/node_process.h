#pragma once

#include "fixture.h"

#include <csignal>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tau::test {

/// What a node's process and its test see: how far the request is.
struct Stage {
    /// Where the process kills itself, at the next COMMIT of what is noted in the audit log: as it
    /// is sent to the engine, or when the engine has said that it is done.
    enum class Death { none, before_commit, after_commit };
    std::atomic<int> logins{0};
    std::atomic<Death> death{Death::none};
};

/// Of the process that runs this; null in a test's own. Those that replace the engines' functions
/// look at it.
inline Stage* stage_of_this_process = nullptr;

/// A node in a process of its own that can be killed; it answers one request after the other, as
/// they come through a socket.
class NodeProcess {
public:
    NodeProcess(node::Settings settings,
                std::shared_ptr<std::map<std::string, FakeRepositories::Content>> contents)
        : settings_(std::move(settings)), contents_(std::move(contents)) {
        void* memory = ::mmap(nullptr, sizeof(Stage), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(memory != MAP_FAILED);
        stage_ = new (memory) Stage;
    }
    NodeProcess(const NodeProcess&) = delete;
    NodeProcess& operator=(const NodeProcess&) = delete;
    ~NodeProcess() {
        kill();
        ::munmap(stage_, sizeof(Stage));
    }

    void start() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            ::close(ends[0]);
            serve(ends[1]);
        }
        ::close(ends[1]);
        socket_ = ends[0];
    }
    void kill() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(std::exchange(pid_, -1), nullptr, 0);
            ::close(socket_);
        }
    }
    Stage& stage() { return *stage_; }
    /// For poll().
    int socket() const { return socket_; }

    void send(const node::Request& request) const {
        json headers = json::object();
        for (const HttpHeader& header : request.headers) {
            headers[header.name] = header.value;
        }
        write_text(socket_, json{request.method, request.target, headers, request.body}.dump());
    }
    /// nullopt when the process is gone, or nothing comes in half a minute.
    std::optional<node::Response> receive() const {
        pollfd ready{socket_, POLLIN, 0};
        if (::poll(&ready, 1, 30'000) != 1) {
            return std::nullopt;
        }
        const auto text = read_text(socket_);
        if (!text) {
            return std::nullopt;
        }
        const json answer = json::parse(*text);
        return node::Response{answer[0].get<int>(), "", {}, answer[1].get<std::string>()};
    }
    node::Response ask(const node::Request& request) const {
        send(request);
        const auto answer = receive();
        REQUIRE(answer);
        return *answer;
    }

private:
    static bool write_all(int file, const char* data, std::size_t size) {
        while (size > 0) {
            const ssize_t put = ::send(file, data, size, MSG_NOSIGNAL);
            if (put <= 0) {
                return false;
            }
            data += put;
            size -= static_cast<std::size_t>(put);
        }
        return true;
    }
    static bool read_all(int file, char* data, std::size_t size) {
        while (size > 0) {
            const ssize_t got = ::read(file, data, size);
            if (got <= 0) {
                return false;
            }
            data += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    }
    static bool write_text(int file, const std::string& text) {
        const std::uint64_t size = text.size();
        return write_all(file, reinterpret_cast<const char*>(&size), sizeof size) &&
               write_all(file, text.data(), text.size());
    }
    static std::optional<std::string> read_text(int file) {
        std::uint64_t size = 0;
        if (!read_all(file, reinterpret_cast<char*>(&size), sizeof size)) {
            return std::nullopt;
        }
        std::string text(size, '\0');
        return read_all(file, text.data(), text.size()) ? std::optional(std::move(text))
                                                        : std::nullopt;
    }

    [[noreturn]] void serve(int end) const {
        stage_of_this_process = stage_;
        auto hosts = std::make_unique<FakeRepositories>();
        hosts->contents = contents_;
        *hosts->before_read = [stage = stage_] { ++stage->logins; };
        const FixedClock clock;
        SystemEntropy entropy;
        SilentLog log;
        const auto service = node::Service::open(settings_, clock, entropy, log, std::move(hosts));
        if (!service) {
            std::fprintf(stderr, "the node does not open: %s %s\n", service.error().message.c_str(),
                         service.error().detail.c_str());
            ::_exit(1);
        }
        while (const auto text = read_text(end)) {
            const json asked = json::parse(*text);
            node::Request request{asked[0].get<std::string>(),
                                  asked[1].get<std::string>(),
                                  {},
                                  asked[3].get<std::string>()};
            for (const auto& [name, value] : asked[2].items()) {
                request.headers.push_back({name, value.get<std::string>()});
            }
            const node::Response answer = (*service)->handle(request);
            if (!write_text(end, json{answer.status, answer.body}.dump())) {
                break;
            }
        }
        ::_exit(0);
    }

    const node::Settings settings_;
    std::shared_ptr<std::map<std::string, FakeRepositories::Content>> contents_;
    Stage* stage_ = nullptr;
    pid_t pid_ = -1;
    int socket_ = -1;
};

} // namespace tau::test
