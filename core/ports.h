// What core asks of the world. The programs in app/ give the answers: Qt's network stack, the
// system's keychain, the real clock; tests give their own.
#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"
#include "core/base/secret.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace tau {

struct HttpHeader {
    std::string name;
    std::string value;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<HttpHeader> headers;
    std::string body;
    std::chrono::milliseconds deadline{15000}; ///< for the whole exchange, whatever drips in
    std::size_t max_response = 1U << 20U;      ///< bytes of body; more is `limit_exceeded`
    std::optional<Hash32> spki_pin;            ///< SHA-256 of the only TLS key to accept
};

struct HttpResponse {
    int status = 0;
    std::vector<HttpHeader> headers;
    std::string body;
    /// First header of that name, whatever its case; nullptr when there is none.
    const std::string* header(std::string_view name) const;
};

/// One HTTP exchange. Any status is a value; `unavailable`, `timeout`, `cancelled`, `untrusted`
/// and `limit_exceeded` are errors. Redirects are not followed. Callable from any thread.
class Http {
public:
    virtual ~Http() = default;
    virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) = 0;
};

/// Named secrets that outlive the process. Names are plain ASCII ("owner", "deploy/<id>/code").
class SecretStore {
public:
    virtual ~SecretStore() = default;
    virtual Result<void> put(std::string_view name, const Secret& secret) = 0;
    /// Puts it unless there is one of that name, and gives the one that is kept. One step for all
    /// programs that share the store: of several at the same moment, all get the same.
    virtual Result<Secret> put_if_absent(std::string_view name, const Secret& secret) = 0;
    /// nullopt when there is no such secret.
    virtual Result<std::optional<Secret>> get(std::string_view name) = 0;
    /// Erasing what is not there is fine.
    virtual Result<void> erase(std::string_view name) = 0;
};

class Clock {
public:
    virtual ~Clock() = default;
    virtual std::int64_t now() const = 0; ///< unix seconds
};

class SystemClock final : public Clock {
public:
    std::int64_t now() const override {
        return std::chrono::duration_cast<std::chrono::seconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
};

class Entropy {
public:
    virtual ~Entropy() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

class SystemEntropy final : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override;
};

enum class LogLevel { debug, info, warning, error };

/// Where core tells what it does. Never given a secret.
class Log {
public:
    virtual ~Log() = default;
    virtual void write(LogLevel level, std::string_view area, std::string_view message) = 0;
    /// The same about something whose name, a registration's id for one, is shown as a hash at
    /// most.
    virtual void write_about(std::string_view /*subject*/, LogLevel level, std::string_view area,
                             std::string_view message) {
        write(level, area, message);
    }
};

} // namespace tau
