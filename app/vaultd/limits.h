#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tau::vaultd {

/// What the server allows a peer. Every time is absolute: a slow drip does not extend it.
/// An address is an IPv4 address or 64 bits of an IPv6 one.
struct Limits {
    std::size_t connections = 4096;
    std::size_t per_address = 64;
    std::uint32_t requests_per_minute = 6000;     ///< of one address; 0: any number
    std::uint32_t registrations_per_minute = 120; ///< of one address, rotations and the like, too
    std::size_t header_bytes = 8U << 10U;
    std::size_t buffer_bytes = 16U << 10U;
    std::uint64_t body_bytes = 128U << 20U;    ///< of all requests and large answers together
    std::chrono::milliseconds handshake{5000}; ///< of TLS
    std::chrono::milliseconds header{10000};
    std::chrono::milliseconds body{15000};
    std::chrono::milliseconds write{15000};
    std::chrono::milliseconds idle{60000};
    std::chrono::milliseconds drain{10000};  ///< after SIGTERM, for what is being worked on
    std::chrono::milliseconds refusal{8000}; ///< 429 and 503 are held back: it costs no CPU
    std::size_t workers = 16; ///< half of them for registrations, the others for the rest
    std::size_t queue = 400;  ///< of each half

    bool operator==(const Limits&) const = default;
};

} // namespace tau::vaultd
