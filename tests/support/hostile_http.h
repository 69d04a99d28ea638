#pragma once

#include "tests/support/plain_http.h"

#include <string>
#include <vector>

namespace tau::test {

/// What a peer sends to make a server misread it, or keep what it sends.
struct HostileHttp {
    const char* name;
    std::string start; ///< with "Host: x" for the server's own name
    std::string more;  ///< sent again and again behind it; "": nothing
};

inline std::vector<HostileHttp> hostile_http() {
    const std::string chunked =
        "POST /v1/registrations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto post = [](const std::string& header) {
        return "POST /v1/challenges HTTP/1.1\r\nHost: x\r\n" + header + "\r\n";
    };
    const auto get = [](const std::string& header) {
        return "GET /healthz HTTP/1.1\r\n" + header + "\r\n";
    };
    const std::string flood(65536, 'a');
    std::string headers;
    while (headers.size() < flood.size()) {
        headers += "A: b\r\n";
    }
    return {
        {"200 MB without a line's end", "GET /", flood},
        {"an endless header value", "GET / HTTP/1.1\r\nHost: x\r\nA: ", flood},
        {"endless many headers", "GET / HTTP/1.1\r\nHost: x\r\n", headers},
        {"an endless chunk extension", chunked + "1;", flood},
        {"a chunked body of 200 MB", chunked, "10000\r\n" + flood + "\r\n"},
        {"a length of 200 MB", post("Content-Length: 209715200\r\n"), flood},
        {"a length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), ""},
        {"two lengths", post("Content-Length: 1\r\nContent-Length: 2\r\n"), ""},
        {"two lengths in one", post("Content-Length: 5, 5\r\n"), ""},
        {"two keys", post("Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n"), ""},
        {"two authorizations",
         post("Authorization: a\r\nAuthorization: b\r\nContent-Length: 0\r\n"), ""},
        {"a negative length", post("Content-Length: -1\r\n"), ""},
        {"a length of 1e30", post("Content-Length: 1000000000000000000000000000000\r\n"), ""},
        {"a space before the colon", get("Host : x\r\n"), ""},
        {"NUL in a header", get(std::string("Host: x\r\nA: b\0c\r\n", 17)), ""},
        {"bare line feeds", "GET /healthz HTTP/1.1\nHost: x\n\n", ""},
        {"a folded header", get("Host: x\r\nA: b\r\n c\r\n"), ""},
        {"no Host", get(""), ""},
        {"two Hosts", get("Host: a\r\nHost: b\r\n"), ""},
        {"a target beyond ASCII", "GET /h\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", ""},
    };
}

/// The status that it is answered with; 0 for none. At most 200 MB are sent.
inline int answer_to(const HostileHttp& input, std::uint16_t port) {
    std::string start = input.start;
    const std::string name = "Host: 127.0.0.1:" + std::to_string(port) + "\r\n";
    if (const std::size_t at = start.find("Host: x\r\n"); at != std::string::npos) {
        start.replace(at, 9, name);
    }
    Connection connection(port);
    const auto has_status = [](const std::string& got) { return got.size() > 12; };
    std::string got;
    bool taken = connection.send(start);
    for (std::size_t sent = 0; taken && !input.more.empty() && sent < (200U << 20U);
         sent += input.more.size()) {
        got = connection.read(std::chrono::milliseconds(2), has_status);
        if (has_status(got) || connection.closed()) {
            break;
        }
        taken = connection.send(input.more);
    }
    if (!has_status(got)) {
        got += connection.read(std::chrono::seconds(5), has_status);
    }
    return got.starts_with("HTTP/1.1 ") ? std::stoi(got.substr(9, 3)) : 0;
}

} // namespace tau::test
