#include "core/vault/web_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>

namespace tau::vault {

namespace {

constexpr std::size_t max_address = 300;

bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || text.front() == '0' ||
        text.find_first_not_of("0123456789") != std::string_view::npos) {
        return false;
    }
    return std::stoul(std::string(text)) <= 65535;
}

} // namespace

bool is_loopback(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const std::string text(host);
    in_addr v4{};
    in6_addr v6{};
    return text == "localhost" ||
           (::inet_pton(AF_INET, text.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> 24U == 127) ||
           (::inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6));
}

const char* endpoint_fault(std::string_view endpoint) {
    const bool plain = endpoint.starts_with("http://");
    if (!plain && !endpoint.starts_with("https://")) {
        return "is not http or https";
    }
    std::string_view host = endpoint.substr(plain ? 7 : 8);
    const std::size_t bracket = host.rfind(']');
    const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        if (!is_port(host.substr(colon + 1))) {
            return "has a bad port";
        }
        host = host.substr(0, colon);
    }
    const bool v6 = host.starts_with('[') && host.ends_with(']') && host.size() > 3;
    const std::string_view inner = v6 ? host.substr(1, host.size() - 2) : host;
    const std::string_view allowed =
        v6 ? "0123456789abcdef:" : "abcdefghijklmnopqrstuvwxyz0123456789.-";
    if (inner.empty() || inner.find_first_not_of(allowed) != std::string_view::npos) {
        return "has a bad host";
    }
    if (plain && !is_loopback(host)) {
        return "is plain http and not on this computer";
    }
    return nullptr;
}

const char* address_fault(std::string_view address) {
    if (address.size() > max_address) {
        return "is too long";
    }
    const std::size_t scheme = address.find("://");
    const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t path = std::min(address.find('/', host), address.size());
    if (const char* fault = endpoint_fault(address.substr(0, path))) {
        return fault;
    }
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    const std::string_view rest = address.substr(path);
    if (rest.find_first_not_of(allowed) != std::string_view::npos ||
        rest.find("..") != std::string_view::npos || rest.find("//") != std::string_view::npos) {
        return "has a bad path";
    }
    return nullptr;
}

std::string_view host_of(std::string_view endpoint) {
    const std::size_t scheme = endpoint.find("://");
    endpoint.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    if (endpoint.starts_with('[')) {
        return endpoint.substr(1, endpoint.find(']') - 1);
    }
    return endpoint.substr(0, endpoint.find(':'));
}

std::string_view operator_of(std::string_view endpoint) {
    std::string_view host = host_of(endpoint);
    while (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    const std::size_t last = host.rfind('.');
    if (last == std::string_view::npos || last == 0 ||
        host.find_first_not_of("0123456789", last + 1) == std::string_view::npos) {
        return host; // a name of one label, or an address
    }
    const std::size_t before = host.rfind('.', last - 1);
    return before == std::string_view::npos ? host : host.substr(before + 1);
}

} // namespace tau::vault
