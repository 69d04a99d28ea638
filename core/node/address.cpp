#include "core/node/address.h"

#include "core/base/encoding.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace tau::node {

namespace {

struct Block {
    std::array<std::uint8_t, 16> prefix;
    int bits;
};

/// IANA's special-purpose registry, RFC 6890 and its successors.
constexpr std::array<Block, 15> special_v4{{
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
}};
/// Of IPv6 only global unicast is public, but for what lies inside it.
constexpr Block global_unicast{{0x20}, 3};
constexpr std::array<Block, 3> special_v6{{
    {{0x20, 0x01, 0x00}, 23},       // Teredo and protocol assignments
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, // documentation
    {{0x20, 0x02}, 16},             // 6to4 carries any IPv4 address
}};

bool inside(const std::uint8_t* address, const Block& block) {
    for (int bit = 0; bit < block.bits; ++bit) {
        const auto byte = static_cast<std::size_t>(bit / 8);
        const int mask = 0x80 >> (bit % 8);
        if ((address[byte] & mask) != (block.prefix[byte] & mask)) {
            return false;
        }
    }
    return true;
}

bool is_public_v4(const std::uint8_t* address) {
    return std::none_of(special_v4.begin(), special_v4.end(),
                        [address](const Block& block) { return inside(address, block); });
}

bool is_public_v6(const std::uint8_t* address) {
    return inside(address, global_unicast) &&
           std::none_of(special_v6.begin(), special_v6.end(),
                        [address](const Block& block) { return inside(address, block); });
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::string numeric(const addrinfo& entry) {
    std::array<char, NI_MAXHOST> text{};
    const int code = ::getnameinfo(entry.ai_addr, entry.ai_addrlen, text.data(), text.size(),
                                   nullptr, 0, NI_NUMERICHOST);
    return code == 0 ? std::string(text.data()) : std::string();
}

using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

/// What the resolver says of a name; null when it has no address. getaddrinfo has no deadline and
/// cannot be stopped, so it runs in a thread that is left to itself when time is up.
Result<Addresses> look_up(const std::string& name, std::chrono::milliseconds patience,
                          const std::stop_token& stop) {
    struct Question {
        std::mutex mutex;
        std::condition_variable_any answered;
        std::optional<Addresses> answer;
    };
    const auto question = std::make_shared<Question>();
    auto ask = [name, question] {
        addrinfo hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* raw = nullptr;
        const bool found = ::getaddrinfo(name.c_str(), nullptr, &hints, &raw) == 0;
        const std::lock_guard lock(question->mutex);
        question->answer = Addresses(found ? raw : nullptr);
        question->answered.notify_one();
    };
    try {
        std::thread(std::move(ask)).detach();
    } catch (const std::system_error&) {
        return fail(ErrorCode::unavailable, "This computer has no thread left to look up a name.");
    }
    std::unique_lock lock(question->mutex);
    if (stop.stop_requested() || !question->answered.wait_for(lock, stop, patience, [&] {
            return question->answer.has_value();
        })) {
        return fail(stop.stop_requested() ? ErrorCode::cancelled : ErrorCode::timeout,
                    "The name of the git host " + name + " could not be looked up in time.");
    }
    return std::move(*question->answer);
}

} // namespace

bool is_public_address(const std::string& text) {
    std::array<std::uint8_t, 16> address{};
    if (::inet_pton(AF_INET, text.c_str(), address.data()) == 1) {
        return is_public_v4(address.data());
    }
    return ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1 && is_public_v6(address.data());
}

Result<std::string> resolve(const std::string& host, bool allow_local,
                            std::chrono::milliseconds patience, std::stop_token stop) {
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
    const Result<Addresses> list = look_up(name, patience, stop);
    if (!list) {
        return fail(list.error());
    }
    if (*list == nullptr) {
        return fail(ErrorCode::unavailable, "The git host " + host + " has no address.");
    }
    std::string chosen;
    for (const addrinfo* entry = list->get(); entry != nullptr; entry = entry->ai_next) {
        const std::string address = numeric(*entry);
        if (!allow_local && !is_public_address(address)) {
            return fail(ErrorCode::permission_denied,
                        "The git host " + host + " is at an address inside a private network.");
        }
        const bool v4 = entry->ai_family == AF_INET;
        if (chosen.empty() || (v4 && chosen.front() == '[')) {
            chosen = v4 ? address : "[" + address + "]";
        }
    }
    return chosen;
}

} // namespace tau::node
