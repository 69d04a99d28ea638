#pragma once

#include "app/vaultd/limits.h"
#include "core/node/rate_limit.h"

#include <map>
#include <string>

namespace tau::vaultd {

/// Whom limits are for: an IPv4 address, also one that came as IPv6, or the first 64 bits of an
/// IPv6 address, which one customer of a provider has to itself. "" for what is no address.
std::string network_of(const std::string& address);
/// The address itself, written in one way; "" for what is none.
std::string exact_address(const std::string& address);

/// What each network has of the server. Used on the I/O thread only.
class Peers {
public:
    /// `proxy`: the address that speaks for many, "" for none.
    Peers(const Limits& limits, const std::string& proxy);
    void set(const Limits& limits, const std::string& proxy);
    /// Under which name limits count this address: its network, but the proxy by itself, because
    /// its neighbours are not to be believed.
    std::string name_of(const std::string& address) const;
    bool is_proxy(const std::string& name) const;
    /// One connection more; false when the network has its share, of those that are open or of
    /// those it may open in a minute, which are twice its requests.
    bool enter(const std::string& network);
    void leave(const std::string& network);
    /// One request more; how long to wait when there were too many.
    std::optional<std::chrono::seconds> ask(const std::string& network);
    /// The same for what makes the node check proofs and log in to git hosts, beside ask().
    std::optional<std::chrono::seconds> ask_costly(const std::string& network);

private:
    std::size_t most_connections_;
    std::string proxy_;
    std::map<std::string, std::size_t, std::less<>> connections_;
    node::RateLimit opened_;
    node::RateLimit requests_;
    node::RateLimit registrations_;
};

} // namespace tau::vaultd
