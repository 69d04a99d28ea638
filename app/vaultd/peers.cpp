#include "app/vaultd/peers.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace tau::vaultd {

namespace {

/// Written in one way, with all but the first `v6_bits` of an IPv6 address left out; "" when it is
/// none.
std::string canonical(const std::string& address, std::size_t v6_bits) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    in_addr v4{};
    if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        return ::inet_ntop(AF_INET, &v4, text.data(), text.size());
    }
    in6_addr v6{};
    if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) {
        return "";
    }
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        return ::inet_ntop(AF_INET, &v6.s6_addr[12], text.data(), text.size());
    }
    for (std::size_t i = v6_bits / 8; i < sizeof v6.s6_addr; ++i) {
        v6.s6_addr[i] = 0;
    }
    return ::inet_ntop(AF_INET6, &v6, text.data(), text.size());
}

/// "fe80::1" of "fe80::1%eth0".
std::string without_zone(const std::string& address) {
    return address.substr(0, address.find('%'));
}

} // namespace

std::string exact_address(const std::string& address) {
    const std::string plain = without_zone(address);
    const std::string found = canonical(plain, 128);
    return found.empty() ? "" : found + address.substr(plain.size());
}

std::string network_of(const std::string& address) {
    const std::string found = canonical(without_zone(address), 64);
    return found.find(':') == std::string::npos ? found : found + "/64";
}

Peers::Peers(const Limits& limits, const std::string& proxy)
    : most_connections_(limits.per_address), proxy_(exact_address(proxy)),
      opened_(2 * limits.requests_per_minute), requests_(limits.requests_per_minute),
      registrations_(limits.registrations_per_minute) {}

std::string Peers::name_of(const std::string& address) const {
    const std::string exact = exact_address(address);
    return is_proxy(exact) ? exact : network_of(address);
}

bool Peers::is_proxy(const std::string& name) const {
    return !proxy_.empty() && name == proxy_;
}

void Peers::set(const Limits& limits, const std::string& proxy) {
    proxy_ = exact_address(proxy);
    most_connections_ = limits.per_address;
    opened_.set(2 * limits.requests_per_minute);
    requests_.set(limits.requests_per_minute);
    registrations_.set(limits.registrations_per_minute);
}

bool Peers::enter(const std::string& network) {
    const auto found = connections_.find(network);
    const std::size_t open = found == connections_.end() ? 0 : found->second;
    if (!is_proxy(network) && (open >= most_connections_ || opened_.take(network))) {
        return false;
    }
    ++connections_[network];
    return true;
}

void Peers::leave(const std::string& network) {
    const auto found = connections_.find(network);
    if (--found->second == 0) {
        connections_.erase(found);
    }
}

std::optional<std::chrono::seconds> Peers::ask(const std::string& network) {
    return requests_.take(network);
}

std::optional<std::chrono::seconds> Peers::ask_costly(const std::string& network) {
    return registrations_.take(network);
}

} // namespace tau::vaultd
