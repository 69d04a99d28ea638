#pragma once

// Requests and responses between Boost.Beast and core/node. Included through session.h only.

#include "app/vaultd/peers.h"
#include "app/vaultd/request_check.h"
#include "core/base/text.h"
#include "core/node/routes.h"

#include <algorithm>
#include <ctime>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace tau::vaultd {

namespace beast = boost::beast;
namespace http = beast::http;

using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;
using Parser = http::request_parser<http::string_body>;

inline std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

inline HttpResponse to_http(node::Response&& from, bool keep_alive) {
    HttpResponse to{static_cast<http::status>(from.status), 11};
    to.set(http::field::date, http_date());
    to.set(http::field::content_type, from.content_type);
    to.set(http::field::cache_control, "no-store");
    for (const HttpHeader& header : from.headers) {
        to.set(header.name, header.value);
    }
    to.keep_alive(keep_alive);
    to.body() = std::move(from.body);
    to.prepare_payload();
    return to;
}

/// To be taken before the body is read: what comes behind a body of chunks (its trailers) would
/// stand among them, and nobody has checked it.
inline std::vector<HttpHeader> headers_of(const HttpRequest& request) {
    std::vector<HttpHeader> headers;
    for (const auto& field : request) {
        headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    return headers;
}

inline node::Request from_http(HttpRequest&& from, std::vector<HttpHeader>&& headers) {
    node::Request to;
    to.method = std::string(from.method_string());
    to.target = std::string(from.target());
    to.headers = std::move(headers);
    to.body = std::move(from.body());
    return to;
}

/// What a request asks for, and of which host.
struct Destination {
    std::string_view host;
    std::string_view target;
};
/// "GET http://host/path" names the host itself, and Host does not count (RFC 9112, 3.2.2).
inline Destination destination_of(const HttpRequest& request) {
    const std::string_view target(request.target().data(), request.target().size());
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (beast::iequals({target.data(), std::min(target.size(), scheme.size())},
                           {scheme.data(), scheme.size()})) {
            const std::string_view rest = target.substr(scheme.size());
            const std::size_t path = rest.find('/');
            return {rest.substr(0, path), path == std::string_view::npos ? "/" : rest.substr(path)};
        }
    }
    const auto host = request[http::field::host];
    return {{host.data(), host.size()}, target};
}

inline node::Response refused(const Refusal& refusal) {
    node::Response response = node::problem(refusal.status, refusal.reason, refusal.sentence);
    if (refusal.status == 405) {
        response.headers.push_back({"Allow", "GET, POST, PUT, DELETE"});
    }
    return response;
}

/// Whom a proxy says the request is from, as limits see it: the last address of X-Forwarded-For,
/// which is the one that the proxy itself saw. "" when it says nothing of use.
inline std::string forwarded_for(const HttpRequest& request) {
    std::string all;
    for (const auto& field : request) {
        if (beast::iequals(field.name_string(), "X-Forwarded-For")) {
            all = std::string(field.value());
        }
    }
    const std::size_t comma = all.rfind(',');
    return network_of(std::string(trim(comma == std::string::npos ? all : all.substr(comma + 1))));
}

/// What is wrong with a parsed header; nullopt when its body may be read. `hosts` are the names
/// under which the node is reached: a web page can make a browser connect here under the page's own
/// name, and must not read the answer.
inline std::optional<Refusal> check_header(const Parser& parser,
                                           const std::vector<std::string>& hosts) {
    const auto& request = parser.get();
    if (request.version() != 11) {
        return Refusal{505, "version_not_supported", "Only HTTP/1.1 is spoken here."};
    }
    if (request.method() != http::verb::get && request.method() != http::verb::post &&
        request.method() != http::verb::put && request.method() != http::verb::delete_) {
        return Refusal{405, "method_not_allowed", "Only GET, POST, PUT and DELETE are taken."};
    }
    if (request.count(http::field::host) != 1) {
        return Refusal{400, "bad_host", "A request needs exactly one Host."};
    }
    const auto [host, target] = destination_of(request);
    const beast::string_view name(host.data(), host.size());
    if (std::none_of(hosts.begin(), hosts.end(),
                     [&name](const std::string& ours) { return beast::iequals(name, ours); })) {
        return Refusal{421, "bad_host", "The node does not answer under this name."};
    }
    if (target.empty() || target.front() != '/' || target.size() > 2048) {
        return Refusal{400, "bad_target", "The target must be a path."};
    }
    for (const std::string_view once : {"Authorization", "Idempotency-Key", "Content-Type"}) {
        if (request.count({once.data(), once.size()}) > 1) {
            return Refusal{400, "bad_header", "A header that counts is there twice."};
        }
    }
    const auto length = request[http::field::content_length];
    const bool is_number =
        std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool has_length = request.count(http::field::content_length) != 0;
    if (request.count(http::field::content_length) > 1 || !is_number ||
        request.count(http::field::transfer_encoding) > 1 || (has_length && parser.chunked()) ||
        (request.count(http::field::transfer_encoding) == 1 &&
         !beast::iequals(request[http::field::transfer_encoding], "chunked"))) {
        return Refusal{400, "bad_length", "The length of the body is not clear."};
    }
    const auto expect = request[http::field::expect];
    if (!expect.empty() && !beast::iequals(expect, "100-continue")) {
        return Refusal{417, "expectation_failed", "Only 100-continue can be expected."};
    }
    return std::nullopt;
}

} // namespace tau::vaultd
