#pragma once

#include "app/vaultd/options.h"
#include "tests/app/server_process.h"
#include "tests/support/plain_http.h"

#include <chrono>
#include <thread>

namespace tau::test {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

inline vaultd::Limits short_limits() {
    vaultd::Limits limits;
    limits.header = limits.body = limits.write = 700ms;
    limits.idle = 1400ms;
    limits.refusal = 300ms;
    return limits;
}

/// The bytes with "Host: x" as the server's own name.
template <typename Server>
std::string to(const Server& server, std::string bytes) {
    constexpr std::string_view alias = "Host: x\r\n";
    const std::string real = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n";
    for (std::size_t at = 0; (at = bytes.find(alias, at)) != std::string::npos;) {
        bytes.replace(at, alias.size(), real);
        at += real.size();
    }
    return bytes;
}

/// "HTTP/1.1 200 OK…" -> 200; 0 without an answer.
inline int status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

inline int ask(const ServerProcess& server, const std::string& bytes) {
    Connection connection(server.port());
    connection.send(to(server, bytes));
    return status_of(connection.read(
        5s, [](const std::string& got) { return got.find("\r\n\r\n") != std::string::npos; }));
}

inline std::string get(const std::string& target, const std::string& more = "Host: x\r\n") {
    return "GET " + target + " HTTP/1.1\r\n" + more + "\r\n";
}

inline std::string post(const std::string& target, const std::string& more,
                        const std::string& body = {}) {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n" + body;
}

template <typename Condition>
bool soon(Condition condition) {
    const auto until = steady_clock::now() + 20s;
    while (!condition()) {
        if (steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

} // namespace tau::test
